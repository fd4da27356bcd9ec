import { expect, test } from 'vitest';
import type { TimelineEntry } from '@holdfast/core';
import { lanesOf, toneOfDecision } from './story-model.ts';

function entry(
  second: number,
  kind: TimelineEntry['kind'],
  title: string,
  more: { step?: string; version?: number; detail?: TimelineEntry['detail'] } = {},
): TimelineEntry {
  const { step = null, version = null, detail = null } = more;
  return {
    at: `2026-11-22T00:00:0${second}.000000Z`,
    kind,
    title,
    seq: null,
    version,
    step,
    detail,
  };
}

const T0 = Date.UTC(2026, 10, 22);

test('an effect reaches from the request to its outcome, with its tries', () => {
  const detail = { state: 'settled', outcome: 'succeeded' };
  const [lane] = lanesOf([
    entry(1, 'effect', 'payment.charge requested', { step: 'payment.charge#1', detail }),
    entry(1, 'attempt', 'payment.charge called (attempt 1)', { step: 'payment.charge#1' }),
    entry(2, 'attempt', 'payment.charge in doubt (attempt 1)', { step: 'payment.charge#1' }),
    entry(3, 'event', 'payment.charge succeeded (attempt 2)', { step: 'payment.charge#1' }),
  ]);
  expect(lane).toMatchObject({
    kind: 'effect',
    name: 'payment.charge',
    bars: [{ from: T0 + 1_000, to: T0 + 3_000, tone: 'go' }],
    marks: [{ tone: 'busy' }, { tone: 'care' }],
  });
});

test('what is open stays open; what undoes is told apart', () => {
  const lanes = lanesOf([
    entry(1, 'wait', 'waiting on kitchen.ready', {
      step: 'kitchen.ready#1',
      detail: { name: 'kitchen.ready', state: 'open' },
    }),
    entry(2, 'effect', 'payment.refund undoes payment.charge', {
      step: 'undo/payment.charge#1/payment.refund#1',
      detail: { state: 'held' },
    }),
  ]);
  expect(lanes.map(({ kind, name, bars }) => [kind, name, bars[0]?.to, bars[0]?.tone])).toEqual([
    ['wait', 'kitchen.ready', null, 'hold'],
    ['undo', 'payment.refund', null, 'stop'],
  ]);
});

test('what was begun in a part that is not shown has no lane', () => {
  const lanes = lanesOf([
    entry(1, 'attempt', 'payment.charge called (attempt 2)', { step: 'payment.charge#1' }),
    entry(2, 'event', 'payment.charge succeeded (attempt 2)', { step: 'payment.charge#1' }),
    entry(3, 'wait', 'no longer waiting on kitchen.ready', {
      step: 'kitchen.ready#2',
      detail: { name: 'kitchen.ready' },
    }),
    entry(4, 'schedule', 'timer nap cancelled', { step: 'nap' }),
  ]);
  expect(lanes).toEqual([]);
});

test('decisions stand first, each by its version', () => {
  const lanes = lanesOf([
    entry(1, 'transition', 'version 1: running', { version: 1 }),
    entry(2, 'schedule', 'timer cooling-off set', {
      step: 'cooling-off',
      detail: { dueAt: '2026-11-22T00:10:00.000000Z' },
    }),
    entry(3, 'transition', 'version 2: completed', { version: 2 }),
  ]);
  expect(lanes[0]).toMatchObject({
    kind: 'decision',
    marks: [
      { version: 1, tone: 'busy' },
      { version: 2, tone: 'go' },
    ],
  });
  expect(lanes[1]).toMatchObject({ kind: 'timer', name: 'cooling-off' });
});

test.each([
  ['version 4: compensating (payment.charge#1: declined)', 'care'],
  ['version 4: blocked (undo failed)', 'stop'],
  ['version 4: waiting', 'hold'],
  ['version 12: cancelled (operator)', 'rest'],
])('%s is %s', (title, tone) => {
  expect(toneOfDecision(title)).toBe(tone);
});
