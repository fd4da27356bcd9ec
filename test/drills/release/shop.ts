/** The app of the release drill: orders with three waits, and effects that write down each call they get. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Project } from '../../support/project.ts';

/** How far an order has come: at which of its waits it stands. */
export const STAGES = ['packed', 'ready', 'signed'] as const;
export type Stage = (typeof STAGES)[number];

const MANIFEST = 'app: drill\n';

/** The changed release asks for the charge otherwise, which is decided once an order is packed. */
const CHARGE = 'charge({ orderId, amount })';
const CHANGED_CHARGE = "charge({ orderId, amount, currency: 'EUR' })";

const SOURCE = `import { appendFileSync } from 'node:fs';
import { effect, event, saga, wait, waitFor } from '@holdfast/sdk';
import { z } from 'zod';

const CALLS = 'CALLS-FILE';
const settings = { idempotency: { window: '24h' as const }, inDoubt: 'retry' as const };
const record = (name: string, body: object, key: string) => {
  appendFileSync(CALLS, JSON.stringify({ name, body, key }) + '\\n');
  return { key };
};
const orderOnly = z.object({ orderId: z.string() });
const money = orderOnly.extend({ amount: z.number(), currency: z.string().optional() });
const done = z.object({ key: z.string() });
const reserve = effect('stock.reserve', { input: orderOnly, output: done, ...settings }, (input, { idempotencyKey }) =>
  record('reserve', input, idempotencyKey));
const charge = effect('payment.charge', { input: money, output: done, ...settings }, (input, { idempotencyKey }) =>
  record('charge', input, idempotencyKey));
const dispatch = effect('courier.dispatch', { input: orderOnly, output: done, ...settings }, (input, { idempotencyKey }) =>
  record('dispatch', input, idempotencyKey));

const OrderPlaced = event('order.placed', money.omit({ currency: true }));
const Packed = wait('packed');
const Ready = wait('ready');
const Signed = wait('signed');

export const order = saga('order', { on: OrderPlaced, key: (o) => o.orderId }, function* ({ orderId, amount }) {
  yield* reserve({ orderId });
  yield* waitFor('packed', Packed);
  yield* ${CHARGE};
  yield* waitFor('ready', Ready);
  yield* dispatch({ orderId });
  yield* waitFor('signed', Signed);
  return { by: 'RELEASE-NAME' };
});
`;

const call = z.object({
  name: z.enum(['reserve', 'charge', 'dispatch']),
  key: z.string(),
  body: z.object({ orderId: z.string(), currency: z.string().optional() }),
});
export type ShopCall = z.infer<typeof call>;

export type ReleaseName = 'first' | 'changed';

export class Shop implements Disposable {
  readonly #projects: Readonly<Record<ReleaseName, Project>>;
  readonly #calls: string;

  constructor() {
    const first = new Project();
    const changed = new Project();
    this.#calls = join(first.path, 'calls.jsonl');
    this.#projects = { first, changed };
    for (const [name, project] of Object.entries(this.#projects)) {
      project.write('holdfast.release.yaml', MANIFEST);
      project.write('package.json', '{ "type": "module" }\n');
      project.write('src/index.ts', SOURCE);
      project.replace('src/index.ts', 'CALLS-FILE', this.#calls);
      project.replace('src/index.ts', 'RELEASE-NAME', name);
    }
    changed.replace('src/index.ts', CHARGE, CHANGED_CHARGE);
  }

  path(name: ReleaseName): string {
    return this.#projects[name].path;
  }

  /** What the effects were called for, in order. */
  calls(): readonly ShopCall[] {
    if (!existsSync(this.#calls)) return [];
    const lines = readFileSync(this.#calls, 'utf8').trimEnd().split('\n');
    return lines.map((line) => call.parse(JSON.parse(line)));
  }

  [Symbol.dispose](): void {
    for (const project of Object.values(this.#projects)) project[Symbol.dispose]();
  }
}
