import { expect, test } from 'vitest';
import { armedSteps, undoOf } from './undo-ledger.ts';

const LEDGER = [
  { step: 'kitchen.reserve#1', effect: 'kitchen.reserve', state: 'armed', doubtful: false },
  { step: 'stock.take#1', effect: 'stock.take', state: 'undone', doubtful: false },
  { step: 'payment.charge#1', effect: 'payment.charge', state: 'armed', doubtful: true },
];

test('what would be undone, the last first', () => {
  expect(armedSteps(LEDGER).map(({ effect }) => effect)).toEqual([
    'payment.charge',
    'kitchen.reserve',
  ]);
});

test('how the undo of a step stands', () => {
  expect(undoOf(LEDGER, 'stock.take#1')).toBe('undone');
  expect(undoOf(LEDGER, 'courier.dispatch#1')).toBeNull();
});

test('a ledger that is none is empty', () => {
  expect(armedSteps(null)).toEqual([]);
  expect(undoOf({ a: 1 }, 'x')).toBeNull();
});
