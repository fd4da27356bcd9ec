import type { Clock } from '@holdfast/core';
import { expect, test } from 'vitest';
import { LoopWatch } from './loop-watch.ts';

/** A clock whose timers fire when the test says so, however late. */
class LateClock implements Clock {
  time = 0;
  timers: (() => void)[] = [];

  now(): number {
    return this.time * 1000;
  }

  monotonic(): number {
    return this.time;
  }

  after(_: number, run: () => void): () => void {
    this.timers.push(run);
    return () => {
      this.timers = this.timers.filter((timer) => timer !== run);
    };
  }

  /** The next timer fires so many milliseconds from now. */
  fire(after: number): void {
    this.time += after;
    this.timers.shift()?.();
  }
}

const total = (watch: LoopWatch): number =>
  watch.snapshot().counts.reduce((sum, count) => sum + count, 0);

test('a thread that nobody has asked anything has no timer', () => {
  const clock = new LateClock();
  const watch = new LoopWatch(clock);
  expect(clock.timers).toHaveLength(0);
  expect(total(watch)).toBe(0);
});

test('how late its timer is, is noted', () => {
  const clock = new LateClock();
  const watch = new LoopWatch(clock);
  watch.touch();
  clock.fire(20);
  clock.fire(20 + 300);
  const { bounds, counts, sum } = watch.snapshot();
  expect(sum).toBeCloseTo(0.3);
  expect(counts[0]).toBe(1);
  expect(counts[bounds.indexOf(0.5)]).toBe(1);
});

test('it sleeps a second after the last touch, and the next one wakes it', () => {
  const clock = new LateClock();
  const watch = new LoopWatch(clock);
  watch.touch();
  watch.touch();
  expect(clock.timers).toHaveLength(1);
  clock.fire(20);
  watch.touch();
  clock.fire(20);
  for (let i = 0; i < 49; i++) clock.fire(20);
  expect(clock.timers).toHaveLength(1);
  clock.fire(20);
  expect(clock.timers).toHaveLength(0);
  watch.touch();
  expect(clock.timers).toHaveLength(1);
});

test('once ended it stays so', () => {
  const clock = new LateClock();
  const watch = new LoopWatch(clock);
  watch.touch();
  watch.end();
  watch.touch();
  expect(clock.timers).toHaveLength(0);
});
