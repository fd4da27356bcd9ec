import { expect, test } from 'vitest';
import type { AttentionGroup, AttentionItem } from '@holdfast/core';
import {
  consequencesOf,
  fires,
  firstAct,
  headingOf,
  hintOf,
  needsTyping,
  previewOf,
  previewSentence,
} from './act-words.ts';
import { ALL, countOf, isChosen, NONE, stillThere, toggle } from './choice.ts';

const GROUP: AttentionGroup = {
  id: 'g1',
  kind: 'blocked',
  reason: 'program.failed',
  message: 'it threw',
  saga: 'order',
  effect: null,
  release: 'abc',
  count: 3,
  oldest: '2026-03-01T12:00:00Z',
  newest: '2026-03-01T12:00:00Z',
  acts: ['redrive', 'cancel'],
};

const DOUBTFUL: AttentionGroup = { ...GROUP, kind: 'doubtful', reason: 'effect.in_doubt' };

function item(key: string, effects: readonly string[]): AttentionItem {
  return {
    item: key,
    saga: 'order',
    key,
    run: 1,
    commandId: null,
    quarantineId: null,
    at: '2026-03-01T12:00:00Z',
    message: 'it threw',
    next: 'goes on',
    wouldFire: effects.map((effect) => ({
      effect,
      commandId: `${key}-${effect}`,
      idempotencyKey: `idem-${key}-${effect}`,
    })),
    decides: null,
  };
}

test('a group is called by where it broke', () => {
  expect(headingOf(GROUP)).toBe('order stands still');
  expect(headingOf({ ...GROUP, effect: 'payment.refund' })).toBe('payment.refund stops order');
  expect(headingOf({ ...GROUP, kind: 'doubtful', effect: 'payment.charge' })).toBe(
    'payment.charge in doubt',
  );
  expect(headingOf({ ...GROUP, kind: 'quarantine', saga: null })).toBe('Could not be taken');
});

test('what cannot be taken back, and what is about many, has its count typed back', () => {
  expect(needsTyping('redrive', 10)).toBe(false);
  expect(needsTyping('redrive', 11)).toBe(true);
  expect(needsTyping('discard', 2)).toBe(true);
  expect(needsTyping('cancel', 1)).toBe(false);
});

test('the preview names each call with its key, and says what it has not looked at', () => {
  const preview = previewOf([item('o-1', ['charge']), item('o-2', ['charge', 'dispatch'])], 5);
  expect(preview.calls.map(({ idempotencyKey, key }) => [key, idempotencyKey])).toEqual([
    ['o-1', 'idem-o-1-charge'],
    ['o-2', 'idem-o-2-charge'],
    ['o-2', 'idem-o-2-dispatch'],
  ]);
  expect(previewSentence(preview, GROUP)).toBe(
    '3 outside calls would be made, each with the idempotency key that it has had from the first. Shown are those of the first 2 of 5 blocked instances.',
  );
});

test('an act that calls nobody is not said to call', () => {
  expect(fires('redrive', 'blocked', 'retry')).toBe(true);
  expect(fires('resolve', 'doubtful', 'retry')).toBe(true);
  expect(fires('resolve', 'doubtful', 'succeeded')).toBe(false);
  expect(fires('discard', 'quarantine', 'retry')).toBe(false);
  expect(previewSentence(previewOf([item('o-1', [])], 1), GROUP)).toMatch(
    /^No outside call is known/,
  );
});

test('each way to resolve says whether the target is called', () => {
  const words = (as: 'succeeded' | 'failed' | 'retry'): string =>
    consequencesOf('resolve', DOUBTFUL, 2, as).join(' ');
  expect(words('succeeded')).toContain('No outside call is made');
  expect(words('failed')).toContain('No outside call is made');
  expect(words('retry')).toContain('the same idempotency key');
});

test('who stands before a doubt is led to say what is known, else to the first act', () => {
  expect(firstAct({ ...GROUP, kind: 'doubtful', acts: ['redrive', 'resolve', 'cancel'] })).toBe(
    'resolve',
  );
  expect(firstAct(GROUP)).toBe('redrive');
  expect(firstAct({ ...GROUP, acts: [] })).toBeUndefined();
  expect(consequencesOf('redrive', DOUBTFUL, 1, null).join(' ')).toContain('called again');
});

test('an undo is asked for anew: nothing that is said of it promises the keys of the first try', () => {
  const undo = { ...GROUP, reason: 'undo', effect: 'oven.cool' };
  const preview = previewOf([item('o-1', ['oven.cool'])], 1);
  expect(previewSentence(preview, undo)).toBe(
    '1 outside call would be made, with a new idempotency key.',
  );
  expect(hintOf('redrive', undo)).toContain('new idempotency keys');
  expect(consequencesOf('redrive', undo, 1, null).join(' ')).toContain('new idempotency keys');
  expect(hintOf('redrive', GROUP)).toContain('same idempotency keys');
});

test('a choice is of all, of none, or of some', () => {
  const loaded = ['a', 'b', 'c'];
  expect(countOf(ALL, 200)).toBe(200);
  expect(countOf(NONE, 200)).toBe(0);
  const one = toggle(NONE, 'b', loaded);
  expect([isChosen(one, 'a'), isChosen(one, 'b')]).toEqual([false, true]);
  expect(countOf(toggle(one, 'b', loaded), 200)).toBe(0);
  // All but one: only what was seen can be named.
  const butOne = toggle(ALL, 'a', loaded);
  expect(countOf(butOne, 200)).toBe(2);
});

test('what has been settled meanwhile is chosen no more', () => {
  const two = toggle(toggle(NONE, 'a', []), 'b', []);
  expect(countOf(stillThere(two, ['b', 'c']), 9)).toBe(1);
  expect(stillThere(two, ['a', 'b'])).toBe(two);
  expect(stillThere(ALL, [])).toBe(ALL);
});
