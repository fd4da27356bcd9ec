import { expect, test } from 'vitest';
import { highest, lowest, sparkline, summed } from './sparkline.ts';

test('each cell is as high as its share of the highest, and something is never drawn as nothing', () => {
  expect(sparkline([0, 1, 50, 100], 10, summed)).toBe('▁▂▅█');
  expect(sparkline([0, 0], 10, summed)).toBe('▁▁');
  expect(sparkline([], 10, summed)).toBe('');
});

test('many samples are folded, the newest cell from whole ones', () => {
  expect(sparkline([9, 1, 1, 2, 2], 3, summed)).toBe('█▃▄');
  expect(sparkline([5, 1, 1, 0, 10], 3, highest)).toHaveLength(3);
  expect(sparkline([5, 1, 1, 0, 10], 3, lowest)).toBe('█▂▁');
});
