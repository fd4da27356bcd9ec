import { expect, test } from 'vitest';
import { FailedAttempts, groupOf } from './failed-attempts.ts';
import type { Verdict } from './failed-attempts.ts';

/** A clock that stands still unless it is moved. */
class Hand {
  now = 0;
  readonly due: { at: number; run: () => void }[] = [];
  readonly monotonic = (): number => this.now;
  readonly after = (delay: number, run: () => void): (() => void) => {
    this.due.push({ at: this.now + delay, run });
    return () => undefined;
  };
}

function bench(): { hand: Hand; attempts: FailedAttempts; told: string[] } {
  const hand = new Hand();
  const told: string[] = [];
  const log = { warn: (fields: object) => void told.push(JSON.stringify(fields)) };
  return { hand, attempts: new FailedAttempts(hand, log), told };
}

const waitOf = (verdict: Verdict): number => ('wait' in verdict ? verdict.wait : Infinity);

function fail(attempts: FailedAttempts, times: number, address = '192.0.2.1'): Verdict[] {
  return Array.from({ length: times }, () => attempts.failed(address));
}

test('a few failures are free, then each waits no less than the one before, then they are refused', () => {
  const { attempts } = bench();
  const waits = fail(attempts, 60).map(waitOf);
  expect(waits.slice(0, 10)).toEqual(Array(10).fill(0));
  expect(waits[10]).toBeGreaterThan(0);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits.filter((wait) => wait === Infinity)).toHaveLength(20);
  // Nobody is held for longer than a client waits for an answer.
  expect(Math.max(...waits.filter((wait) => wait !== Infinity))).toBe(5_000);
});

test('who is refused is told when it is taken again, and is', () => {
  const { hand, attempts } = bench();
  const last = fail(attempts, 500).at(-1);
  const pause = last !== undefined && 'refuse' in last ? last.retryAfter : 0;
  expect(pause).toBeGreaterThan(0);
  expect(pause).toBeLessThanOrEqual(120_000);
  expect(attempts.refusal('192.0.2.1')).toBe(pause);
  hand.now += pause;
  expect(attempts.refusal('192.0.2.1')).toBeNull();
});

test('another address is not slowed, and an address of this machine is never refused beforehand', () => {
  const { attempts } = bench();
  fail(attempts, 100);
  fail(attempts, 100, '127.0.0.1');
  fail(attempts, 100, '::1');
  expect(attempts.failed('192.0.2.2')).toEqual({ wait: 0 });
  expect(attempts.refusal('192.0.2.2')).toBeNull();
  expect(attempts.refusal('127.0.0.1')).toBeNull();
  expect(attempts.refusal('::ffff:127.0.0.1')).toBeNull();
  expect(attempts.refusal('::1')).toBeNull();
});

test('failures are forgiven with time', () => {
  const { hand, attempts } = bench();
  fail(attempts, 30);
  hand.now += 600_000;
  expect(attempts.failed('192.0.2.1')).toEqual({ wait: 0 });
});

test('many addresses together are slowed, and cost no more memory than so many', () => {
  const { attempts } = bench();
  const verdicts = Array.from({ length: 30_000 }, (_, i) =>
    attempts.failed(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
  );
  expect(attempts.size).toBe(10_000);
  expect(verdicts[0]).toEqual({ wait: 0 });
  expect(verdicts.at(-1)).toHaveProperty('refuse', true);
});

test('no more answers wait than so many', () => {
  const { attempts } = bench();
  fail(attempts, 20);
  for (let i = 0; i < 1000; i++) void attempts.pause(1_000);
  expect(attempts.failed('192.0.2.1')).toHaveProperty('refuse', true);
});

test('a pause ends when its time is up, and its place is free again', async () => {
  const { hand, attempts } = bench();
  const paused = Array.from({ length: 1000 }, () => attempts.pause(10));
  for (const { run } of hand.due) run();
  await Promise.all(paused);
  fail(attempts, 12);
  expect(attempts.failed('192.0.2.1')).toHaveProperty('wait');
});

test('the log is told of an address once', () => {
  const { attempts, told } = bench();
  fail(attempts, 200);
  fail(attempts, 200, '192.0.2.9');
  expect(told).toEqual(['{"address":"192.0.2.1"}', '{"address":"192.0.2.9"}']);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('%s stands for %s', (address, group) => {
  expect(groupOf(address)).toBe(group);
});
