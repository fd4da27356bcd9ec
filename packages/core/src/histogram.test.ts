import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

test('a value is counted in the first bucket whose bound it does not pass', () => {
  const histogram = new Histogram([1, 5, 10]);
  for (const value of [0.5, 1, 1.1, 5, 9, 10, 10.5, 1000]) histogram.note(value);
  expect(histogram.snapshot()).toEqual({ bounds: [1, 5, 10], counts: [2, 2, 2, 2], sum: 1037.1 });
});

test('a value below zero counts as zero', () => {
  const histogram = new Histogram([1]);
  histogram.note(-3);
  expect(histogram.snapshot()).toEqual({ bounds: [1], counts: [1, 0], sum: 0 });
});

test('a snapshot stays as it was', () => {
  const histogram = new Histogram([1]);
  const before = histogram.snapshot();
  histogram.note(1);
  expect(before.counts).toEqual([0, 0]);
});
