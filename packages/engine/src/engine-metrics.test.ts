/** What the engine counts is what it did (R7.1, R9.1, R10.3). */
import type { EffectResult } from '@holdfast/core';
import { afterEach, expect, test } from 'vitest';
import type { EffectMetrics, SagaMetrics } from './engine-metrics.ts';
import { EngineBench } from './testing/engine-bench.ts';
import type { RouteAnswer, RouteRequest } from './sandbox-port.ts';
import { type InlineProgram, InlineSandbox } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

/** One effect, then done. */
const pay: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (_, call) =>
    call.step === null
      ? { state: {}, decision: { items: [{ step: 'pay', effect: 'pay', input: {} }] } }
      : { state: {}, decision: { ending: { as: 'completed', result: null } } },
};
/** While it is held, it answers nobody. */
class HeldSandbox extends InlineSandbox {
  isHeld = false;

  override route(request: RouteRequest): Promise<RouteAnswer> {
    return this.isHeld ? new Promise(() => undefined) : super.route(request);
  }
}

const sagas = [{ name: 'pay', on: ['due'] }];

let bench: EngineBench;
afterEach(() => bench.end());

const count = (histogram: { counts: readonly number[] }): number =>
  histogram.counts.reduce((sum, n) => sum + n, 0);

const ofSaga = async (): Promise<SagaMetrics | undefined> =>
  (await bench.engine.metrics()).sagas.find(({ saga }) => saga === 'pay');
const ofEffect = async (): Promise<EffectMetrics | undefined> =>
  (await bench.engine.metrics()).effects.find(({ effect }) => effect === 'pay');

async function sagaMetrics(): Promise<SagaMetrics> {
  const found = await ofSaga();
  if (found === undefined) throw new Error('nothing is counted of the saga');
  return found;
}

async function effectMetrics(): Promise<EffectMetrics> {
  const found = await ofEffect();
  if (found === undefined) throw new Error('nothing is counted of the effect');
  return found;
}

const publish = (id: string) => bench.engine.ingest({ event: bench.event('due', { id }) });
const ended = async (runs: number) => (await ofSaga())?.ended['completed'] === runs;

test('runs, transitions, tries and outcomes are counted once each', async () => {
  bench = new EngineBench({ programs: { pay }, sagas, effects: [{ name: 'pay' }] });
  await bench.start();
  const before = (await bench.engine.metrics()).commits;
  await Promise.all(['a', 'b', 'c'].map(publish));
  await until(() => ended(3));
  expect(await sagaMetrics()).toMatchObject({
    lag: 0,
    started: 3,
    ended: { completed: 3 },
    redeliveries: { recovery: 0, failure: 0 },
  });
  expect(count((await sagaMetrics()).processing)).toBe(6);
  const { attempts, outcomes, held, dispatch, duration } = await effectMetrics();
  expect(attempts).toEqual({ succeeded: 3, failed: 0, not_done: 0, in_doubt: 0, lost: 0 });
  expect(outcomes).toEqual({ succeeded: 3, failed: 0, unknown: 0 });
  expect(held).toBe(0);
  expect(count(dispatch)).toBe(3);
  expect(count(duration)).toBe(3);
  const { commits, lastSeq } = await bench.engine.metrics();
  expect(commits.events.sum).toBe(lastSeq);
  expect(count(commits.sync)).toBe(count(commits.duration));
  expect(count(commits.ops)).toBeGreaterThan(count(before.ops));
});

test('each try has its outcome, only the first is a dispatch, and what is held is counted', async () => {
  const results: EffectResult[] = [
    { kind: 'not_done', error: { code: 'connect', message: '' } },
    { kind: 'in_doubt', error: { code: 'timeout', message: '' } },
  ];
  const effects = [
    {
      name: 'pay',
      retry: { attempts: 5, backoff: 1, max: 1, factor: 1 },
      inDoubt: 'hold' as const,
    },
  ];
  bench = new EngineBench({
    programs: { pay },
    sagas,
    effects,
    execute: () => Promise.resolve(results.shift() ?? { kind: 'succeeded', output: '1' }),
  });
  await bench.start();
  await publish('a');
  await until(async () => (await ofEffect())?.held === 1);
  const { attempts, outcomes, dispatch, duration } = await effectMetrics();
  expect(attempts).toMatchObject({ not_done: 1, in_doubt: 1, succeeded: 0 });
  expect(outcomes).toEqual({ succeeded: 0, failed: 0, unknown: 0 });
  expect(count(dispatch)).toBe(1);
  expect(count(duration)).toBe(2);
});

test('a try that a crash cut off is lost, with no duration; its event is not given anew', async () => {
  bench = new EngineBench({
    programs: { pay },
    sagas,
    effects: [{ name: 'pay', inDoubt: 'retry', idempotencyWindow: 60_000 }],
  });
  await bench.start();
  bench.execute = () => new Promise(() => undefined);
  await publish('a');
  await until(async () => bench.calls.length === 1);
  bench.execute = () => Promise.resolve({ kind: 'succeeded', output: '1' });
  await bench.restart();
  await until(() => ended(1));
  const { attempts, dispatch, duration } = await effectMetrics();
  expect(attempts).toMatchObject({ lost: 1, succeeded: 1 });
  expect(count(duration)).toBe(1);
  expect(count(dispatch)).toBe(0);
  expect((await sagaMetrics()).redeliveries.recovery).toBe(0);
});

test('an event that was journaled and not decided on is given again after a crash', async () => {
  const sandbox = new HeldSandbox({ pay });
  bench = new EngineBench({ programs: { pay }, sagas, effects: [{ name: 'pay' }], sandbox });
  await bench.start();
  sandbox.isHeld = true;
  await publish('a');
  sandbox.isHeld = false;
  await bench.restart();
  await until(() => ended(1));
  expect((await sagaMetrics()).redeliveries).toEqual({ recovery: 1, failure: 0 });
});

test('an event that its program fails on is given to it as often as the saga says', async () => {
  let failures = 2;
  const fragile: InlineProgram = {
    ...pay,
    decide: (state, call) => {
      if (failures-- > 0) throw new Error('not yet');
      return pay.decide(state, call);
    },
  };
  bench = new EngineBench({
    programs: { pay: fragile },
    sagas: [{ name: 'pay', on: ['due'], tries: 3 }],
    effects: [{ name: 'pay' }],
  });
  await bench.start();
  await publish('a');
  await until(() => ended(1));
  expect((await sagaMetrics()).redeliveries).toEqual({ recovery: 0, failure: 2 });
});
