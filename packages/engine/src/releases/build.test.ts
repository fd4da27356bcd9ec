import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  DEFAULT_BREAKER,
  DEFAULT_GAS,
  type Decision,
  type Fault,
  type JsonText,
  type ProgramEventKind,
  type ReleaseManifest,
} from '@holdfast/core';
import { afterAll, describe, expect, test } from 'vitest';
import type { DecideAnswer } from '../sandbox-port.ts';
import { GAS, RELEASE, TestPool } from '../sandbox/testing/hand-bundle.ts';
import { buildRelease, type BuiltRelease } from './build.ts';
import { bundleDigest } from './release-files.ts';
import { faultsOf, TestProject } from './testing/project.ts';

const ORDER = 'sagas/order.js';
/** The usual project, built once for all tests that only look at it. */
const usualProject = new TestProject();
const usual = buildRelease(usualProject.dir);
afterAll(() => usualProject[Symbol.dispose]());
const pool = new TestPool({ wallLimit: 30_000 });
afterAll(() => pool.sandbox.close());
let loaded = 0;

function fileOf({ bundle }: BuiltRelease, path: string): string {
  const text = bundle.files[path];
  if (text === undefined) throw new Error(`no ${path} among ${Object.keys(bundle.files).join()}`);
  return text;
}

/** Decides on one event after the other in the real sandbox. */
class Driver {
  readonly #saga: string;
  #state: JsonText | null = null;
  #now = 1_800_000_000_000_000;

