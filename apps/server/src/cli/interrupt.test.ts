import { expect, test } from 'vitest';
import { onInterrupt, untilInterrupted } from './interrupt.ts';

test('a signal that comes twice within a moment is one; a later one is the second', () => {
  let now = 0;
  const heard: string[] = [];
  const release = onInterrupt(
    (signal) => heard.push(signal),
    () => heard.push('second'),
    { clock: () => now },
  );
  process.emit('SIGINT', 'SIGINT');
  now = 250;
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGTERM', 'SIGTERM');
  expect(heard).toEqual(['SIGINT']);
  now = 251;
  process.emit('SIGTERM', 'SIGTERM');
  expect(heard).toEqual(['SIGINT', 'second']);
  release();
});

test('the work is told, ends in order, and no listener is left', async () => {
  const before = process.listenerCount('SIGINT');
  const ended = untilInterrupted(
    (signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve('in order'))),
  );
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGINT', 'SIGINT');
  expect(await ended).toBe('in order');
  expect(process.listenerCount('SIGINT')).toBe(before);
});
