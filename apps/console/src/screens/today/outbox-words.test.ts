import { expect, test } from 'vitest';
import { outboxAge, outboxNow } from './outbox-words.ts';

test.each([
  [{ depth: 0, held: 0, oldestAgeSeconds: null }, 'empty', 'none waits'],
  [{ depth: 3, held: 3, oldestAgeSeconds: null }, '3 held for a person', 'none waits'],
  [{ depth: 1, held: 0, oldestAgeSeconds: null }, '1 on its way', 'none waits'],
  [
    { depth: 1205, held: 5, oldestAgeSeconds: 4 },
    '1.2k on their way, 5 held for a person',
    'oldest 4 s',
  ],
])('%j: %s, %s', (outbox, now, age) => {
  expect([outboxNow(outbox), outboxAge(outbox)]).toEqual([now, age]);
});
