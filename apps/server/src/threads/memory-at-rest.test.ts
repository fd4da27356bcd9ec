import { expect, test } from 'vitest';
import type { Clock } from '@holdfast/core';
import { MemoryAtRest } from './memory-at-rest.ts';

const MB = 1024 * 1024;

/** A thread whose heap is a number, on a clock that moves by hand. */
function thread() {
  const state = { now: 0, heap: 30 * MB, collected: 0 };
  const timers = new Set<{ at: number; run: () => void }>();
  const clock: Clock = {
    now: () => state.now * 1000,
    monotonic: () => state.now,
    after: (delay, run) => {
      const timer = { at: state.now + delay, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const memory = new MemoryAtRest({
    clock,
    heapBytes: () => state.heap,
    collect: () => {
      state.collected += 1;
      state.heap = 15 * MB;
    },
  });
  const pass = (ms: number): void => {
    const end = state.now + ms;
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      timers.delete(next);
      state.now = next.at;
      next.run();
    }
    state.now = end;
  };
  return { state, clock, memory, pass, timers };
}

test('collects once a thread has been quiet, and has no timer from then on', () => {
  const { state, memory, pass, timers } = thread();
  memory.touch();
  pass(60_000);
  expect(state.collected).toBe(1);
  expect(timers.size).toBe(0);
});

test('collects nothing while there is work', () => {
  const { state, memory, pass } = thread();
  for (let n = 0; n < 100; n++) {
    memory.touch();
    pass(1000);
  }
  expect(state.collected).toBe(0);
  pass(3000);
  expect(state.collected).toBe(1);
});

test('leaves a heap alone that has hardly grown since', () => {
  const { state, memory, pass } = thread();
  memory.touch();
  pass(10_000);
  state.heap += MB;
  memory.touch();
  pass(10_000);
  expect(state.collected).toBe(1);
  state.heap += 10 * MB;
  memory.touch();
  pass(10_000);
  expect(state.collected).toBe(2);
});

test('once ended it keeps no timer and takes none', () => {
  const { state, memory, pass, timers } = thread();
  memory.touch();
  memory.end();
  memory.touch();
  expect(timers.size).toBe(0);
  pass(10_000);
  expect(state.collected).toBe(0);
});

test('by default it is V8 that collects, and what nothing holds is gone', async () => {
  const { clock, pass } = thread();
  const memory = new MemoryAtRest({ clock });
  const left = new WeakRef({ text: 'left behind' });
  await new Promise(setImmediate); // a WeakRef holds on until the end of its turn
  memory.touch();
  pass(10_000);
  expect(left.deref()).toBeUndefined();
});
