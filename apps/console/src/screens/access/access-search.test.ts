import { expect, test } from 'vitest';
import { auditFilter, readAccessSearch } from './access-search.ts';

test('reads what it knows and leaves the rest', () => {
  expect(readAccessSearch({ view: 'audit', act: 'key.*', by: '', x: '1' })).toEqual({
    view: 'audit',
    act: 'key.*',
  });
});

test('a period counts back from now, to the minute; a time stays; the view is no filter', () => {
  const now = Date.UTC(2026, 10, 22, 12, 0, 30);
  expect(auditFilter({ view: 'audit', target: 'order/*', since: '24h' }, now)).toEqual({
    target: 'order/*',
    since: '2026-11-21T12:00:00.000Z',
  });
  const since = '2026-01-01T00:00:00Z';
  expect(auditFilter({ since }, now)).toEqual({ since });
});
