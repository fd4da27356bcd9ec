import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

const SECOND = 1_000_000;
const START = 5_000_000;

/** When each of `count` calls starts, from the start on, where each starts as soon as it may. */
function starts(pace: Pace, count: number, from = START): number[] {
  let now = from;
  return Array.from({ length: count }, () => {
    now += pace.wait(now);
    pace.take(now);
    return now - START;
  });
}

/** Most starts in any stretch of that length, its end not included. */
function mostWithin(times: readonly number[], length: number): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + length).length),
  );
}

test('calls come evenly', () => {
  const pace = new Pace({ limit: 4, per: 1000, burst: 1 }, START);
  expect(starts(pace, 5)).toEqual([0, 250_000, 500_000, 750_000, SECOND]);
});

test('a part that does not come out even is neither lost nor gained over a long run', () => {
  const pace = new Pace({ limit: 7, per: 1000, burst: 1 }, START);
  const times = starts(pace, 7 * 10_000 + 1);
  expect(times.at(-1)).toBe(10_000 * SECOND);
  expect(times[1]).toBe(142_857);
});

test.each([
  [1, 10],
  [4, 13],
  [10, 19],
])('with burst %i no stretch holds more than limit + burst - 1', (burst, most) => {
  const pace = new Pace({ limit: 10, per: 1000, burst }, START);
  const times = starts(pace, 200);
  expect(times.slice(0, burst)).toEqual(Array.from({ length: burst }, () => 0));
  expect(mostWithin(times, SECOND)).toBe(most);
});

test('after a quiet time as many may start at once as before, and no more', () => {
  const pace = new Pace({ limit: 10, per: 1000, burst: 3 }, START);
  starts(pace, 30);
  const later = START + 3600 * SECOND;
  expect(pace.isQuiet(later)).toBe(true);
  const times = starts(pace, 4, later).map((at) => at + START - later);
  expect(times).toEqual([0, 0, 0, 100_000]);
});

test('a rate finer than timers are lets through what is due within 10 ms', () => {
  const pace = new Pace({ limit: 5000, per: 1000, burst: 1 }, START);
  expect(mostWithin(starts(pace, 6000), SECOND)).toBe(5000 + 49);
});

test('the longest and the finest rate stay exact', () => {
  const yearly = new Pace({ limit: 3, per: 365 * 86_400_000, burst: 3 }, START);
  expect(starts(yearly, 4).at(-1)).toBe((365 * 86_400_000 * 1000) / 3);
  const fine = new Pace({ limit: 1_000_000, per: 86_400_000, burst: 1_000_000 }, START);
  expect(starts(fine, 1_000_001).at(-1)).toBe(86_400);
});

test('another rate goes on from what the earlier one let through', () => {
  const slow = new Pace({ limit: 1, per: 60_000, burst: 1 }, START);
  slow.take(START);
  const asSlow = new Pace({ limit: 1, per: 30_000, burst: 1 }, START, slow);
  expect(asSlow.wait(START)).toBe(30 * SECOND);
  const faster = new Pace({ limit: 10, per: 1000, burst: 1 }, START, slow);
  expect(faster.wait(START)).toBe(100_000);
  const slower = new Pace({ limit: 1, per: 3_600_000, burst: 1 }, START, slow);
  expect(slower.wait(START)).toBe(60 * SECOND);
});
