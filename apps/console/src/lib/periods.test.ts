import { expect, test } from 'vitest';
import { periodChoices, periodStart } from './periods.ts';

const NOW = Date.parse('2026-11-21T10:30:42.500Z');

test('a period counts back from now, to the minute; a time stays as it was written', () => {
  expect(periodStart('1h', NOW)).toBe('2026-11-21T09:30:00.000Z');
  expect(periodStart('7d', NOW)).toBe('2026-11-14T10:30:00.000Z');
  expect(periodStart('2026-01-01T00:00:00Z', NOW)).toBe('2026-01-01T00:00:00Z');
});

test('a time that stands in the address is among what can be chosen, and a period once', () => {
  const values = (since?: string) => periodChoices(since).map(({ value }) => value);
  expect(values()).toEqual(['1h', '24h', '7d', '30d']);
  expect(values('24h')).toEqual(values());
  expect(values('2026-01-01T00:00:00Z')).toEqual([...values(), '2026-01-01T00:00:00Z']);
});
