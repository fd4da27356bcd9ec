import type { EffectCall, EffectResult } from '@holdfast/core';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import type { InlineProgram } from './testing/inline-sandbox.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { caller } from './testing/programs.ts';
import { until } from './testing/until.ts';

/** Calls `pay` twice, both at once. */
const pair: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (_state, call) =>
    call.step === null
      ? {
          state: null,
          decision: {
            items: ['s1', 's2'].map((step) => ({ step, effect: 'pay', input: call.data })),
          },
        }
      : { state: null, decision: {} },
};
const sagas = [
  { name: 'caller', on: ['call'] },
  { name: 'pair', on: ['pair'] },
];
const programs = { caller, pair };
const well: EffectResult = { kind: 'succeeded', output: '1' };

let bench: EngineBench;
let clock: ManualClock;
afterEach(async () => {
  let hasEnded = false;
  const ended = bench.end().finally(() => void (hasEnded = true));
  // What ends is looked at by the clock.
  await until(() => (clock.advance(10), hasEnded));
  await ended;
});

/** Lets time pass in small steps, and everything that it sets off come to rest in between. */
async function pass(millis: number, step = 10): Promise<void> {
  for (let passed = 0; passed < millis; passed += step) {
    clock.advance(step);
    await atRest();
  }
}
/** Nothing is under way any more but what time must bring about. */
async function atRest(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    await bench.engine.status();
  }
}

interface Order {
  readonly id: string;
  readonly effect: string;
  readonly account?: string;
  readonly tenant?: string;
}
const place = (...orders: readonly Order[]): Promise<unknown> =>
  Promise.all(
    orders.map(({ tenant = '', ...data }) =>
      bench.engine.ingest({ event: bench.event('call', data, { tenant }) }),
    ),
  );
