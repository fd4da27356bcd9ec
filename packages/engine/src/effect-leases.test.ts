import type { EffectResult } from '@holdfast/core';
import { StoreFullError } from '@holdfast/store';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { LeapingClock } from './testing/leaping-clock.ts';
import { caller } from './testing/programs.ts';

const well: EffectResult = { kind: 'succeeded', output: '1' };
/** Its lease, and how often leases are looked at: see `LEASE_GRACE_MS` and the engine. */
const TIMEOUT = 10_000;
const LOOK = 5000;
const FAR = 3_600_000;

let bench: EngineBench;
let clock: LeapingClock;
let answer: ((result: EffectResult) => void) | null = null;

async function begin(): Promise<void> {
  clock = new LeapingClock();
  answer = null;
  bench = new EngineBench({
    programs: { caller },
    sagas: [{ name: 'caller', on: ['call'] }],
    effects: [{ name: 'pay', timeout: TIMEOUT, inDoubt: 'hold' }],
    execute: () => new Promise((resolve) => (answer = resolve)),
    clock,
  });
  await bench.start();
}

afterEach(async () => {
  const { fatal } = bench;
  let hasEnded = false;
  const ended = bench.end().finally(() => void (hasEnded = true));
  while (!hasEnded) await clock.pass(10);
  await ended;
  expect(fatal).toEqual([]);
});

const statusOf = async (id: string) =>
  (await bench.store.loadInstances([{ tenant: '', saga: 'caller', key: id }]))[0]?.row.status;

test('a clock that is set ends no lease: a call that is out is not in doubt for that', async () => {
  await begin();
  await bench.engine.ingest({ event: bench.event('call', { id: 'o1' }) });
  await clock.pass(10);
  clock.set(FAR);
  await clock.pass(LOOK);
  answer?.(well);
  await clock.pass(10);
  expect(await statusOf('o1')).toBe('completed');
  expect(bench.calls).toHaveLength(1);
});

test('a call whose start waited long for room has its whole lease', async () => {
  await begin();
  const commit = bench.store.commit.bind(bench.store);
  bench.store.commit = async () => {
    throw new StoreFullError('no room');
  };
  const asked = bench.engine.ingest({ event: bench.event('call', { id: 'o1' }), patient: true });
  await clock.pass(FAR);
  expect(bench.calls).toHaveLength(0);
  bench.store.commit = commit;
  await clock.pass(1000);
  await asked;
  expect(bench.calls).toHaveLength(1);
  await clock.pass(LOOK);
  answer?.(well);
  await clock.pass(10);
  expect(await statusOf('o1')).toBe('completed');
});

test('a call that gets no answer within its lease is lost', async () => {
  await begin();
  await bench.engine.ingest({ event: bench.event('call', { id: 'o1' }) });
  await clock.pass(2 * TIMEOUT + 2 * LOOK);
  expect(await statusOf('o1')).toBe('blocked');
});
