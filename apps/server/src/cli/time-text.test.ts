import { expect, test } from 'vitest';
import { millisBetween, relativeTime, spanText, uptimeText } from './time-text.ts';

test.each([
  [0.04, '0 ms'],
  [0.42, '0.4 ms'],
  [12.9, '12 ms'],
  [999.9, '999 ms'],
  [1240, '1.24 s'],
  [9999, '9.99 s'],
  [42_360, '42.3 s'],
  [59_999, '59.9 s'],
  [182_000, '3 min 02 s'],
  [7_500_000, '2 h 05 min'],
  [273_600_000, '3 d 4 h'],
])('%d ms reads %s', (millis, text) => expect(spanText(millis)).toBe(text));

test('times are told by how far they are from now', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(relativeTime('2026-11-21T09:59:48.123456Z', now)).toBe('11 s ago');
  expect(relativeTime('2026-11-21T13:00:00Z', now)).toBe('in 3 h');
  expect(relativeTime('2026-11-21T10:00:00.2Z', now)).toBe('now');
});

test('microseconds count', () => {
  expect(millisBetween('2026-11-21T10:00:00.000100Z', '2026-11-21T10:00:00.002350Z')).toBe(2.25);
  expect(millisBetween('2026-11-21T10:00:00Z', '2026-11-21T10:00:00.5Z')).toBe(500);
});

test('a process that started in the future, by a clock set back since, has no negative uptime', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(uptimeText('2026-11-21T09:59:58Z', now)).toBe('up 2.00 s');
  expect(uptimeText('2026-11-21T10:00:01Z', now)).toMatch(
    /^started 2026-11-2\d .*clock was set back/,
  );
});
