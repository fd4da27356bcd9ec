import { expect, test } from 'vitest';
import type { ActiveItem } from './active-item.ts';
import { LaneKeys } from './lane-keys.ts';
import { ManualClock } from './testing/manual-clock.ts';

const itemOf = (partition: string): ActiveItem =>
  ({ partition, slot: null, effect: { settings: {} } }) as ActiveItem;

function run(keys: LaneKeys, partition: string): void {
  const item = itemOf(partition);
  keys.reserve(item);
  if (item.slot !== null) keys.free(item.slot);
}

test('keys that have been quiet for long enough are forgotten, others are not', () => {
  const clock = new ManualClock();
  const ratePerKey = { limit: 1, per: 1000, burst: 1 };
  const keys = new LaneKeys({ ratePerKey }, clock, () => undefined);
  let most = 0;
  for (let i = 0; i < 100_000; i++) {
    run(keys, `k${i}`);
    clock.advance(1);
    most = Math.max(most, keys.size);
  }
  // A thousand of them are within their second at any time.
  expect(most).toBeLessThanOrEqual(2 * 1024);
  expect(keys.mayRun(itemOf('k99999'))).toBe(false);
  expect(keys.mayRun(itemOf('k0'))).toBe(true);
});

test('what waits for its key is let through at its time, whatever others do', () => {
  const clock = new ManualClock();
  let freed = 0;
  const ratePerKey = { limit: 1, per: 1000, burst: 1 };
  const keys = new LaneKeys({ ratePerKey, concurrencyPerKey: 1 }, clock, () => void (freed += 1));
  run(keys, 'a');
  clock.advance(400);
  run(keys, 'b');
  const waiting = ['b', 'a', 'a'].map((partition) => itemOf(partition));
  for (const item of waiting) keys.park(item);
  const taken: (readonly [number, string])[] = [];
  for (let at = 400; at < 4000; at += 100) {
    const before = freed;
    clock.advance(100);
    if (freed === before) continue;
    const item = keys.takeOpen(() => true);
    if (item === undefined) continue;
    keys.reserve(item);
    if (item.slot !== null) keys.free(item.slot);
    taken.push([at + 100, item.partition]);
  }
  expect(taken).toEqual([
    [1000, 'a'],
    [1400, 'b'],
    [2000, 'a'],
  ]);
  expect(keys.parked).toBe(0);
});

test('a key with room is passed over while its next item does not fit, and keeps its place', () => {
  const clock = new ManualClock();
  const keys = new LaneKeys({ concurrencyPerKey: 1 }, clock, () => undefined);
  const [a, b] = [itemOf('a'), itemOf('b')];
  keys.park(a);
  keys.park(b);
  expect(keys.takeOpen((item) => item !== a)).toBe(b);
  expect(keys.takeOpen((item) => item !== a)).toBeUndefined();
  expect(keys.takeOpen(() => true)).toBe(a);
  expect(keys.hasOpen).toBe(false);
});
