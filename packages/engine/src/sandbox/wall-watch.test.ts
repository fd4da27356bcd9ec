import type { Clock } from '@holdfast/core';
import { expect, test } from 'vitest';
import { WallWatch } from './wall-watch.ts';

/** A clock whose timers fire when they are told to, one after the other. */
class SteppedClock implements Clock {
  #due: { readonly run: () => void } | null = null;
  now = (): number => 0;
  monotonic = (): number => 0;

  after = (_delay: number, run: () => void): (() => void) => {
    const due = { run };
    this.#due = due;
    return () => {
      if (this.#due === due) this.#due = null;
    };
  };

  get isArmed(): boolean {
    return this.#due !== null;
  }

  step(times: number): void {
    for (let i = 0; i < times; i++) {
      const due = this.#due;
      this.#due = null;
      due?.run();
    }
  }
}

function watched(): {
  clock: SteppedClock;
  watch: WallWatch;
  stuck: number[];
  at: { call: number };
} {
  const clock = new SteppedClock();
  const at = { call: 0 };
  const stuck: number[] = [];
  const watch = new WallWatch(
    clock,
    1000,
    () => at.call,
    (call) => stuck.push(call),
  );
  return { clock, watch, stuck, at };
}

test('tells of a call that is seen all along', () => {
  const { clock, watch, stuck, at } = watched();
  at.call = 7;
  watch.start();
  clock.step(8);
  expect(stuck).toEqual([]);
  clock.step(1);
  expect(stuck).toEqual([7]);
  expect(clock.isArmed).toBe(false);
});

test('does not tell of a thread that gets on, nor of one at rest', () => {
  const { clock, watch, stuck, at } = watched();
  watch.start();
  for (let call = 1; call <= 100; call++) {
    at.call = call;
    clock.step(4);
  }
  at.call = 0;
  clock.step(100);
  expect(stuck).toEqual([]);
});

test('counts looks and not time: a long pause between two looks is one look', () => {
  const { clock, watch, stuck, at } = watched();
  at.call = 7;
  watch.start();
  clock.step(2); // between these, hours may have passed: the process was stopped
  at.call = 8;
  clock.step(8);
  expect(stuck).toEqual([]);
});

test('stops, and starts from nothing', () => {
  const { clock, watch, stuck, at } = watched();
  at.call = 7;
  watch.start();
  clock.step(8);
  watch.stop();
  expect(clock.isArmed).toBe(false);
  watch.start();
  watch.start();
  clock.step(8);
  expect(stuck).toEqual([]);
});
