import { describe, expect, test } from 'vitest';
import {
  formatAbsolute,
  formatBytes,
  formatClock,
  formatDuration,
  formatHour,
  formatMoment,
  formatRelative,
  formatShort,
  parseTime,
  plural,
  shortDigest,
} from './format.ts';

const AT = Date.UTC(2026, 10, 22, 1, 2, 3, 45);

test.each([
  [0, '0 ms'],
  [0.25, '0.3 ms'],
  [12.4, '12 ms'],
  [1_000, '1 s'],
  [4_230, '4.2 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
  [-1_500, '-1.5 s'],
])('a duration of %d ms is %s', (millis, text) => {
  expect(formatDuration(millis)).toBe(text);
});

test.each([
  [-500, 'just now'],
  [-12_000, '12 s ago'],
  [-125_000, '2 min ago'],
  [-7_300_000, '2 h ago'],
  [-200_000_000, '2 d ago'],
  [1_000, 'now'],
  [190_000, 'in 3 min'],
])('%d ms from now is %s', (distance, text) => {
  expect(formatRelative(AT + distance, AT)).toBe(text);
});

describe('times', () => {
  test('are read with their microseconds', () => {
    expect(parseTime('2026-11-22T01:02:03.045678Z')).toBeCloseTo(AT + 0.678, 3);
    expect(parseTime('2026-11-22T01:02:03Z')).toBe(AT - 45);
    expect(parseTime('soon')).toBeNaN();
  });

  test('are written in the zone of whom they are for', () => {
    expect(formatClock(AT, 'UTC')).toBe('01:02:03.045');
    expect(formatClock(AT, 'Europe/Berlin')).toBe('02:02:03.045');
    expect(formatHour(AT, 'UTC')).toBe('01:02');
    expect(formatAbsolute(AT, 'en-GB', 'UTC')).toBe('22 Nov 2026, 01:02:03.045 UTC');
  });

  test('bring their date when they are far', () => {
    expect(formatMoment(AT, AT + 3_600_000, 'UTC')).toBe('01:02:03');
    expect(formatMoment(AT, AT + 86_400_000, 'UTC')).toBe('22 Nov 2026, 01:02:03');
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 KB'],
  [1_550_000, '1.6 MB'],
  [74_324_967_424, '74.3 GB'],
  [999_600_000, '1 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('counts', () => {
  expect([0, 950, 12_345, 4_500_000].map(formatShort)).toEqual(['0', '950', '12.3k', '4.5M']);
  expect([plural(1, 'event'), plural(1_200, 'event'), plural(2, 'try', 'tries')]).toEqual([
    '1 event',
    '1,200 events',
    '2 tries',
  ]);
});

test('a digest is told by its beginning, with or without its algorithm', () => {
  expect(shortDigest('sha256:0123456789abcdef')).toBe('0123456789');
  expect(shortDigest('0123456789abcdef')).toBe('0123456789');
});
