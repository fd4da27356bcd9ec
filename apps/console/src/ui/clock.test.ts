import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SecondHand } from './clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it ticks for all who listen, with one timer, and stops with the last of them', () => {
  const clock = new SecondHand();
  const heard = [0, 0];
  const ends = heard.map((_, index) => clock.subscribe(() => void (heard[index]! += 1)));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(3_000);
  expect(heard).toEqual([3, 3]);
  ends[0]?.();
  vi.advanceTimersByTime(1_000);
  expect(heard).toEqual([3, 4]);
  ends[1]?.();
  expect(vi.getTimerCount()).toBe(0);
});

test('between two ticks it says one time to everybody, and after a pause the true one', () => {
  const clock = new SecondHand();
  const first = clock.now();
  vi.advanceTimersByTime(900);
  expect(clock.now()).toBe(first);
  vi.advanceTimersByTime(60_000);
  expect(clock.now()).toBe(Date.now());
});
