/**
 * An instance's story as lanes over time: a bar for each effect with its tries, each undo, wait, timer and child.
 *
 * Every character is one column wide and has an ASCII one in its place where the locale is not UTF-8 (`drawing.ts`).
 *
 * @module
 */
import type { TimelineEntry } from '@holdfast/core';
import type { Palette } from '../palette.ts';
import { cut, plainText, widthOf } from '../plain-text.ts';
import { millisBetween, relativeTime, spanText } from '../time-text.ts';
import { lanesOf } from './lanes.ts';
import type { Lane, LaneEnd, LaneKind } from './lanes.ts';
import { timeScale } from './time-scale.ts';
import type { TimeScale } from './time-scale.ts';

export interface ChartOptions {
  readonly paint: Palette;
  /** Characters in a line; undefined for a pipe. */
  readonly columns: number | undefined;
  /** RFC 3339; what is still open is drawn up to it. */
  readonly now: string;
}

/** Bars of what takes time. */
const CALL = '█';
const PAUSE = '┄';
const DOUBT = '?';
/** Ends of a try after which nobody knows whether it took effect. */
const DOUBTFUL = ['in_doubt', 'lost', 'unknown'];
const FILL: Readonly<Record<LaneKind, string>> = {
  effect: CALL,
  undo: CALL,
  wait: '╌',
  timer: '┈',
  child: '▒',
};
const LEGEND: Readonly<Record<LaneKind | 'pause' | 'doubt', string>> = {
  effect: `${CALL} call`,
  undo: `${CALL} call`,
  pause: `${PAUSE} waits to be called`,
  doubt: `${DOUBT} in doubt`,
  wait: `${FILL.wait} wait`,
  timer: `${FILL.timer} timer`,
  child: `${FILL.child} child`,
};
const UNDO = '↶ ';
/** How a lane ended, at its right. */
const SIGNS: Readonly<Record<LaneEnd, string>> = {
  open: '›',
  done: '✓',
  failed: '✗',
  unknown: '?',
  expired: '✗',
  closed: '-',
};

const PIPE_COLUMNS = 100;
const GAP = 2;
const MAX_NAME = 26;
const MAX_BARS = 100;
/** With less room than this, bars say nothing: names and durations are left. */
const MIN_BARS = 12;
/** Most lanes drawn; the latest ones. The story below has all. */
const MAX_LANES = 40;
/** A lane shorter than this counts as this long for the choice of the scale, in milliseconds. */
const SHORTEST_MS = 1;

interface Row {
  readonly lane: Lane;
  readonly name: string;
  readonly said: string;
}

/** Lines of the drawing; none where nothing takes time. */
export function renderChart(
  entries: readonly TimelineEntry[],
  { paint, columns = PIPE_COLUMNS, now }: ChartOptions,
): readonly string[] {
  const all = lanesOf(entries);
  const start = entries[0]?.at;
  if (start === undefined || all.length === 0) return [];
  const lanes = all.slice(-MAX_LANES);
  const rows = lanes.map((lane) => ({ lane, name: nameOf(lane), said: saidOf(lane, now) }));
  const names = Math.min(MAX_NAME, Math.max(...rows.map(({ name }) => widthOf(name))));
  const saids = Math.max(...rows.map(({ said }) => widthOf(said)));
  const bars = Math.min(MAX_BARS, columns - names - saids - 2 * GAP);
  const left =
    all.length === lanes.length
      ? []
      : [paint.dim(`${all.length - lanes.length} earlier ones are left out`)];
  if (bars < MIN_BARS) return [...left, ...rows.map((row) => bareLine(row, names, columns, paint))];
  const offset = (at: string): number => Math.max(0, millisBetween(start, at));
  const scale = scaleOf(lanes, offset, offset(now), bars);
  const gap = ' '.repeat(GAP);
  return [
    ...left,
    paint.dim(`${' '.repeat(names)}${gap}${axisOf(lanes, offset, scale, bars)}`.trimEnd()),
    ...rows.map(({ lane, name, said }) => {
      const bar = barOf(lane, { offset, scale, bars, end: offset(now), paint });
      return `${nameCell(lane, name, names, paint)}${gap}${bar}${gap}${tone(lane, paint)(said)}`;
    }),
    paint.dim(legendOf(lanes, scale, columns)),
  ];
}

function nameOf({ kind, name }: Lane): string {
  return plainText(kind === 'undo' ? UNDO + name : name);
}

function nameCell({ kind }: Lane, name: string, width: number, paint: Palette): string {
  const text = cut(name, width);
  const space = ' '.repeat(width - widthOf(text));
  return (kind === 'undo' ? paint.warn(text) : paint.name(text)) + space;
}

function bareLine(
  { lane, name, said }: Row,
  width: number,
  columns: number,
  paint: Palette,
): string {
  const room = Math.max(1, columns - width - GAP);
  return `${nameCell(lane, name, width, paint)}${' '.repeat(GAP)}${tone(lane, paint)(cut(said, room))}`;
}