  constructor(built: BuiltRelease, path = ORDER) {
    loaded += 1;
    this.#saga = `built-${loaded}`;
    pool.load(this.#saga, fileOf(built, path), fileOf(built, `${path}.map`));
  }

  async send(
    kind: ProgramEventKind,
    type: string,
    step: string | null,
    data: unknown,
  ): Promise<DecideAnswer> {
    this.#now += 1_000_000;
    const event = { kind, type, id: 'e', step, data: JSON.stringify(data) };
    const input = {
      saga: 'order',
      tenant: '',
      key: 'k',
      run: 1,
      state: this.#state,
      event,
      now: this.#now,
      seed: '1'.repeat(32),
    };
    const answer = await pool.sandbox.decide({
      release: RELEASE,
      saga: this.#saga,
      gas: GAS,
      input,
    });
    if (answer.ok) this.#state = answer.state;
    return answer;
  }

  async decide(
    kind: ProgramEventKind,
    type: string,
    step: string | null,
    data: unknown,
  ): Promise<Decision> {
    const answer = await this.send(kind, type, step, data);
    if (!answer.ok) throw new Error(answer.failure.message);
    return JSON.parse(answer.decision) as Decision;
  }
}

const placed = { orderId: 'o1', amount: 10 };

describe('a built release', () => {
  test('runs in the sandbox', async () => {
    const driver = new Driver(await usual);
    expect(await driver.decide('start', 'order.placed', null, placed)).toMatchObject({
      items: [{ step: 'payment.charge#1', effect: 'payment.charge', input: placed }],
    });
    const paid = await driver.decide('effect', 'effect.succeeded', 'payment.charge#1', {
      chargeId: 'c',
    });
    expect(paid.waits).toMatchObject([{ step: 'kitchen.ready#1', definition: 'kitchen.ready' }]);
    const undone = await driver.decide('wait', 'wait.expired', 'kitchen.ready#1', null);
    expect(undone).toMatchObject({
      failure: { message: 'kitchen silent' },
      items: [{ step: 'undo/payment.charge#1/payment.refund#1', input: { chargeId: 'c' } }],
    });
  });

  test('a fault is placed in the author’s source', async () => {
    const driver = new Driver(await usual);
    await driver.decide('start', 'order.placed', null, { ...placed, amount: 13 });
    await driver.decide('effect', 'effect.succeeded', 'payment.charge#1', { chargeId: 'c' });
    const answer = await driver.send('wait', 'wait.completed', 'kitchen.ready#1', {});
    expect(answer).toMatchObject({
      ok: false,
      failure: {
        code: 'program.failed',
        message: expect.stringContaining('unlucky') as string,
        at: 'src/order.ts:15:34',
      },
    });
  });

  test('a forgotten yield* and a changed history are placed too', async () => {
    const forgetful = `import { event, saga } from '@holdfast/sdk';
import { charge } from './effects.ts';
const OrderPlaced = event('order.placed');
export const order = saga('order', { on: OrderPlaced }, function* () {
  charge({ orderId: 'o', amount: 1 });
});
`;
    using project = new TestProject({ 'src/order.ts': forgetful });
    const answer = await new Driver(await buildRelease(project.dir)).send(
      'start',
      'order.placed',
      null,
      placed,
    );
    expect(answer).toMatchObject({
      ok: false,
      failure: {
        code: 'program.failed',
        message: expect.stringContaining('payment.charge was made but never run') as string,
        at: 'src/order.ts:5:3',
      },
    });
  });

  test('effect functions run in Node; their table is what the effect host takes', async () => {
    using project = new TestProject();
    project.write('built/effects.mjs', fileOf(await usual, 'effects.mjs'));
    const file = join(project.dir, 'built', 'effects.mjs');
    const { effects } = (await import(pathToFileURL(file).href)) as {
      effects: Record<string, { run(input: unknown, context: unknown): Promise<unknown> }>;
    };
    expect(Object.keys(effects)).toEqual(['payment.charge']);
    const run = (amount: number): Promise<unknown> | undefined =>
      effects['payment.charge']?.run({ amount }, { idempotencyKey: 'k' });
    expect(await run(1)).toMatchObject({
      chargeId: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    await expect(run(101)).rejects.toMatchObject({ name: 'Refused', code: 'too.much' });
  });

  test('the manifest holds settings from code and file, with schemas and defaults', async () => {
    using project = new TestProject({
      'holdfast.release.yaml': `app: shop
config: { BASE: http://127.0.0.1:1, LIMIT: 3 }
secrets: [EXTRA]
sagas: { order: { pin: always, tries: 3 } }
effects:
  payment.charge: { timeout: 2s, retry: { backoff: 250ms }, inDoubt: hold, concurrency: 4 }
  payment.refund:
    provider: { kind: http, url: 'config://BASE/refunds/{chargeId}', headers: { authorization: 'secret://PAY_KEY' } }
sources:
  - { mqtt: 'shop/+/orders', type: order.placed, id: /orderId, correlation: '{2}' }
`,
    });
    const { manifest, bundle } = await buildRelease(project.dir);
    expect(manifest).toMatchObject({
      app: 'shop',
      config: { BASE: 'http://127.0.0.1:1', LIMIT: '3' },
      secrets: ['EXTRA', 'PAY_KEY'],
      sagas: [
        {
          name: 'order',
          style: 'generator',
          on: ['order.placed'],
          starts: ['order.placed'],
          pin: 'always',
          tries: 3,
          gas: DEFAULT_GAS,
          script: ORDER,
        },
      ],
      events: [
        { type: 'order.placed', schema: { type: 'object', required: ['orderId', 'amount'] } },
      ],
      waits: [{ name: 'kitchen.ready', title: 'It is ready' }],
      sources: [{ mqtt: 'shop/+/orders' }],
    });
    const [charge, refund] = manifest.effects;
    expect(charge).toEqual({
      name: 'payment.charge',
      provider: { kind: 'function' },
      upstream: { name: 'payment.charge', breaker: DEFAULT_BREAKER },
      timeout: 2000,
      retry: { attempts: 3, backoff: 250, max: 60_000, factor: 2 },
      inDoubt: 'hold',
      idempotencyWindow: 86_400_000,
      onUnknown: 'hold',
      concurrency: 4,
      concurrencyPerTenant: 4,
      hasCheck: false,
      input: expect.objectContaining({ required: ['orderId', 'amount'] }) as unknown,
      output: expect.objectContaining({ required: ['chargeId'] }) as unknown,
    });
    expect(refund?.provider).toMatchObject({
      kind: 'http',
      method: 'POST',
      retryStatuses: [425, 429, 503],
    });
    expect(Object.keys(bundle.files)).toEqual([
      'effects.mjs',
      'release.json',
      ORDER,
      `${ORDER}.map`,
    ]);
  });

  test('the properties of a schema keep the order of their author', async () => {
    using project = new TestProject({
      'src/index.ts': `export { order } from './order.ts';
import { wait } from '@holdfast/sdk';
import { z } from 'zod';
export const Asked = wait('asked', z.object({ yes: z.boolean(), shelf: z.string(), at: z.string() }));
`,
    });
    const { bundle } = await buildRelease(project.dir);
    const { waits } = JSON.parse(bundle.files['release.json'] ?? '{}') as ReleaseManifest;
    const schema = waits.find(({ name }) => name === 'asked')?.schema;
    expect(Object.keys(schema?.['properties'] ?? {})).toEqual(['yes', 'shelf', 'at']);
  });

  test('holds no effect module when every effect has a provider', async () => {
    using project = new TestProject({
      'src/effects.ts': `import { effect } from '@holdfast/sdk';
export const charge = effect<never, never>('payment.charge', { provider: 'echo' });
export const refund = effect<never, never>('payment.refund', {});
`,
    });
    expect(Object.keys((await buildRelease(project.dir)).bundle.files)).toEqual([
      'release.json',
      ORDER,
      `${ORDER}.map`,
    ]);
  });

  test('the same project gives the same bytes in two folders, and names neither', async () => {
    const first = await usual;
    using two = new TestProject();
    const second = await buildRelease(two.dir);
    expect(JSON.stringify(second.bundle) === JSON.stringify(first.bundle)).toBe(true);
    expect(second.digest).toBe(first.digest);
    expect(bundleDigest(first.bundle)).toBe(first.digest);
    const text = JSON.stringify(first.bundle);
    for (const path of [usualProject.dir, process.cwd(), 'holdfast-project-'])
      expect(text.includes(path), path).toBe(false);
    two.write('src/effects.ts', two.read('src/effects.ts').replace('too.much', 'far.too.much'));
    expect((await buildRelease(two.dir)).digest).not.toBe(first.digest);
  });

  test('a saga’s script carries no schema, no effect function and no other saga', async () => {
    using project = new TestProject({
      'src/index.ts': `export { order } from './order.ts';
export { other } from './other.ts';
`,
      'src/other.ts': `import { event, reducer } from '@holdfast/sdk';
import { z } from 'zod';
const Opened = event('valve.opened');
export const other = reducer('other', {
  on: { opened: Opened },
  state: z.object({ marker: z.literal('only-in-other') }),
  initial: { marker: 'only-in-other' as const },
  handlers: { opened: (state) => state },
});
`,
    });
    const built = await buildRelease(project.dir);
    const script = fileOf(built, ORDER);
    for (const gone of ['createHash', 'too.much', 'zod', 'only-in-other', 'ReducerRun']) {
      expect(script.includes(gone), gone).toBe(false);
    }
    const other = fileOf(built, 'sagas/other.js');
    expect(other.includes('only-in-other')).toBe(true);
    expect(other.includes('GeneratorRun')).toBe(false);
    const driver = new Driver(built, 'sagas/other.js');
    expect(await driver.decide('start', 'valve.opened', null, {})).toMatchObject({
      status: 'waiting',
      ignored: false,
    });
  });
});

describe('what a saga cannot have', () => {
  const using = (head: string, use: string): Record<string, string> => ({
    'src/order.ts': `import { event, saga, sleep } from '@holdfast/sdk';
${head}
const OrderPlaced = event('order.placed');
export const order = saga('order', { on: OrderPlaced }, function* () {
  yield* sleep(1);
  return ${use};
});
`,
    'holdfast.release.yaml': 'app: shop\n',
  });

  test.each([
    [
      'a module of Node',
      `import { readFileSync } from 'node:fs';`,
      `readFileSync('x')`,
      'node:fs is not available in a saga',
    ],
    [
      'zod at work',
      `import { z } from 'zod';\nconst S = z.object({ a: z.string() });`,
      `S.parse({})`,
      'zod is not available in a saga (.parse)',
    ],
  ])('%s: using it says so', async (_what, head, use, message) => {
    using project = new TestProject(using(head, use));
    const driver = new Driver(await buildRelease(project.dir));
    await driver.decide('start', 'order.placed', null, {});
    const answer = await driver.send('timer', 'timer.fired', 'sleep#1', null);
    expect(answer).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining(message) as string },
    });
  });

  test('other parts of the SDK: the build refuses them', async () => {
    expect(
      await faultsOf(using(`import { play } from '@holdfast/sdk/test';`, 'play')),
    ).toMatchObject([
      {
        at: 'src/order.ts:2:22',
        message: '@holdfast/sdk/test is not for sagas; import it where it is used',
      },
    ]);
  });
});