const many = (count: number, account: string, effect = 'pay'): Order[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${account}-${i}`, effect, account }));
const keysOf = (calls: readonly EffectCall[]): string[] => calls.map(({ key }) => key);
const attemptsOf = async (id: string): Promise<number | undefined> => {
  const items = await bench.store.unsettledItems({
    states: ['pending', 'leased', 'held'],
    dueBefore: null,
    limit: 100,
  });
  return items.find(({ key }) => key === id)?.attempts;
};

interface Settings {
  readonly effects: readonly ({ readonly name: string } & Record<string, unknown>)[];
  readonly waiting?: number;
  readonly execute?: (call: EffectCall) => Promise<EffectResult>;
  readonly manual?: boolean;
}
async function begin({ effects, waiting = 5000, execute, manual = true }: Settings): Promise<void> {
  clock = new ManualClock();
  bench = new EngineBench({
    programs,
    sagas,
    effects,
    relay: { inFlight: 200, waiting },
    execute: execute ?? (() => Promise.resolve(well)),
    ...(manual ? { clock } : {}),
  });
  await bench.start();
}

test('no more tries of an effect start than its rate allows; what waits uses up none', async () => {
  const rate = { limit: 10, per: 1000, burst: 1 };
  await begin({ effects: [{ name: 'pay', rate }] });
  await place(...many(25, 'a'));
  await atRest();
  expect(bench.calls).toHaveLength(1);
  expect(await attemptsOf('a-20')).toBe(0);
  await pass(990);
  expect(bench.calls).toHaveLength(10);
  await pass(1500);
  await until(() => bench.calls.length === 25);
  expect(keysOf(bench.calls)).toEqual(many(25, 'a').map(({ id }) => id));
  expect(bench.calls.every(({ attempt }) => attempt === 1)).toBe(true);
});

test('effects of one upstream share its rate, in turn', async () => {
  const upstream = { name: 'bank', breaker: null, rate: { limit: 10, per: 1000, burst: 1 } };
  await begin({
    effects: [
      { name: 'pay', upstream },
      { name: 'refund', upstream },
    ],
  });
  await place(...many(12, 'a', 'pay'));
  await place(...many(12, 'b', 'refund'));
  await pass(990);
  const turns = ['pay', 'refund', 'pay', 'refund', 'pay', 'refund', 'pay', 'refund', 'pay'];
  expect(bench.calls.map(({ effect }) => effect)).toEqual(['pay', ...turns]);
});

test('a key at its limit holds up no other, and keeps its own order', async () => {
  const gates: (() => void)[] = [];
  await begin({
    effects: [{ name: 'pay', key: '{account}', concurrencyPerKey: 1, timeout: 60_000 }],
    execute: ({ key }) =>
      key.startsWith('slow-')
        ? new Promise((resolve) => gates.push(() => resolve(well)))
        : Promise.resolve(well),
    manual: false,
  });
  const slow = many(20, 'slow');
  for (const order of slow) await place(order);
  await place(...many(30, 'a'), ...many(30, 'b'));
  await until(() => bench.calls.length === 61);
  expect(gates).toHaveLength(1);
  for (let i = 1; i < 20; i++) {
    gates.shift()?.();
    await until(() => gates.length === 1);
  }
  gates.shift()?.();
  const made = keysOf(bench.calls);
  for (const account of ['slow', 'a', 'b']) {
    const expected = many(account === 'slow' ? 20 : 30, account).map(({ id }) => id);
    expect(made.filter((id) => id.startsWith(`${account}-`))).toEqual(expected);
  }
});

test('a key whose backlog fills the memory holds up no other', async () => {
  const gates: (() => void)[] = [];
  let isStuck = true;
  await begin({
    effects: [{ name: 'pay', key: '{account}', concurrencyPerKey: 1, timeout: 60_000 }],
    waiting: 4,
    execute: ({ key }) =>
      isStuck && key.startsWith('slow-')
        ? new Promise((resolve) => gates.push(() => resolve(well)))
        : Promise.resolve(well),
    manual: false,
  });
  const slow = many(40, 'slow');
  for (const order of slow) await place(order);
  const others = Array.from({ length: 30 }, (_, i) => many(3, `k${i}`)).flat();
  await place(...others);
  await until(() => bench.calls.length === 91);
  isStuck = false;
  gates[0]?.();
  await until(() => bench.calls.length === 130);
  expect(keysOf(bench.calls).filter((id) => id.startsWith('slow-'))).toEqual(
    slow.map(({ id }) => id),
  );
});

test('each key has a rate of its own, and each tenant keys of its own', async () => {
  const ratePerKey = { limit: 2, per: 1000, burst: 2 };
  await begin({ effects: [{ name: 'pay', key: '{account}', ratePerKey }] });
  await place(...many(6, 'a'), ...many(6, 'b'));
  await place(...many(6, 'a').map((order) => ({ ...order, tenant: 't' })));
  await atRest();
  expect(bench.calls).toHaveLength(6);
  expect(await attemptsOf('a-5')).toBe(0);
  await pass(1000);
  expect(bench.calls).toHaveLength(12);
  await pass(1000);
  await until(() => bench.calls.length === 18);
  expect(await attemptsOf('a-5')).toBe(undefined);
});

test('the limits go on where they stood when another release is made active', async () => {
  const pay = { name: 'pay', key: '{account}', ratePerKey: { limit: 1, per: 60_000, burst: 1 } };
  await begin({ effects: [pay] });
  await place(...many(3, 'a'));
  await pass(100);
  expect(keysOf(bench.calls)).toEqual(['a-0']);
  // Nothing about the rate: what the key has used up it has not back.
  await bench.activate({ effects: [{ ...pay, timeout: 5000 }] });
  await place(...many(1, 'b'));
  await pass(1000);
  expect(keysOf(bench.calls)).toEqual(['a-0', 'b-0']);
  // Another rate holds for what waits.
  await bench.activate({
    effects: [{ ...pay, ratePerKey: { limit: 10, per: 1000, burst: 1 } }],
  });
  await pass(500);
  await until(() => bench.calls.length === 4);
  // No limit by key at all: nothing is kept back any more.
  await bench.activate({ effects: [pay] });
  await place(
    ...Array.from({ length: 5 }, (_, i) => ({ id: `c-${i}`, effect: 'pay', account: 'c' })),
  );
  await atRest();
  expect(bench.calls).toHaveLength(5);
  await bench.activate({ effects: [{ name: 'pay' }] });
  await until(() => bench.calls.length === 9);
  expect(keysOf(bench.calls).slice(4)).toEqual(['c-0', 'c-1', 'c-2', 'c-3', 'c-4']);
});

test('what waited for its key is taken up after a crash, by the same limits', async () => {
  const gates: (() => void)[] = [];
  await begin({
    effects: [
      {
        name: 'pay',
        key: '{account}',
        concurrencyPerKey: 1,
        inDoubt: 'retry',
        idempotencyWindow: 86_400_000,
      },
    ],
    execute: () => new Promise((resolve) => gates.push(() => resolve(well))),
    manual: false,
  });
  for (const order of many(5, 'a')) await place(order);
  await until(() => gates.length === 1);
  gates.length = 0;
  await bench.restart();
  for (let i = 0; i < 5; i++) {
    await until(() => gates.length === 1);
    gates.shift()?.();
  }
  await until(async () => (await attemptsOf('a-0')) === undefined && bench.calls.length === 6);
  expect(new Set(keysOf(bench.calls)).size).toBe(5);
});

test('with order by key, what goes before is not kept back behind what waits for the same key', async () => {
  const ratePerKey = { limit: 1, per: 1000, burst: 1 };
  let refuses = true;
  await begin({
    effects: [{ name: 'pay', key: '{account}', order: 'key', ratePerKey }],
    execute: ({ step }) => {
      const isRefused = step === 's1' && refuses;
      refuses = false;
      return Promise.resolve(
        isRefused ? { kind: 'not_done', error: { code: 'busy', message: 'not now' } } : well,
      );
    },
  });
  await bench.engine.ingest({ event: bench.event('pair', { id: 'a-0', account: 'a' }) });
  // The second waits for its key by now; the first comes back behind it, and is yet to go first.
  await pass(1500);
  await pass(1500);
  expect(bench.calls.map(({ step, attempt }) => `${step} ${attempt}`)).toEqual([
    's1 1',
    's1 2',
    's2 1',
  ]);
});
