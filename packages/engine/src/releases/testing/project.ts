/** A small project in a folder of its own, for tests of the builder. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Fault, HoldfastError } from '@holdfast/core';
import { buildRelease } from '../build.ts';

const RELEASE_FILE = `app: shop
effects:
  payment.refund:
    provider: echo
`;

const INDEX = `export { order } from './order.ts';
`;

const EFFECTS = `import { createHash } from 'node:crypto';
import { effect, Refused } from '@holdfast/sdk';
import { z } from 'zod';

const Amount = z.number().min(0);
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

export const charge = effect(
  'payment.charge',
  {
    input: z.object({ orderId: z.string(), amount: Amount }),
    output: z.object({ chargeId: z.string() }),
    retry: { attempts: 3 },
    idempotency: { window: '24h' },
    inDoubt: 'retry',
  },
  async ({ amount }, { idempotencyKey }) => {
    if (amount > 100) throw new Refused('too.much');
    return { chargeId: hash(idempotencyKey) };
  },
);

export const refund = effect('payment.refund', {
  input: z.object({ chargeId: z.string().optional() }),
});
`;

const ORDER = `import { event, saga, Undo, wait, waitFor } from '@holdfast/sdk';
import { z } from 'zod';
import { charge, refund } from './effects.ts';

const OrderPlaced = event('order.placed', z.object({ orderId: z.string(), amount: z.number() }));
const Ready = wait('kitchen.ready', z.object({}), { title: 'It is ready' });

export const order = saga('order', { on: OrderPlaced, key: (o) => o.orderId }, function* (o) {
  const paid = yield* charge(
    { orderId: o.orderId, amount: o.amount },
    { undo: (r) => refund({ chargeId: r?.chargeId }) },
  );
  const ready = yield* waitFor('kitchen.ready', Ready, { timeout: '15m' });
  if (!ready) throw new Undo('kitchen silent');
  if (o.amount === 13) throw new Error('unlucky');
  return { charge: paid.chargeId };
});
`;

export class TestProject implements Disposable {
  readonly dir: string;

  /** @param files what differs from the usual project, by path; null leaves a file out */
  constructor(files: Readonly<Record<string, string | null>> = {}) {
    this.dir = mkdtempSync(join(tmpdir(), 'holdfast-project-'));
    const all: Record<string, string | null> = {
      'holdfast.release.yaml': RELEASE_FILE,
      'src/index.ts': INDEX,
      'src/effects.ts': EFFECTS,
      'src/order.ts': ORDER,
      ...files,
    };
    for (const [path, text] of Object.entries(all)) if (text !== null) this.write(path, text);
  }

  write(path: string, text: string): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** What the builder finds wrong with the project when it differs so. */
export async function faultsOf(
  files: Readonly<Record<string, string | null>>,
): Promise<readonly Fault[]> {
  using project = new TestProject(files);
  try {
    await buildRelease(project.dir);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'release.invalid') return error.faults;
    throw error;
  }
  throw new Error('it was built');
}