describe('faults', () => {
  test('of the file: each with its line and column, misspelt keys with what was meant', async () => {
    expect(
      await faultsOf({
        'holdfast.release.yaml': `app: shop!
entri: src/index.ts
effects:
  payment.charge:
    timeot: 3s
    timeout: soon
    retry: { attempts: 0, backof: 1s }
    provider: { kind: htp }
sources: { mqtt: a }
`,
      }),
    ).toEqual([
      {
        at: 'holdfast.release.yaml:1:6',
        message: expect.stringMatching(/^app: starts with a letter/) as string,
      },
      {
        at: 'holdfast.release.yaml:8:15',
        message: expect.stringContaining('effects.payment.charge.provider') as string,
      },
      {
        at: 'holdfast.release.yaml:6:14',
        message: expect.stringContaining('not a duration: "soon"') as string,
      },
      {
        at: 'holdfast.release.yaml:7:24',
        message: expect.stringContaining('effects.payment.charge.retry.attempts') as string,
      },
      {
        at: 'holdfast.release.yaml:7:27',
        message: 'unknown key effects.payment.charge.retry.backof; did you mean backoff?',
      },
      {
        at: 'holdfast.release.yaml:5:5',
        message: 'unknown key effects.payment.charge.timeot; did you mean timeout?',
      },
      { at: 'holdfast.release.yaml:9:10', message: expect.stringContaining('sources') as string },
      { at: 'holdfast.release.yaml:2:1', message: 'unknown key entri; did you mean entry?' },
    ]);
    expect(await faultsOf({ 'holdfast.release.yaml': 'app: shop\napp: shop\n' })).toEqual([
      { at: 'holdfast.release.yaml:2:1', message: 'Map keys must be unique' },
    ]);
    expect(await faultsOf({ 'holdfast.release.yaml': '' })).toMatchObject([
      { at: 'holdfast.release.yaml:1:1' },
    ]);
  });

  test('of references: everything must resolve', async () => {
    expect(
      await faultsOf({
        'holdfast.release.yaml': `app: shop
config: { BASE_URL: http://127.0.0.1:1 }
sagas: { ordr: { tries: 2 } }
effects:
  payment.refund:
    provider: { kind: http, url: 'config://BASE/{charge}' }
  payment.chrge: {}
  payment.charge: { inDoubt: check }
upstreams: { 'config://BAS': { breaker: false } }
sources:
  - { mqtt: 'a/#/b', type: order.place, id: '{4}' }
`,
      }),
    ).toEqual([
      {
        at: 'holdfast.release.yaml:7:18',
        message: 'the code defines no effect payment.chrge; did you mean payment.charge?',
      },
      {
        at: 'holdfast.release.yaml:3:16',
        message: 'the code defines no saga ordr; did you mean order?',
      },
      {
        at: 'holdfast.release.yaml:11:28',
        message: 'the code defines no event order.place; did you mean order.placed?',
      },
      {
        at: 'holdfast.release.yaml:11:13',
        message: '"#" cannot stand at level 2 of a topic filter',
      },
      { at: 'holdfast.release.yaml:11:45', message: 'the topic filter has no level 4' },
      {
        at: 'holdfast.release.yaml:8:30',
        message: expect.stringContaining('"check" needs a `check`') as string,
      },
      {
        at: 'holdfast.release.yaml:6:15',
        message: 'effect payment.refund: {charge} is no field of its input; did you mean chargeId?',
      },
      {
        at: 'holdfast.release.yaml:9:30',
        message: 'no effect has the upstream config://BAS; did you mean config://BASE?',
      },
      {
        at: 'holdfast.release.yaml:6:15',
        message: expect.stringContaining(
          'config://BASE, which config: does not have; did you mean BASE_URL?',
        ) as string,
      },
    ]);
  });

  test('of the code: the place in the source', async () => {
    const at = async (files: Record<string, string | null>): Promise<Fault | undefined> =>
      (await faultsOf(files))[0];
    expect(await at({ 'src/order.ts': 'export const order = ;' })).toMatchObject({
      at: 'src/order.ts:1:22',
    });
    expect(await at({ 'src/index.ts': "export { order } from './gone.ts';" })).toMatchObject({
      at: 'src/index.ts:1:23',
    });
    expect(
      await at({ 'src/index.ts': "import x from 'not-installed';\nexport default x;" }),
    ).toMatchObject({ at: 'src/index.ts:1:15' });
    expect(await at({ 'src/index.ts': 'throw new Error("at load");\n' })).toEqual({
      at: 'src/index.ts:1:7',
      message: 'Error: at load',
    });
    expect(
      await at({
        'src/index.ts':
          "import { effect } from '@holdfast/sdk';\n\neffect('x', { inDoubt: 'retry' });\n",
      }),
    ).toMatchObject({
      at: 'src/index.ts:3:1',
      message: expect.stringContaining('"retry" needs idempotency.window') as string,
    });
    expect(await at({ 'src/index.ts': null })).toMatchObject({
      message: 'the entry src/index.ts does not exist',
    });
  });

  test('of definitions: twice the same, not exported, nothing that does it, no JSON Schema', async () => {
    const messages = (
      await faultsOf({
        'holdfast.release.yaml': 'app: shop\n',
        'src/index.ts': `import { effect, event, saga } from '@holdfast/sdk';
import { z } from 'zod';
import './order.ts';
event('day', z.object({ at: z.date() }));
effect('idle', {});
effect('idle', {});
export const nothing = 1;
`,
      })
    ).map(({ message }) => message);
    expect(messages).toEqual([
      'effect idle is defined twice',
      expect.stringContaining('event day: the schema says what JSON Schema cannot'),
      'does not export saga order: export it, so that it can be built',
      expect.stringContaining('effect idle: provider: has neither a function nor a provider'),
      expect.stringContaining('effect payment.refund: provider: has neither'),
    ]);
  });

  test('a folder that is no project is refused', async () => {
    await expect(buildRelease('/nonexistent')).rejects.toMatchObject({ code: 'release.invalid' });
    expect(await faultsOf({ 'holdfast.release.yaml': null }).catch(String)).toEqual([]);
  });
});

