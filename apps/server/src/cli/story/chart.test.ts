import type { TimelineEntry } from '@holdfast/core';
import { expect, test } from 'vitest';
import { asciiDrawing } from '../drawing.ts';
import { palette } from '../palette.ts';
import { renderChart } from './chart.ts';

const AT = '2026-11-21T10:';
const NOW = `${AT}20:00.000000Z`;

function entry(
  at: string,
  kind: TimelineEntry['kind'],
  title: string,
  step: string | null = null,
  detail: TimelineEntry['detail'] = null,
): TimelineEntry {
  return { at: `${AT}${at}Z`, kind, title, seq: null, version: null, step, detail };
}
const begin = entry('00:00.000000', 'event', 'order.placed received', null, {
  type: 'order.placed',
});
const asked = (at: string, effect: string, undoes?: string, state = 'settled'): TimelineEntry =>
  entry(
    at,
    'effect',
    undoes === undefined ? `${effect} requested` : `${effect} undoes ${undoes}`,
    `${effect}#1`,
    { commandId: '00', state },
  );
const called = (at: string, effect: string, attempt: number): TimelineEntry =>
  entry(at, 'attempt', `${effect} called (attempt ${attempt})`, `${effect}#1`, { attempt });
const tried = (at: string, effect: string, attempt: number, outcome: string): TimelineEntry =>
  entry(at, 'attempt', `${effect} ${outcome}: reset`, `${effect}#1`, { attempt, outcome });
const ended = (at: string, effect: string, how: string): TimelineEntry =>
  entry(at, 'event', `${effect} ${how}`, `${effect}#1`, { type: `effect.${how}` });

const draw = (entries: readonly TimelineEntry[], columns: number | undefined = 70) =>
  renderChart(entries, { paint: palette(false), columns, now: NOW });

test('calls, the pauses between tries, and undo are lanes over one axis, to scale where that shows all', () => {
  expect(
    draw([
      begin,
      asked('00:00.000000', 'seat'),
      called('00:00.000000', 'seat', 1),
      ended('00:01.000000', 'seat', 'succeeded'),
      asked('00:01.000000', 'charge'),
      called('00:01.000000', 'charge', 1),
      tried('00:02.000000', 'charge', 1, 'not_done'),
      called('00:03.000000', 'charge', 2),
      ended('00:04.000000', 'charge', 'failed'),
      asked('00:04.000000', 'release', 'seat'),
      called('00:04.000000', 'release', 1),
      ended('00:05.000000', 'release', 'succeeded'),
    ]),
  ).toEqual([
    '           0     +1.00 s            +5.00 s',
    'seat       ██████                            ✓ 1.00 s',
    'charge           ███████┄┄┄┄┄┄███████        ✗ 3.00 s, 2 tries, failed',
    '↶ release                            ██████  ✓ 1.00 s',
    '█ call   ┄ waits to be called',
  ]);
});

test('beside a long wait, what is short is still seen, and it says that it is not to scale', () => {
  const lines = draw([
    begin,
    asked('00:00.000000', 'seat'),
    called('00:00.000000', 'seat', 1),
    ended('00:00.012000', 'seat', 'succeeded'),
    entry('00:00.012000', 'wait', 'waiting on ready until 2026-11-21T10:25:00.000000Z', 'ready#1', {
      name: 'ready',
      state: 'open',
    }),
  ]);
  expect(lines).toEqual([
    '       0    +12 ms',
    'seat   █████                           ✓ 12 ms',
    'ready       ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  › 19 min 59 s, expires in 5 min',
    '█ call   ╌ wait   long stretches are drawn shorter',
  ]);
});

test('an effect in doubt, a timer and a child that are open are drawn up to now', () => {
  const lines = draw([
    begin,
    asked('00:00.000000', 'press', undefined, 'held'),
    called('10:00.000000', 'press', 1),
    tried('15:00.000000', 'press', 1, 'in_doubt'),
    entry('00:00.000000', 'schedule', 'timer nap set for …', 'nap', {
      dueAt: `${AT}30:00.000000Z`,
    }),
    entry('00:00.000000', 'event', 'starts child parcel/7', 'child#1', {
      saga: 'parcel',
      key: '7',
    }),
  ]);
  expect(lines).toEqual([
    '          0',
    'press     ┄┄┄┄┄┄┄┄┄┄┄┄┄┄███████???????  ? 20 min 00 s, in doubt',
    'nap       ┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈  › 20 min 00 s, fires in 10 min',
    'parcel 7  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒  › 20 min 00 s',
    '█ call   ┈ timer   ▒ child   ? in doubt',
  ]);
});

test('a narrow terminal gets names and spans, a wide one no more than fits, and hostile names stay harmless', () => {
  const entries = [
    begin,
    asked('00:00.000000', 'an.effect\u001b[2J.with.a.very.long.name.indeed'),
    ended('00:01.000000', 'an.effect\u001b[2J.with.a.very.long.name.indeed', 'succeeded'),
  ];
  for (const columns of [20, 40, 80, 200]) {
    const lines = draw(entries, columns);
    expect(lines.join('')).not.toContain('\u001b');
    expect(lines.every((line) => line.length <= Math.max(columns, 38))).toBe(true);
  }
  expect(draw(entries, 20)).toHaveLength(1);
});

test('every character that is drawn has an ASCII one of the same width', () => {
  const lines = draw([
    begin,
    asked('00:00.000000', 'seat'),
    ended('00:01.000000', 'seat', 'failed'),
    asked('00:02.000000', 'release', 'seat', 'pending'),
    entry('00:00.000000', 'wait', 'waiting on x', 'x#1', { name: 'x', state: 'open' }),
  ]);
  for (const line of lines) {
    expect(asciiDrawing(line)).toMatch(/^[ -~]*$/);
    expect(asciiDrawing(line)).toHaveLength(line.length);
  }
});

test('nothing that takes time is no chart', () => {
  expect(draw([])).toEqual([]);
  expect(draw([begin])).toEqual([]);
});
