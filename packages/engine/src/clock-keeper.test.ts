import { formatMicros, type JournalEvent } from '@holdfast/core';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import type { InlineProgram } from './testing/inline-sandbox.ts';
import { LeapingClock } from './testing/leaping-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Sleeps for as long as it is told, then ends. */
const sleeper: InlineProgram = {
  key: (data) => (data as { key: string }).key,
  decide: (_state, call) =>
    call.kind === 'timer'
      ? { state: null, decision: { ending: { as: 'completed', result: null } } }
      : {
          state: null,
          decision: {
            status: 'waiting',
            schedules: [
              { name: 'nap', dueAt: call.now + (call.data as { millis: number }).millis * 1000 },
            ],
          },
        },
};

let bench: EngineBench;
let clock: LeapingClock;
afterEach(() => bench.end());

async function begin(): Promise<void> {
  clock = new LeapingClock();
  bench = new EngineBench({
    programs: { sleeper },
    sagas: [{ name: 'sleeper', on: ['nap'] }],
    schedules: [
      {
        name: 'hourly',
        cron: '0 * * * *',
        zone: 'UTC',
        missed: 'once',
        type: 'hour.struck',
        data: {},
        tenant: '',
      },
    ],
    clock,
    clockJumps: { maxJump: HOUR, bootGrace: 0 },
  });
  await bench.start();
}

async function nap(key: string, millis: number): Promise<void> {
  const ingested = bench.engine.ingest({ event: bench.event('nap', { key, millis }) });
  await clock.pass(10);
  await ingested;
}

async function journal(): Promise<readonly JournalEvent[]> {
  const { seq } = bench.store.counters;
  return bench.store.readEvents(Array.from({ length: seq }, (_, i) => i + 1));
}

const fired = async (): Promise<readonly string[]> =>
  (await journal())
    .filter(({ type }) => type === 'timer.fired')
    .map(({ subject }) => subject ?? '');

test('a leap holds what it alone makes due, until a person confirms it', async () => {
  await begin();
  await nap('long', 2 * DAY);
  await nap('short', 10 * MINUTE);
  const start = clock.now();
  clock.set(5 * DAY);
  await clock.pass(MINUTE);
  expect(await fired()).toEqual([]);
  expect(await bench.engine.status()).toMatchObject({
    clockHeld: { jump: 5 * DAY, due: 3, recorded: start + MINUTE * 1000 },
  });
  // What is due without the leap is not kept waiting, nor is anything stamped with the time that is not believed.
  await clock.pass(10 * MINUTE);
  expect(await fired()).toEqual(['sleeper/short']);
  await nap('later', MINUTE);
  await clock.pass(MINUTE);
  expect(await fired()).toEqual(['sleeper/short', 'sleeper/later']);

  const confirming = bench.engine.confirmClock({ by: 'someone', reason: 'the time is right' });
  await clock.pass(1);
  expect(await confirming).toEqual({ jump: 5 * DAY, due: 2 });
  await clock.pass(1);
  expect(await fired()).toEqual(['sleeper/short', 'sleeper/later', 'sleeper/long']);
  expect((await bench.engine.status()).clockHeld).toBeNull();
  const hours = (await journal()).filter(({ type }) => type === 'hour.struck');
  expect(hours).toHaveLength(1);
  const [confirmed] = (await journal()).filter(({ type }) => type === 'clock.confirmed');
  expect(confirmed).toMatchObject({ stream: 'CONTROL_EVENTS', source: 'holdfast:clock' });
  expect(JSON.parse(confirmed?.data ?? '{}')).toMatchObject({
    jump: 5 * DAY,
    by: 'someone',
    reason: 'the time is right',
    to: formatMicros(clock.now() - 2000),
  });
});

