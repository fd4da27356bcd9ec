import { expect, test } from 'vitest';
import { apiFilter, isTerm, readSagaSearch } from './saga-search.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 30);

test('reads what it knows and leaves the rest', () => {
  expect(
    readSagaSearch({
      saga: 'order',
      status: ['failed', 'lost'],
      search: ['customer:Ada', 'nonsense'],
      x: '1',
    }),
  ).toEqual({ saga: 'order', status: ['failed'], search: ['customer:Ada'] });
  expect(readSagaSearch({ status: 'nonsense', search: ':' })).toEqual({});
});

test('a period counts back from now, to the minute; a time stays as it is', () => {
  expect(apiFilter({ since: '1h' }, NOW)['since']).toBe('2026-11-22T11:00:00.000Z');
  expect(apiFilter({ since: '2026-01-01T00:00:00Z' }, NOW)['since']).toBe('2026-01-01T00:00:00Z');
});

test.each([
  ['customer:Ada', true],
  ['customer:Ada:Lovelace', true],
  ['customer:', false],
  [':Ada', false],
  ['Ada', false],
])('%s is a search term: %s', (text, is) => {
  expect(isTerm(text)).toBe(is);
});
