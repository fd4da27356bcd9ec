import { beforeEach, expect, test } from 'vitest';
import { RateGate } from './rate-gate.ts';
import { ManualClock } from './testing/manual-clock.ts';

let clock: ManualClock;
let gate: RateGate;
beforeEach(() => {
  clock = new ManualClock();
  gate = new RateGate({ limit: 10, per: 1000, burst: 1 }, clock);
});

/** Somebody with calls to make; each takes what it may whenever it is told. */
function caller(calls: number): { readonly made: number[]; go: () => void } {
  const made: number[] = [];
  const start = clock.monotonic();
  let left = calls;
  const go = (): void => {
    while (left > 0) {
      if (!gate.isOpenFor(go)) {
        gate.wait(go);
        return;
      }
      gate.take();
      left -= 1;
      made.push(Math.round(clock.monotonic() - start));
    }
  };
  return { made, go };
}

test('who waits is told when it is due, and nothing runs before', () => {
  const one = caller(4);
  one.go();
  expect(one.made).toEqual([0]);
  clock.advance(99);
  expect(one.made).toEqual([0]);
  clock.advance(10_000);
  expect(one.made).toEqual([0, 100, 200, 300]);
});

test('those who wait take turns, and nobody overtakes them', () => {
  const [a, b, c] = [caller(3), caller(3), caller(3)];
  for (const each of [a, b, c]) each.go();
  clock.advance(100);
  const late = caller(1);
  late.go();
  expect(late.made).toEqual([]);
  clock.advance(10_000);
  expect([a.made, b.made, c.made, late.made]).toEqual([
    [0, 100, 400],
    [200, 600, 800],
    [300, 700, 900],
    // From when it came.
    [400],
  ]);
});

test('one that has nothing left to do when its turn comes loses no time for the others', () => {
  const a = caller(1);
  a.go();
  gate.wait(() => undefined);
  const b = caller(1);
  b.go();
  clock.advance(100);
  expect(b.made).toEqual([100]);
});

test('another rate holds from then on, for those who wait too', () => {
  const a = caller(3);
  a.go();
  gate.renew({ limit: 1, per: 1000, burst: 1 });
  clock.advance(100);
  gate.renew({ limit: 100, per: 1000, burst: 1 });
  clock.advance(20);
  expect(a.made).toHaveLength(3);
});