test('a hold outlives the process, and so does a confirmation', async () => {
  await begin();
  await nap('long', 2 * DAY);
  clock.set(5 * DAY);
  await clock.pass(MINUTE);
  for (let i = 0; i < 3; i += 1) {
    await bench.crash();
    clock.down(MINUTE);
    await bench.start();
    await clock.pass(MINUTE);
    expect(await fired()).toEqual([]);
    expect((await bench.engine.status()).clockHeld?.jump).toBe(5 * DAY);
  }
  const confirming = bench.engine.confirmClock({ by: 'someone', reason: null });
  await clock.pass(1);
  await confirming;
  await bench.crash();
  clock.down(MINUTE);
  await bench.start();
  await clock.pass(1);
  expect(await fired()).toEqual(['sleeper/long']);
  expect((await bench.engine.status()).clockHeld).toBeNull();
});

test('a leap that nobody noticed before the process was killed is found by the next one', async () => {
  await begin();
  await nap('long', 2 * DAY);
  clock.set(5 * DAY);
  await bench.crash();
  await bench.start();
  await clock.pass(MINUTE);
  expect(await fired()).toEqual([]);
  expect((await bench.engine.status()).clockHeld?.jump).toBe(5 * DAY);
});

test('a clock that is set right again ends the hold, and nothing of it is left', async () => {
  await begin();
  await nap('long', 2 * DAY);
  clock.set(5 * DAY);
  await clock.pass(MINUTE);
  clock.set(-5 * DAY);
  await clock.pass(MINUTE);
  expect((await bench.engine.status()).clockHeld).toBeNull();
  await nap('short', MINUTE);
  await clock.pass(MINUTE);
  expect(await fired()).toEqual(['sleeper/short']);
});

test('there is nothing to confirm while the clock is believed, and one confirmation at a time', async () => {
  await begin();
  const actor = { by: 'someone', reason: null };
  await expect(bench.engine.confirmClock(actor)).rejects.toMatchObject({ code: 'conflict' });
  clock.set(5 * DAY);
  const both = Promise.allSettled([
    bench.engine.confirmClock(actor),
    bench.engine.confirmClock(actor),
  ]);
  await clock.pass(1);
  expect((await both).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

test('a machine that was asleep, or off, for days fires at once what came due', async () => {
  await begin();
  await nap('asleep', DAY);
  clock.sleep(2 * DAY);
  await clock.pass(MINUTE);
  expect(await fired()).toEqual(['sleeper/asleep']);
  await nap('off', DAY);
  await bench.crash();
  clock.off(2 * DAY);
  await bench.start();
  await clock.pass(MINUTE);
  expect(await fired()).toEqual(['sleeper/asleep', 'sleeper/off']);
});

test('a clock that is set back: timers wait for the wall, and fire once', async () => {
  await begin();
  await nap('one', HOUR);
  clock.set(-3 * HOUR);
  await clock.pass(2 * HOUR);
  await bench.crash();
  clock.down(0);
  await bench.start();
  await clock.pass(HOUR + 50 * MINUTE);
  expect(await fired()).toEqual([]);
  await clock.pass(11 * MINUTE);
  expect(await fired()).toEqual(['sleeper/one']);
});

test('a leap that is held may be right: a call in doubt is not made again after its window by the wall (I4)', async () => {
  clock = new LeapingClock();
  const payer: InlineProgram = {
    key: () => 'k',
    decide: () => ({
      state: null,
      decision: { items: [{ step: 'pay', effect: 'pay', input: {} }] },
    }),
  };
  bench = new EngineBench({
    programs: { payer },
    sagas: [{ name: 'payer', on: ['pay'] }],
    effects: [{ name: 'pay', idempotencyWindow: HOUR }],
    execute: () => {
      clock.set(5 * DAY);
      return Promise.resolve({ kind: 'in_doubt', error: { code: 'reset', message: 'no answer' } });
    },
    clock,
    clockJumps: { maxJump: HOUR, bootGrace: 0 },
  });
  await bench.start();
  const ingested = bench.engine.ingest({ event: bench.event('pay', {}) });
  await clock.pass(MINUTE);
  await ingested;
  expect(bench.calls).toHaveLength(1);
  const [instance] = await bench.store.loadInstances([{ tenant: '', saga: 'payer', key: 'k' }]);
  expect(instance?.row.status).toBe('blocked');
});
