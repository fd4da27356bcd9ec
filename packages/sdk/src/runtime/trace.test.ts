/** Where each step was made, for a person who asks: instead of the state, and nothing else of the answer changes. */
import type { DecisionTrace } from '@holdfast/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { all, effect, event, reducer, saga, Undo } from '../index.ts';
import { Host } from './host.fixture.ts';
import { programOf } from './program.ts';

const Placed = event('order.placed', z.object({}));
const reserve = effect('kitchen.reserve', {});
const charge = effect('payment.charge', {});

const order = saga('order', { on: Placed }, function* () {
  yield* reserve({}, { undo: () => reserve({ back: true }) });
  yield* all([charge({ part: 1 }), charge({ part: 2 })]);
  throw new Undo('kitchen silent');
});

/** The same call that a host made last, with the trace asked for. */
function traced(host: Host, state: string | null): { decision: string; trace: DecisionTrace } {
  const sent = host.sent.at(-1);
  const input = {
    saga: 'saga',
    tenant: '',
    key: 'k',
    run: 1,
    state: state === null ? null : (JSON.parse(state) as unknown),
    event: { ...sent, id: `e${host.sent.length - 1}` },
    now: host.now,
    seed: (host.sent.length - 1).toString(16).padStart(32, '0'),
    trace: true,
  };
  const { decision, state: answered } = programOf(host.saga).decide(JSON.stringify(input));
  return { decision, trace: JSON.parse(answered) as DecisionTrace };
}

function lineOf(stack: string): string | undefined {
  return /trace\.test\.ts:\d+/.exec(stack)?.[0];
}

test('a generator tells of all its steps, and where its failure was thrown', () => {
  const host = new Host(order).start({}).succeed('kitchen.reserve#1', null);
  const { trace } = traced(host, new Host(order).start({}).state);
  expect(trace.steps.map(({ step, stack }) => [step, lineOf(stack)])).toEqual([
    ['kitchen.reserve#1', 'trace.test.ts:14'],
    ['all#1/0/payment.charge#1', 'trace.test.ts:15'],
    ['all#1/1/payment.charge#1', 'trace.test.ts:15'],
  ]);
  expect(trace.failedAt).toBeNull();
  host.succeed('all#1/0/payment.charge#1', null);
  const before = host.state;
  host.succeed('all#1/1/payment.charge#1', null);
  const failed = traced(host, before);
  expect(lineOf(failed.trace.failedAt ?? '')).toBe('trace.test.ts:16');
  const undo = failed.trace.steps.find(({ step }) => step.startsWith('undo/'));
  expect(lineOf(undo?.stack ?? '')).toBe('trace.test.ts:14');
  expect(JSON.parse(failed.decision)).toMatchObject({ status: 'compensating' });
});

test('what is decided is the same with a trace as without', () => {
  const host = new Host(order).start({});
  const before = host.state;
  host.succeed('kitchen.reserve#1', null);
  const { items, status } = host.last;
  expect(JSON.parse(traced(host, before).decision)).toMatchObject({ items, status });
});

test('a reducer tells of the steps of that one decision', () => {
  const bell = reducer('bell', {
    on: { rung: Placed },
    state: z.object({}),
    initial: {},
    effects: { charge },
    handlers: {
      rung: (_state, _data, ctx) => {
        ctx.setTimer('again', '1m');
        ctx.call('charge', {});
      },
    },
    timers: { again: () => undefined },
  });
  const host = new Host(bell).start({});
  expect(traced(host, null).trace.steps.map(({ step, stack }) => [step, lineOf(stack)])).toEqual([
    ['again', 'trace.test.ts:76'],
    ['charge#1', 'trace.test.ts:77'],
  ]);
});
