import type { EffectResult } from '@holdfast/core';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { caller } from './testing/programs.ts';
import { until } from './testing/until.ts';

const sagas = [{ name: 'caller', on: ['call'] }];
const breaker = { window: 4, failureRate: 0.5, cooldown: 20, maxCooldown: 20 };
const upstream = { name: 'bank', breaker };
const down: EffectResult = { kind: 'not_done', error: { code: 'connect', message: 'refused' } };
const well: EffectResult = { kind: 'succeeded', output: '1' };

let bench: EngineBench;
afterEach(() => bench.end());

interface Call {
  readonly id: string;
  readonly effect: string;
  readonly tenant?: string;
}

const place = (...calls: Call[]): Promise<unknown> =>
  Promise.all(
    calls.map(({ tenant = '', ...data }) =>
      bench.engine.ingest({ event: bench.event('call', data, { tenant }) }),
    ),
  );
const many = (count: number, effect: string) =>
  Array.from({ length: count }, (_, i) => ({ id: `${effect}-${i}`, effect }));
const statusOf = async (id: string, tenant = '') =>
  (await bench.store.loadInstances([{ tenant, saga: 'caller', key: id }]))[0]?.row.status;
const breakerState = async () => (await bench.engine.status()).upstreams[0]?.state;
const completed = async (ids: readonly { id: string }[]) =>
  (await Promise.all(ids.map(({ id }) => statusOf(id)))).every((status) => status === 'completed');

test('while an upstream is down its effects wait, using up no try, and all go on when it is back', async () => {
  let isDown = true;
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [
      {
        name: 'pay',
        upstream,
        concurrency: 4,
        retry: { attempts: 3, backoff: 1, max: 1, factor: 1 },
      },
    ],
    execute: () => Promise.resolve(isDown ? down : well),
  });
  await bench.start();
  const orders = many(40, 'pay');
  await place(...orders);
  // Long enough for every order to have used up its three tries, were each of them made at once.
  await until(async () => (await bench.engine.status()).upstreams[0]?.state === 'half_open');
  await until(async () => (await bench.engine.status()).upstreams[0]?.state === 'open');
  const made = bench.calls.length;
  expect(made).toBeLessThan(40);
  isDown = false;
  await until(() => completed(orders));
  const tries = Map.groupBy(bench.calls, ({ key }) => key);
  expect(Math.max(...[...tries.values()].map((calls) => calls.length))).toBeLessThanOrEqual(3);
  expect((await bench.engine.status()).upstreams).toEqual([
    { app: 'test', upstream: 'bank', state: 'closed', retryIn: null, effects: ['pay'] },
  ]);
});

test('a call that finds its upstream still down is not held against the effect that made it', async () => {
  let isDown = true;
  const retry = { attempts: 3, backoff: 1, max: 1, factor: 1 };
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [{ name: 'pay', upstream, retry }],
    execute: () => Promise.resolve(isDown ? down : well),
  });
  await bench.start();
  // One alone: it makes all the calls there are.
  await place({ id: 'o', effect: 'pay' });
  await until(() => bench.calls.length > 5);
  isDown = false;
  await until(async () => (await statusOf('o')) === 'completed');
  expect(bench.calls.length).toBeGreaterThan(retry.attempts + 1);
});

test('effects of one upstream share its breaker; another effect goes on', async () => {
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [
      {
        name: 'pay',
        upstream: { name: 'bank', breaker: { ...breaker, cooldown: 60_000, maxCooldown: 60_000 } },
      },
      {
        name: 'refund',
        upstream: { name: 'bank', breaker: { ...breaker, cooldown: 60_000, maxCooldown: 60_000 } },
      },
      { name: 'cook' },
    ],
    execute: ({ effect }) => Promise.resolve(effect === 'pay' ? down : well),
  });
  await bench.start();
  await place(...many(8, 'pay'));
  await until(async () => (await bench.engine.status()).upstreams[0]?.state === 'open');
  await place({ id: 'r', effect: 'refund' }, { id: 'c', effect: 'cook' });
  await until(async () => (await statusOf('c')) === 'completed');
  expect(bench.calls.filter(({ effect }) => effect === 'refund')).toEqual([]);
});

