import { expect, test } from 'vitest';
import { watched } from './watched.ts';

/** A clock whose timers run out when the test says so. */
function clockOf() {
  const timers = new Map<object, () => void>();
  const after = (_: number, run: () => void): (() => void) => {
    const timer = {};
    timers.set(timer, run);
    return () => void timers.delete(timer);
  };
  return { clock: { after }, runOut: () => timers.forEach((run) => run()) };
}

test('work that takes too long is told of, and goes on', async () => {
  const { clock, runOut } = clockOf();
  const { promise, resolve } = Promise.withResolvers<string>();
  let late = 0;
  const work = watched(promise, 100, clock, () => (late += 1));
  runOut();
  expect(late).toBe(1);
  resolve('done');
  expect(await work).toBe('done');
});

test('work that ends or fails before that is not told of', async () => {
  const { clock, runOut } = clockOf();
  let late = 0;
  await watched(Promise.resolve(), 100, clock, () => (late += 1));
  const failed = watched(Promise.reject(new Error('no')), 100, clock, () => (late += 1));
  await expect(failed).rejects.toThrow('no');
  runOut();
  expect(late).toBe(0);
});