describe('commands and limits in the release file', () => {
  const gateway = (provider: string, more = ''): string => `app: shop
config: { ERP: http://erp.invalid }
gateways:
  erp:
    url: config://ERP/commands
    headers: { Authorization: Bearer secret://ERP }
    idempotency: { window: 1h }
upstreams:
  config://ERP: { rate: { limit: 50, per: 1s } }
effects:
  payment.refund:
    provider: ${provider}
${more}`;

  test('an effect becomes a command of a gateway, and takes its settings', async () => {
    const limits = `    key: '{chargeId}'
    concurrencyPerKey: 1
    ratePerKey: { limit: 5, per: 1m }
`;
    using project = new TestProject({
      'holdfast.release.yaml': gateway('{ kind: gateway, gateway: erp }', limits),
    });
    const { manifest } = await buildRelease(project.dir);
    expect(manifest.secrets).toEqual(['ERP']);
    expect(manifest.effects.find(({ name }) => name === 'payment.refund')).toMatchObject({
      provider: {
        kind: 'gateway',
        gateway: 'erp',
        command: 'payment.refund',
        url: 'config://ERP/commands',
        headers: { Authorization: 'Bearer secret://ERP' },
      },
      inDoubt: 'retry',
      idempotencyWindow: 3_600_000,
      key: '{chargeId}',
      concurrencyPerKey: 1,
      ratePerKey: { limit: 5, per: 60_000, burst: 1 },
      upstream: { name: 'config://ERP', rate: { limit: 50, per: 1000, burst: 1 } },
    });
  });

  test('what refers to no gateway, and a gateway of no command, are refused with their place', async () => {
    const faults = await faultsOf({
      'holdfast.release.yaml': gateway('{ kind: gateway, gateway: crm }'),
    });
    const at = 'holdfast.release.yaml';
    expect(faults).toContainEqual({
      at: expect.stringMatching(`${at}:12:`) as string,
      message:
        'effect payment.refund: provider.gateway: there is no such gateway under gateways:; known are erp',
    });
    expect(faults).toContainEqual({
      at: expect.stringMatching(`${at}:5:`) as string,
      message: 'no command goes to the gateway erp',
    });
  });

  test('a key that its input does not have is refused', async () => {
    const limits = "    key: '{chargId}'\n    concurrencyPerKey: 1\n";
    const faults = await faultsOf({
      'holdfast.release.yaml': gateway('{ kind: gateway, gateway: erp }', limits),
    });
    expect(faults.map(({ message }) => message)).toEqual([
      'effect payment.refund: {chargId} is no field of its input; did you mean chargeId?',
    ]);
  });
});
