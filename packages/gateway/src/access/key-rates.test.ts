import { expect, test } from 'vitest';
import { HttpError } from '../http/answer.ts';
import { KeyRates } from './key-rates.ts';
import type { RateLimits } from './key-rates.ts';

function bench(limits: RateLimits): { clock: { now: number }; taken: (key?: string) => boolean } {
  const clock = { now: 0 };
  const rates = new KeyRates(limits, { monotonic: () => clock.now });
  return {
    clock,
    taken: (key = 'k') => {
      try {
        rates.take(key);
        return true;
      } catch (error) {
        if (error instanceof HttpError && error.code === 'rate.limited') return false;
        throw error;
      }
    },
  };
}

function count(many: number, take: () => boolean): number {
  return Array.from({ length: many }, take).filter(Boolean).length;
}

test('0 is no limit', () => {
  const { taken } = bench({ requestsPerSecond: 0, requestBurst: 1 });
  expect(count(10_000, taken)).toBe(10_000);
});

test('a burst of two seconds, then so many a second, and no more after a long pause', () => {
  const { clock, taken } = bench({ requestsPerSecond: 5, requestBurst: 0 });
  expect(count(50, taken)).toBe(10);
  clock.now += 1_000;
  expect(count(50, taken)).toBe(5);
  clock.now += 3_600_000;
  expect(count(50, taken)).toBe(10);
});

test('the burst may be set, and each key has its own', () => {
  const { taken } = bench({ requestsPerSecond: 5, requestBurst: 2 });
  expect(count(9, taken)).toBe(2);
  expect(count(9, () => taken('other'))).toBe(2);
});

test('a refusal says when to come back', () => {
  const rates = new KeyRates({ requestsPerSecond: 1, requestBurst: 1 }, { monotonic: () => 0 });
  rates.take('k');
  expect(() => rates.take('k')).toThrow(
    expect.objectContaining({
      code: 'rate.limited',
      status: 429,
      headers: { 'retry-after': '1' },
    }),
  );
});