test('what an effect cannot take now waits in the store, in order, and holds up no other effect', async () => {
  const gates: (() => void)[] = [];
  let isHeld = true;
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [
      { name: 'slow', concurrency: 1, concurrencyPerTenant: 1, timeout: 60_000 },
      { name: 'quick' },
    ],
    relay: { inFlight: 100, waiting: 3 },
    execute: ({ effect }) =>
      effect === 'slow' && isHeld
        ? new Promise((resolve) => gates.push(() => resolve(well)))
        : Promise.resolve(well),
  });
  await bench.start();
  const slow = many(20, 'slow');
  for (const order of slow) await place(order);
  await until(() => gates.length === 1);
  const quick = many(10, 'quick');
  await place(...quick);
  await until(() => completed(quick));
  isHeld = false;
  gates[0]?.();
  await until(() => completed(slow));
  const order = bench.calls.filter(({ effect }) => effect === 'slow').map(({ key }) => key);
  expect(order).toEqual(slow.map(({ id }) => id));
});

test('after a restart everything pending is taken up, more than one effect holds in memory too', async () => {
  let isDown = true;
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [{ name: 'slow', concurrency: 1, concurrencyPerTenant: 1, timeout: 60_000 }],
    relay: { inFlight: 100, waiting: 3 },
    execute: () => (isDown ? new Promise(() => undefined) : Promise.resolve(well)),
  });
  await bench.start();
  const slow = many(20, 'slow');
  await place(...slow);
  await until(() => bench.calls.length === 1);
  isDown = false;
  await bench.restart();
  await until(() => completed(slow));
  expect(new Set(bench.calls.map(({ commandId }) => commandId)).size).toBe(20);
});

const silent: EffectResult = { kind: 'in_doubt', error: { code: 'timeout', message: 'no answer' } };
const HOUR = 3_600_000;

test('a call in doubt that waited past its window is not made again, and a person may have it made', async () => {
  const clock = new ManualClock();
  let isDown = true;
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [
      {
        name: 'pay',
        inDoubt: 'retry',
        idempotencyWindow: HOUR,
        retry: { attempts: 9, backoff: 1000, max: 1000, factor: 1 },
      },
    ],
    execute: () => Promise.resolve(isDown ? silent : well),
    clock,
  });
  await bench.start();
  await place({ id: 'o', effect: 'pay' });
  await until(async () => (await statusOf('o')) === 'retrying');
  // The machine sleeps, or is off, for longer than the target remembers the key.
  await bench.crash();
  clock.advance(2 * HOUR);
  isDown = false;
  await bench.start();
  await until(async () => (await statusOf('o')) === 'blocked');
  expect(bench.calls).toHaveLength(1);
  const [instance] = await bench.store.loadInstances([{ tenant: '', saga: 'caller', key: 'o' }]);
  expect(instance?.row.blockedBy).toContain('waited past the time');
  await bench.engine.redrive(
    { tenant: '', saga: 'caller', key: 'o' },
    { by: 'test', reason: 'the bank has no such charge' },
  );
  await until(async () => (await statusOf('o')) === 'completed');
  expect(bench.calls).toHaveLength(2);
});

test.each([
  ['another cooldown', { ...breaker, cooldown: 60_000, maxCooldown: 60_000 }],
  ['no breaker', null],
])('what waits behind an open breaker goes on with a release that sets %s', async (_, changed) => {
  let isDown = true;
  const pay = {
    name: 'pay',
    concurrency: 2,
    retry: { attempts: 1, backoff: 1, max: 1, factor: 1 },
    upstream: { name: 'bank', breaker: { ...breaker, cooldown: 50_000, maxCooldown: 50_000 } },
  };
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [pay, { ...pay, name: 'refund' }],
    execute: () => Promise.resolve(isDown ? down : well),
  });
  await bench.start();
  await place(...many(10, 'pay'));
  await until(async () => (await breakerState()) === 'open');
  isDown = false;
  const renewed = { ...pay, upstream: { name: 'bank', breaker: changed } };
  // `refund` is dropped, and stands before the same upstream still.
  await bench.activate({ effects: [renewed] });
  await place({ id: 'new', effect: 'pay' });
  await until(() => bench.calls.length === 11);
  await until(async () => (await statusOf('new')) === 'completed');
  expect((await bench.engine.status()).upstreams.map(({ state }) => state)).toEqual(
    changed === null ? [] : ['closed'],
  );
});

