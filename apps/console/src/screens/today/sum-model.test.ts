import { expect, test } from 'vitest';
import { missing } from './sum-model.ts';

const SUM = {
  accepted: 10,
  completed: 4,
  compensated: 2,
  failed: 1,
  cancelled: 1,
  inProgress: 1,
  needsYou: 1,
};

test('nothing is missing while the sum holds, and what is gone is counted', () => {
  expect(missing(SUM)).toBe(0);
  expect(missing({ ...SUM, completed: 3 })).toBe(1);
  expect(missing({ ...SUM, accepted: 9 })).toBe(-1);
});
