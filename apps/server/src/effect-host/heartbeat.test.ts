import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../threads/system-clock.ts';
import { Heartbeat } from './heartbeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The heartbeat of a host that has calls out, and what it did. */
function beating(hungAfter: number) {
  const seen = { pings: 0, hung: false };
  const heartbeat = new Heartbeat({
    clock: systemClock,
    hungAfter,
    ping: () => (seen.pings += 1),
    isNeeded: () => true,
    onHung: () => (seen.hung = true),
  });
  return { heartbeat, seen };
}

test('a host that is doubted between two ticks has all its time to answer', () => {
  const { heartbeat, seen } = beating(1000);
  heartbeat.start();
  vi.advanceTimersByTime(990);
  heartbeat.doubt();
  expect(seen.pings).toBe(1);
  vi.advanceTimersByTime(990);
  expect(seen.hung).toBe(false);
  vi.advanceTimersByTime(10);
  expect(seen).toEqual({ pings: 1, hung: true });
});

test('doubt asks once, and goes on asking while there is no answer', () => {
  const { heartbeat, seen } = beating(3000);
  heartbeat.doubt();
  heartbeat.doubt();
  expect(seen.pings).toBe(1);
  vi.advanceTimersByTime(2000);
  expect(seen.pings).toBe(3);
  heartbeat.heard();
  heartbeat.stop();
  expect(vi.getTimerCount()).toBe(0);
});
