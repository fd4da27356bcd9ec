import { Histogram } from '@holdfast/core';
import { expect, test } from 'vitest';

import { quantileOf } from './quantile.ts';

function noted(...values: readonly number[]) {
  const histogram = new Histogram([1, 2, 4]);
  for (const value of values) histogram.note(value);
  return histogram.snapshot();
}

test('a quantile lies within the bucket that holds it', () => {
  const four = noted(0.5, 1.5, 1.5, 3);
  expect(quantileOf(four, 0.25)).toBe(1);
  expect(quantileOf(four, 0.5)).toBe(1.5);
  expect(quantileOf(four, 0.75)).toBe(2);
  expect(quantileOf(four, 1)).toBe(4);
});

test('without values there is none, and above the last bound it is that bound', () => {
  expect(quantileOf(noted(), 0.5)).toBeNull();
  expect(quantileOf(noted(100, 200), 0.5)).toBe(4);
});