/** How it went, how long it took, in how many tries. */
function saidOf(lane: Lane, now: string): string {
  const { from, to, end, tries, state, dueAt, kind } = lane;
  const took = spanText(Math.max(0, millisBetween(from, to ?? now)));
  const parts = [`${state === 'held' && to === null ? '?' : SIGNS[end]} ${took}`];
  if (tries.length > 1) parts.push(`${tries.length} tries`);
  if (to === null && state === 'held') parts.push('in doubt');
  if (to === null && dueAt !== null)
    parts.push(`${kind === 'wait' ? 'expires' : 'fires'} ${relativeTime(dueAt, Date.parse(now))}`);
  if (end === 'failed' || end === 'expired' || end === 'unknown') parts.push(end);
  return parts.join(', ');
}

function tone({ end, state }: Lane, paint: Palette): (text: string) => string {
  if (end === 'failed') return paint.bad;
  if (end === 'unknown' || end === 'expired' || state === 'held') return paint.warn;
  return end === 'done' ? paint.good : (text) => text;
}

function scaleOf(
  lanes: readonly Lane[],
  offset: (at: string) => number,
  now: number,
  bars: number,
): TimeScale {
  const spans = lanes.flatMap(({ from, to, tries }) => [
    [offset(from), to === null ? now : offset(to)] as const,
    ...tries.map((one) => [offset(one.from), one.to === null ? now : offset(one.to)] as const),
  ]);
  const lengths = spans.map(([from, to]) => Math.max(SHORTEST_MS, to - from));
  return timeScale(spans.flat(), Math.min(...lengths), bars);
}

interface BarOptions {
  readonly offset: (at: string) => number;
  readonly scale: TimeScale;
  readonly bars: number;
  readonly end: number;
  readonly paint: Palette;
}

function barOf(lane: Lane, { offset, scale, bars, end, paint }: BarOptions): string {
  const cells = Array.from({ length: bars }, () => ' ');
  const fill = (from: string, to: string | null, glyph: string): void => {
    const first = Math.min(bars - 1, Math.round(scale.columnOf(offset(from))));
    const last = Math.round(scale.columnOf(to === null ? end : offset(to)));
    cells.fill(glyph, first, Math.min(bars, Math.max(first + 1, last)));
  };
  const called = lane.kind === 'effect' || lane.kind === 'undo';
  fill(lane.from, lane.to, called ? PAUSE : FILL[lane.kind]);
  // Tries over the pauses between them.
  for (const [i, { from, to, outcome }] of lane.tries.entries()) {
    if (to !== null && isDoubtful(outcome)) fill(to, lane.tries[i + 1]?.from ?? lane.to, DOUBT);
    fill(from, to, CALL);
  }
  const text = cells.join('');
  const [, before = '', bar = '', after = ''] = /^( *)(.*?)( *)$/.exec(text) ?? [];
  const colour = lane.kind === 'wait' || lane.kind === 'timer' ? paint.dim : tone(lane, paint);
  return before + colour(bar) + after;
}

function isDoubtful(outcome: string | null): boolean {
  return outcome !== null && DOUBTFUL.includes(outcome);
}

/** Offsets from the start, above the columns where something begins or the last one ends. */
function axisOf(
  lanes: readonly Lane[],
  offset: (at: string) => number,
  { columnOf }: TimeScale,
  bars: number,
): string {
  const marks = lanes
    .flatMap(({ from, to }) => [offset(from), ...(to === null ? [] : [offset(to)])])
    .toSorted((a, b) => a - b);
  const last = marks.at(-1) ?? 0;
  const end = labelOf(last);
  // The end is said whatever else fits: right at its column, or against the edge.
  const endColumn = Math.max(0, Math.min(Math.round(columnOf(last)), bars - end.length));
  let line = '0';
  for (const mark of marks) {
    const column = Math.round(columnOf(mark));
    const label = labelOf(mark);
    const fits = column >= line.length + GAP && column + label.length + GAP <= endColumn;
    if (fits) line = line.padEnd(column) + label;
  }
  return endColumn >= line.length + GAP ? line.padEnd(endColumn) + end : line;
}

function labelOf(mark: number): string {
  return `+${spanText(mark)}`;
}

function legendOf(lanes: readonly Lane[], { toScale }: TimeScale, columns: number): string {
  const kinds = new Set(lanes.map(({ kind }) => LEGEND[kind]));
  const tries = lanes.flatMap((lane) => lane.tries);
  const doubted = tries.some(({ outcome }) => isDoubtful(outcome));
  const paused =
    tries.some(({ outcome }) => outcome === 'not_done') ||
    lanes.some(({ state }) => state === 'pending');
  const parts = [
    ...kinds,
    ...(paused ? [LEGEND.pause] : []),
    ...(doubted ? [LEGEND.doubt] : []),
    ...(toScale ? [] : ['long stretches are drawn shorter']),
  ];
  return cut(parts.join('   '), columns);
}
