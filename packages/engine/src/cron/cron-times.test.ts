import { formatMicros, type Micros } from '@holdfast/core';
import { describe, expect, test } from 'vitest';
import { cronFault, CronTimes, zoneFault } from './cron-times.ts';

const at = (iso: string): Micros => Date.parse(iso) * 1000;
const short = (time: Micros): string => `${formatMicros(time).slice(0, 16)}Z`;

function occurrences(cron: string, zone: string, from: string, count: number): string[] {
  const times = new CronTimes(cron, zone);
  const found: string[] = [];
  let time = at(from);
  for (let i = 0; i < count; i += 1) {
    time = times.after(time);
    found.push(short(time));
  }
  return found;
}

describe('where clocks go forward', () => {
  test.each([
    // Berlin, 2026-03-29: 02:00 becomes 03:00.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    // Sydney, 2026-10-04: 02:00 becomes 03:00, in its spring.
    [
      '30 2 * * *',
      'Australia/Sydney',
      '2026-10-03T12:00Z',
      ['2026-10-03T16:00Z', '2026-10-04T15:30Z'],
    ],
    // Santiago, 2026-09-06: midnight itself does not exist.
    [
      '0 0 * * *',
      'America/Santiago',
      '2026-09-05T12:00Z',
      ['2026-09-06T04:00Z', '2026-09-07T03:00Z'],
    ],
    // Lord Howe, 2026-10-04: half an hour.
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T10:00Z',
      ['2026-10-03T15:30Z', '2026-10-04T15:15Z'],
    ],
  ])(
    'a time of day that does not exist is at the end of the gap: %s in %s',
    (cron, zone, from, expected) => {
      expect(occurrences(cron, zone, from, expected.length)).toEqual(expected);
    },
  );

  test('two fixed times in one gap are one run at its end', () => {
    expect(occurrences('0,30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:00Z',
    ]);
  });

  test('an interval passes over the gap', () => {
    expect(occurrences('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:15Z', 3)).toEqual([
      '2026-03-29T00:30Z',
      '2026-03-29T01:00Z',
      '2026-03-29T01:30Z',
    ]);
  });
});

describe('where clocks go back', () => {
  test.each([
    // Berlin, 2026-10-25: 03:00 becomes 02:00.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    // Sydney, 2026-04-05.
    [
      '30 2 * * *',
      'Australia/Sydney',
      '2026-04-04T12:00Z',
      ['2026-04-04T15:30Z', '2026-04-05T16:30Z'],
    ],
    // Lord Howe, 2026-04-05: half an hour.
    [
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-04T10:00Z',
      ['2026-04-04T14:45Z', '2026-04-05T15:15Z'],
    ],
    // A list of fixed times is fixed too.
    [
      '0,30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-26T01:00Z'],
    ],
  ])(
    'a time of day that comes twice is once, the first time: %s in %s',
    (cron, zone, from, expected) => {
      expect(occurrences(cron, zone, from, expected.length)).toEqual(expected);
    },
  );

  test('an interval goes on through both hours', () => {
    expect(occurrences('*/30 * * * *', 'Europe/Berlin', '2026-10-24T23:45Z', 5)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:00Z',
    ]);
  });
});

test('a zone without summer time has one time of day all year', () => {
  const days = occurrences('30 2 * * *', 'Asia/Tokyo', '2026-01-01T00:00Z', 365);
  expect(new Set(days.map((day) => day.slice(11)))).toEqual(new Set(['17:30Z']));
});

test('a day that a zone has left out is passed over', () => {
  // Samoa had no 30 December 2011.
  expect(occurrences('0 12 29,30,31 12 *', 'Pacific/Apia', '2011-12-01T00:00Z', 3)).toEqual([
    '2011-12-29T22:00Z',
    '2011-12-30T22:00Z',
    '2012-12-28T22:00Z',
  ]);
});

test.each([
  ['30 2 * * *', 'Europe/Berlin'],
  ['0,30 2 * * *', 'Europe/Berlin'],
  ['*/20 2 * * *', 'Europe/Berlin'],
  ['45 1,2 * * *', 'Australia/Lord_Howe'],
  ['0 0 * * *', 'America/Santiago'],
  ['15 */5 * * MON-FRI', 'America/New_York'],
  ['0 3 29 2 *', 'UTC'],
])('looking back finds what looking ahead does, all year: %s in %s', (cron, zone) => {
  const times = new CronTimes(cron, zone);
  const [from, until] = [at('2026-01-01T00:00Z'), at('2027-01-01T00:00Z')];
  const ahead: Micros[] = [];
  for (let time = times.after(from - 1); time <= until; time = times.after(time)) ahead.push(time);
  expect(times.last(ahead.length + 10, from, until)).toEqual(ahead);
  expect(times.last(3, from, until)).toEqual(ahead.slice(-3));
});

test.each([
  ['* * * *', /five fields/],
  ['* * * * * *', /five fields/],
  ['', /five fields/],
  ['60 * * * *', /minute: 60/],
  ['0 0 32 * *', /no such day/],
  ['0 0 1 13 *', /no such month/],
  ['a * * * *', /illegal/],
  ['*/0 * * * *', /stepping/],
  ['0 0 31 2 *', /never occurs/],
])('%j is refused', (cron, why) => {
  expect(cronFault(cron)).toMatch(why);
});

test.each([
  '0 7 * * MON-FRI',
  '*/15 8-18 * * *',
  '0 0 L * *',
  '0 9 * * MON#1',
  '@daily',
  '0 0 29 2 *',
])('%s is taken', (cron) => {
  expect(cronFault(cron)).toBeNull();
});

test('a zone has an IANA name', () => {
  expect(zoneFault('Europe/Berlin')).toBeNull();
  expect(zoneFault('UTC')).toBeNull();
  expect(zoneFault('Europe/Nowhere')).toMatch(/no time zone/);
  expect(zoneFault('+02:00')).toMatch(/offset/);
});
