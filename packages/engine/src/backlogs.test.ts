import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { type InlineProgram, InlineSandbox } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

/** Notes every event it is given, and ends at the last. */
const noting: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (state, call) => {
    if (call.kind === 'cancel')
      return {
        state,
        decision: { ending: { as: 'cancelled', error: { code: 'cancelled', message: '' } } },
      };
    const { n } = call.data as { n: number };
    const ending = call.type === 'last' ? { as: 'completed' as const, result: n } : null;
    return { state: [...((state as number[] | null) ?? []), n], decision: { ending } };
  },
};
const programs = { slow: noting, swift: noting };
const taking = (name: string, on: string[]) => ({ name, on, style: 'reducer' as const });
const sagas = [taking('slow', ['tick', 'last']), taking('swift', ['tick', 'last'])];
const backlog = { high: 4, low: 2, batch: 3 };
const EVENTS = 60;

/** Names instances of saga `slow` only while it is open. */
class Gate extends InlineSandbox {
  isOpen = false;
  asked = 0;
  #waiting: (() => void)[] = [];

  override async route(
    ...request: Parameters<InlineSandbox['route']>
  ): ReturnType<InlineSandbox['route']> {
    if (request[0].saga === 'slow') {
      this.asked += 1;
      if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return super.route(...request);
  }

  open(): void {
    this.isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

let bench: EngineBench;
let gate: Gate;
afterEach(() => bench.end());

async function start(): Promise<void> {
  gate = new Gate(programs);
  bench = new EngineBench({ programs, sagas, sandbox: gate, backlog });
  await bench.start();
}

async function send(n: number, type = 'tick', id = `k${n % 3}`): Promise<void> {
  await bench.engine.ingest({ event: bench.event(type, { id, n }) });
}

async function sendAll(): Promise<void> {
  for (let n = 0; n < EVENTS; n += 1) await send(n);
}

const noted = async (saga: string, key: string): Promise<number[]> => {
  const [found] = await bench.store.loadInstances([{ tenant: '', saga, key }]);
  return JSON.parse(found?.state ?? '[]') as number[];
};
const allOf = async (saga: string): Promise<number[][]> =>
  Promise.all(['k0', 'k1', 'k2'].map((key) => noted(saga, key)));
const whole = [0, 1, 2].map((key) => Array.from({ length: EVENTS / 3 }, (_, n) => n * 3 + key));
const isWhole = async (saga: string): Promise<boolean> =>
  (await allOf(saga)).flat().length === EVENTS;

test('one that does not get on is given no more than it takes, and holds up no other', async () => {
  await start();
  await sendAll();
  await until(() => isWhole('swift'));
  expect(gate.asked).toBeLessThanOrEqual(backlog.high + 1);
  expect(await allOf('slow')).toEqual([[], [], []]);
  expect(await allOf('swift')).toEqual(whole);
});

test('what was left is given in order, and what comes meanwhile behind it', async () => {
  await start();
  await sendAll();
  gate.open();
  await send(100, 'last', 'k0');
  await until(async () => (await isWhole('slow')) || (await noted('slow', 'k0')).includes(100));
  await until(async () => (await allOf('slow')).flat().length === EVENTS + 1);
  expect(await allOf('slow')).toEqual([[...(whole[0] ?? []), 100], whole[1], whole[2]]);
});

test('it takes what comes at once again when it has caught up', async () => {
  await start();
  await sendAll();
  gate.open();
  await until(() => isWhole('slow'));
  await send(100, 'tick', 'k1');
  await until(async () => (await noted('slow', 'k1')).includes(100));
  await bench.restart();
  expect(await allOf('slow')).toEqual([whole[0], [...(whole[1] ?? []), 100], whole[2]]);
  // Its checkpoint passed them all: nothing is given again.
  const stored = await bench.store.checkpoints();
  expect(stored.find(({ saga }) => saga === 'slow')?.seq).toBe(
    stored.find(({ saga }) => saga === 'swift')?.seq,
  );
});

test('a crash loses nothing of it', async () => {
  await start();
  await sendAll();
  await bench.crash();
  gate = new Gate(programs);
  gate.open();
  const { dir } = bench;
  bench = new EngineBench({ programs, sagas, sandbox: gate, backlog, dir });
  await bench.start();
  await until(() => isWhole('slow'));
  expect(await allOf('slow')).toEqual(whole);
});

test('whoever waits for the end of what an event starts is told, though it was left', async () => {
  await start();
  await sendAll();
  const answer = bench.engine.ingest({
    event: bench.event('last', { id: 'mine', n: 1 }),
    wait: { timeout: 60_000, saga: 'slow' },
  });
  gate.open();
  expect(await answer).toMatchObject({ ended: { saga: 'slow', key: 'mine', status: 'completed' } });
});

test('whoever waits for what was left waits no longer than they said, nor when the engine drains', async () => {
  await start();
  await sendAll();
  const waiting = (timeout: number, id: string) =>
    bench.engine.ingest({
      event: bench.event('last', { id, n: 1 }),
      wait: { timeout, saga: 'slow' },
    });
  const short = await waiting(20, 'short');
  expect(short).toMatchObject({ status: 'accepted', duplicate: false });
  expect(short).not.toHaveProperty('ended');
  const long = waiting(3_600_000, 'long');
  await bench.engine.drain(0);
  expect(await long).not.toHaveProperty('ended');
});

test("a person's act does not wait for what was left", async () => {
  await start();
  gate.open();
  await send(0, 'tick', 'k0');
  await until(async () => (await noted('slow', 'k0')).length === 1);
  gate.isOpen = false;
  await sendAll();
  await bench.engine.cancel(
    { tenant: '', saga: 'slow', key: 'k0' },
    { by: 'test', reason: 'enough' },
  );
  const status = async () =>
    (await bench.store.loadInstances([{ tenant: '', saga: 'slow', key: 'k0' }]))[0]?.row.status;
  await until(async () => (await status()) === 'cancelled');
  gate.open();
  await until(async () => (await noted('slow', 'k2')).length === EVENTS / 3);
  expect(await allOf('slow')).toEqual([[0], whole[1], whole[2]]);
});

test('what its saga does not take any more is recorded as unrouted', async () => {
  await start();
  await sendAll();
  await bench.activate({ sagas: [taking('slow', ['last']), taking('swift', ['tick', 'last'])] });
  gate.open();
  await send(100, 'last', 'k0');
  await until(async () => (await noted('slow', 'k0')).includes(100));
  const given = (await allOf('slow')).flat().length;
  expect(given).toBeLessThan(EVENTS);
  await bench.restart();
  const checkpoints = await bench.store.checkpoints();
  const unconsumed = await bench.store.unconsumed({
    saga: 'slow',
    tenant: '',
    types: ['tick', 'last'],
    after: 0,
    limit: 1000,
  });
  expect(unconsumed).toEqual([]);
  expect(checkpoints.find(({ saga }) => saga === 'slow')?.seq).toBeGreaterThan(EVENTS);
});

/** With the release that was active, and nothing in its way any more. */
async function crashAndGoOn(): Promise<void> {
  await bench.crash();
  gate = new Gate(programs);
  gate.open();
  const { dir } = bench;
  bench = new EngineBench({ programs, sagas, sandbox: gate, backlog, dir });
  await bench.start({ activate: false });
  await until(async () => {
    const consumers = await bench.engine.consumers('');
    return consumers.every(({ pending }) => pending === 0);
  });
}

const undealt = (saga: string) =>
  bench.store.unconsumed({ saga, tenant: '', types: ['tick', 'last'], after: 0, limit: 1000 });

test('what its saga did not take any more when the process ended is recorded as unrouted by the next', async () => {
  await start();
  await sendAll();
  await bench.activate({ sagas: [taking('slow', ['last']), taking('swift', ['tick', 'last'])] });
  await crashAndGoOn();
  expect(await undealt('slow')).toEqual([]);
  expect((await allOf('slow')).flat()).toEqual([]);
});

test('what came before its saga took such events is not given to it by the next start', async () => {
  await start();
  await bench.activate({ sagas: [taking('slow', ['last']), taking('swift', ['tick', 'last'])] });
  for (let n = 0; n < 20; n += 1) await send(n, 'last', `end${n}`);
  await sendAll();
  await bench.activate();
  await crashAndGoOn();
  expect(await noted('slow', 'end19')).toEqual([19]);
  expect((await allOf('slow')).flat()).toEqual([]);
  await send(100);
  await until(async () => (await noted('slow', 'k1')).includes(100));
});
