import type { TimelineEntry } from '@holdfast/core';
import { expect, test } from 'vitest';
import { palette } from './palette.ts';
import { renderTimeline } from './timeline.ts';

const entry = (
  at: string,
  kind: TimelineEntry['kind'],
  title: string,
  more: Partial<TimelineEntry> = {},
): TimelineEntry => ({
  at: `2026-11-21T${at}Z`,
  kind,
  title,
  seq: null,
  version: null,
  step: null,
  detail: null,
  ...more,
});

const entries = [
  entry('10:00:00.000000', 'event', 'order.placed received', { seq: 3 }),
  entry('10:00:00.002500', 'transition', 'version 1: running', { seq: 3, version: 1 }),
  entry('10:00:00.002500', 'effect', 'payment.charge requested', { seq: 3, version: 1 }),
  entry('10:00:00.002500', 'attempt', 'payment.charge called (attempt 1)'),
  entry('10:00:01.500000', 'event', 'payment.charge failed (attempt 1): the card was declined', {
    seq: 4,
  }),
  entry('10:00:01.502000', 'transition', 'version 2: compensated (payment.charge failed)', {
    version: 2,
  }),
];

/** Clock times depend on the zone of whoever looks. */
const shape = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^\d\d:\d\d/, 'HH:MM').replace(/^\d{4}-\d\d-\d\d$/, 'DATE'));

test('what happened at one instant stands under its head, what a decision asked for under the decision', () => {
  expect(shape(renderTimeline({ entries }, { paint: palette(false), columns: undefined }))).toEqual(
    [
      'DATE',
      'HH:MM:00.000        +0 ms  ● order.placed received  seq 3',
      'HH:MM:00.002        +2 ms  ◆ version 1: running',
      '                             ▶ payment.charge requested',
      '                             · payment.charge called (attempt 1)',
      'HH:MM:01.500      +1.50 s  ● payment.charge failed (attempt 1): the card was declined  seq 4',
      'HH:MM:01.502      +1.50 s  ◆ version 2: compensated (payment.charge failed)',
    ],
  );
});

test('on a narrow terminal nothing is lost', () => {
  expect(shape(renderTimeline({ entries }, { paint: palette(false), columns: 60 }))).toContain(
    'HH:MM:01.500      +1.50 s  ● payment.charge failed  seq 4',
  );
  expect(
    shape(renderTimeline({ entries }, { paint: palette(false), columns: 60 }))
      .join(' ')
      .replaceAll(/\s+/g, ' '),
  ).toContain('(attempt 1): the card was declined');
});

test('a title keeps its least width beside a long number, however narrow the terminal', () => {
  const late = [
    entry('10:00:00.000000', 'event', 'order.placed received', { seq: Number.MAX_SAFE_INTEGER }),
  ];
  expect(shape(renderTimeline({ entries: late }, { paint: palette(false), columns: 10 }))).toEqual([
    'DATE',
    'HH:MM:00.000        +0 ms  ● order.placed  seq 9007199254740991',
    '                             received',
  ]);
});

test('the colour tells how it went, not what somebody said about it', () => {
  const paint = palette(true);
  const lines = renderTimeline({ entries }, { paint, columns: undefined });
  expect(lines[5]).toContain(paint.bad('payment.charge failed (attempt 1): the card was declined'));
  expect(lines[6]).toContain(paint.warn('version 2: compensated (payment.charge failed)'));
});

test('hostile titles stay on their line, and an empty story is no lines', () => {
  const hostile = [entry('10:00:00.000000', 'log', 'info: \u001b[2J\ngone')];
  expect(
    renderTimeline({ entries: hostile }, { paint: palette(false), columns: undefined })[1],
  ).toMatch(/" info: \\u001b\[2J\\ngone$/);
  expect(renderTimeline({ entries: [] }, { paint: palette(false), columns: 80 })).toEqual([]);
});