test('an open breaker stays open with a release that sets it no other way', async () => {
  const pay = {
    name: 'pay',
    upstream: { name: 'bank', breaker: { ...breaker, cooldown: 60_000, maxCooldown: 60_000 } },
  };
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [pay],
    execute: () => Promise.resolve(down),
  });
  await bench.start();
  await place(...many(8, 'pay'));
  await until(async () => (await breakerState()) === 'open');
  await bench.activate({ effects: [{ ...pay, timeout: 5000 }] });
  expect(await breakerState()).toBe('open');
});

/** Tenant `a` never gets an answer. */
const oneTenantStuck = (waiting: number): Promise<unknown> => {
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [{ name: 'pay', concurrency: 16, concurrencyPerTenant: 1, timeout: 60_000 }],
    relay: { inFlight: 100, waiting },
    execute: ({ tenant }) =>
      tenant === 'a' ? new Promise(() => undefined) : Promise.resolve(well),
  });
  return bench.start();
};

test.each([
  ['there is room in memory', 100],
  ['it fills the memory', 3],
])('a tenant at its limit holds up no other: %s', async (_, waiting) => {
  await oneTenantStuck(waiting);
  await place(...many(10, 'pay').map((order) => ({ ...order, tenant: 'a' })));
  await until(() => bench.calls.length === 1);
  await place({ id: 'x', effect: 'pay', tenant: 'b' });
  await until(async () => (await statusOf('x', 'b')) === 'completed');
  expect(bench.calls).toHaveLength(2);
});

test("each tenant's calls are made in order, however many wait in the store", async () => {
  const tenants = ['a', 'b', 'c', 'd'];
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [{ name: 'pay', concurrency: 4, concurrencyPerTenant: 1, timeout: 60_000 }],
    relay: { inFlight: 3, waiting: 5 },
    execute: () => new Promise((resolve) => setTimeout(() => resolve(well), 1)),
  });
  await bench.start();
  const orders = many(60, 'pay');
  await place(...tenants.flatMap((tenant) => orders.map((order) => ({ ...order, tenant }))));
  await until(() => bench.calls.length === 240);
  for (const tenant of tenants)
    expect(bench.calls.filter((call) => call.tenant === tenant).map(({ key }) => key)).toEqual(
      orders.map(({ id }) => id),
    );
});

test('effects with long backlogs that use up all room between them leave their turn to another', async () => {
  const answers: (() => void)[] = [];
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: ['pay', 'cook', 'mail'].map((name) => ({ name, concurrency: 2 })),
    relay: { inFlight: 4, waiting: 100 },
    execute: () =>
      new Promise((resolve) => {
        answers.push(() => resolve(well));
      }),
  });
  await bench.start();
  const backlog = [...many(30, 'pay'), ...many(30, 'cook')];
  await place(...backlog);
  await until(() => answers.length === 4);
  const late = many(4, 'mail');
  await place(...late);
  // Answered in the order they were made, one after the other: the room that each leaves is given away anew.
  let answered = 0;
  while (answered < backlog.length + late.length) {
    await until(() => answers.length > 0);
    answers.shift()?.();
    answered += 1;
  }
  await until(() => completed([...backlog, ...late]));
  const mails = bench.calls.flatMap(({ effect }, at) => (effect === 'mail' ? [at] : []));
  expect(mails).toHaveLength(late.length);
  // Each lane in its turn: of any few calls in a row one is theirs. Not behind the backlogs of the others.
  expect(Math.max(...mails)).toBeLessThan(backlog.length / 2);
});
