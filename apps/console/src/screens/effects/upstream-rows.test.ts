import { expect, test } from 'vitest';
import type { UpstreamResource } from '@holdfast/core';
import { rowsOf } from './upstream-rows.ts';

const EFFECT: UpstreamResource['effects'][number] = {
  effect: 'charge',
  pending: 1,
  inFlight: 2,
  held: 0,
  attempts: { succeeded: 3, failed: 4 },
  outcomes: {},
  failureRate: 4 / 7,
  seconds: { p50: 0.1, p95: 0.2, p99: 0.3 },
};

test('a row an effect, those that are held back first, tries counted however they ended', () => {
  const rows = rowsOf([
    { app: 'a', upstream: 'bank', breaker: 'closed', retryIn: null, effects: [EFFECT] },
    {
      app: 'a',
      upstream: null,
      breaker: 'open',
      retryIn: 500,
      effects: [EFFECT, { ...EFFECT, effect: 'refund', attempts: {} }],
    },
  ]);
  expect(rows.map(({ id, tries, retryIn, p99 }) => [id, tries, retryIn, p99])).toEqual([
    ['a//charge', 7, 500, 0.3],
    ['a//refund', 0, 500, 0.3],
    ['a/bank/charge', 7, null, 0.3],
  ]);
});
