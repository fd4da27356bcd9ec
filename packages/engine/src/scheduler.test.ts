import { afterEach, describe, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { type InlineProgram, InlineSandbox } from './testing/inline-sandbox.ts';
import { LeapingClock } from './testing/leaping-clock.ts';

const MINUTE = 60_000;

interface Asked {
  readonly set?: readonly { readonly name: string; readonly millis: number }[];
  readonly cancel?: readonly string[];
}

/** Sets and cancels timers as it is told; knows, as reducers do, which are set and for when. */
const device: InlineProgram = {
  key: () => 'k',
  decide: (state, call) => {
    const timers = new Map(Object.entries((state as Record<string, number> | null) ?? {}));
    if (call.kind === 'timer') {
      const dueAt = timers.get(call.step ?? '');
      if (dueAt === undefined || call.now < dueAt) return { state, decision: { ignored: true } };
      timers.delete(call.step ?? '');
      return { state: Object.fromEntries(timers), decision: { status: 'waiting' } };
    }
    const { set = [], cancel = [] } = call.data as Asked;
    const schedules = set.map(({ name, millis }) => ({ name, dueAt: call.now + millis * 1000 }));
    for (const name of cancel) timers.delete(name);
    for (const { name, dueAt } of schedules) timers.set(name, dueAt);
    return {
      state: Object.fromEntries(timers),
      decision: { status: 'waiting', schedules, cancelSchedules: [...cancel] },
    };
  },
};

/** Decisions wait, when told to, so that a timer fires while one is being made. */
class GatedSandbox extends InlineSandbox {
  gate: Promise<void> = Promise.resolve();

  override async decide(
    ...request: Parameters<InlineSandbox['decide']>
  ): ReturnType<InlineSandbox['decide']> {
    await this.gate;
    return super.decide(...request);
  }
}

let bench: EngineBench;
let clock: LeapingClock;
let sandbox: GatedSandbox;
afterEach(() => bench.end());

async function begin(): Promise<void> {
  clock = new LeapingClock();
  sandbox = new GatedSandbox({ device });
  bench = new EngineBench({
    programs: { device },
    sagas: [{ name: 'device', on: ['told'], style: 'reducer', starts: ['told'] }],
    clock,
    sandbox,
  });
  await bench.start();
}

async function tell(asked: Asked): Promise<void> {
  const ingested = bench.engine.ingest({ event: bench.event('told', asked) });
  await clock.pass(10);
  await ingested;
}

/** The firings in the journal, with the number of transitions that came of them. */
async function firings(): Promise<readonly { readonly id: string; readonly applied: boolean }[]> {
  const { seq } = bench.store.counters;
  const events = await bench.store.readEvents(Array.from({ length: seq }, (_, i) => i + 1));
  const decisions = await bench.store.decisionsOf(1, 0, 100);
  return events
    .filter(({ type }) => type === 'timer.fired')
    .map((event) => ({ id: event.id, applied: decisions.some((each) => each.seq === event.seq) }));
}

const pending = async () =>
  (await bench.store.loadInstances([{ tenant: '', saga: 'device', key: 'k' }]))[0]?.schedules;

describe('a timer by name', () => {
  test('fires once when it is due, and is gone', async () => {
    await begin();
    await tell({ set: [{ name: 'door', millis: MINUTE }] });
    await clock.pass(MINUTE - 20);
    expect(await firings()).toEqual([]);
    await clock.pass(20);
    expect(await firings()).toMatchObject([{ applied: true }]);
    expect(await pending()).toEqual([]);
  });

  test('set again is replaced: the first due time passes without a firing', async () => {
    await begin();
    await tell({ set: [{ name: 'door', millis: MINUTE }] });
    await clock.pass(MINUTE / 2);
    await tell({ set: [{ name: 'door', millis: MINUTE }] });
    expect(await pending()).toHaveLength(1);
    await clock.pass(MINUTE - 20);
    expect(await firings()).toEqual([]);
    await clock.pass(20);
    expect(await firings()).toMatchObject([{ applied: true }]);
  });

  test('cancelled does not fire; the others do', async () => {
    await begin();
    await tell({
      set: [
        { name: 'door', millis: MINUTE },
        { name: 'light', millis: MINUTE },
      ],
    });
    await tell({ cancel: ['door', 'unknown'] });
    expect((await pending())?.map(({ name }) => name)).toEqual(['light']);
    await clock.pass(2 * MINUTE);
    expect(await firings()).toMatchObject([{ applied: true }]);
  });

  test('cancelled and set in one decision is set', async () => {
    await begin();
    await tell({ set: [{ name: 'door', millis: MINUTE }] });
    await tell({ cancel: ['door'], set: [{ name: 'door', millis: 3 * MINUTE }] });
    await clock.pass(2 * MINUTE);
    expect(await firings()).toEqual([]);
    await clock.pass(MINUTE);
    expect(await firings()).toMatchObject([{ applied: true }]);
  });
});

describe('a firing that meets on its way', () => {
  /** Has the timer come due while the decision on `asked` is being made. */
  async function meets(asked: Asked): Promise<void> {
    await begin();
    await tell({ set: [{ name: 'door', millis: MINUTE }] });
    const { promise, resolve } = Promise.withResolvers<void>();
    sandbox.gate = promise;
    const told = tell(asked);
    await clock.pass(2 * MINUTE);
    resolve();
    sandbox.gate = Promise.resolve();
    await clock.pass(1);
    await told;
  }

  test('a cancellation is recorded, ignored, and changes nothing (I8)', async () => {
    await meets({ cancel: ['door'] });
    expect(await firings()).toMatchObject([{ applied: false }]);
    const { length } = await bench.store.decisionsOf(1, 0, 100);
    expect(length).toBe(2);
    expect(await pending()).toEqual([]);
  });

  test('a replacement is recorded and ignored; the new one fires at its own time', async () => {
    await meets({ set: [{ name: 'door', millis: 5 * MINUTE }] });
    expect(await firings()).toMatchObject([{ applied: false }]);
    expect(await pending()).toHaveLength(1);
    await clock.pass(4 * MINUTE);
    const fired = await firings();
    expect(fired).toMatchObject([{ applied: false }, { applied: true }]);
    expect(new Set(fired.map(({ id }) => id)).size).toBe(2);
  });
});

test('a firing is one event through crashes, however many are due at once', async () => {
  await begin();
  const set = Array.from({ length: 40 }, (_, i) => ({ name: `t${i}`, millis: MINUTE + (i % 3) }));
  await tell({ set });
  for (let i = 0; i < 6; i += 1) {
    await bench.crash();
    clock.down(i === 0 ? MINUTE : 0);
    await bench.start();
    await clock.pass(0);
  }
  await clock.pass(10);
  const fired = await firings();
  expect(fired).toHaveLength(40);
  expect(new Set(fired.map(({ id }) => id)).size).toBe(40);
  expect(fired.every(({ applied }) => applied)).toBe(true);
});
