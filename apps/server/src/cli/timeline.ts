/**
 * An instance's story as a drawing: time and offset, a mark for what kind of thing it was, one line for what happened.
 *
 * @module
 */
import type { Json, Timeline, TimelineEntry } from '@holdfast/core';
import { unreachable } from '@holdfast/core';
import type { Palette } from './palette.ts';
import { plainText, wrap } from './plain-text.ts';
import { localClock, localDate, localTime, millisBetween, spanText } from './time-text.ts';

export interface TimelineOptions {
  readonly paint: Palette;
  /** Characters in a line; undefined for no limit. */
  readonly columns: number | undefined;
}

interface Mark {
  readonly glyph: string;
  readonly paint: (text: string) => string;
}

/** Words in a title that say how it went, whatever kind of entry it is. */
const WENT_WRONG = /\b(failed|blocked|refused|quarantined)\b/;
const WENT_ASIDE =
  /\b(in doubt|unknown|not done|lost|retry|held|compensat\w+|cancelled|expired|undo\w*|ignored)\b/;
const WENT_WELL = /\b(succeeded|completed)\b/;

function toneOf(written: string, paint: Palette): (text: string) => string {
  // What stands in brackets is the reason, in somebody else's words.
  const title = written.split(' (')[0] ?? written;
  if (WENT_WRONG.test(title)) return paint.bad;
  if (WENT_ASIDE.test(title)) return paint.warn;
  return WENT_WELL.test(title) ? paint.good : (text) => text;
}

function markOf({ kind, title }: TimelineEntry, paint: Palette): Mark {
  const tone = toneOf(title, paint);
  switch (kind) {
    case 'event':
      return { glyph: '●', paint: tone };
    case 'transition':
      return { glyph: '◆', paint: paint.name };
    case 'effect':
      return { glyph: '▶', paint: tone };
    case 'attempt':
      return { glyph: '·', paint: tone };
    case 'wait':
      return { glyph: '◌', paint: tone };
    case 'schedule':
      return { glyph: '◷', paint: tone };
    case 'log':
      return { glyph: '"', paint: paint.dim };
    case 'status':
      return { glyph: '■', paint: tone };
    default:
      return unreachable(kind);
  }
}

const CLOCK_WIDTH = 12;
const OFFSET_WIDTH = 13;
const GAP = '  ';
/** Narrowest that a line is wrapped to, however narrow the terminal. */
const MIN_TITLE = 20;

export function renderTimeline(
  { entries }: Pick<Timeline, 'entries'>,
  { paint, columns }: TimelineOptions,
): readonly string[] {
  const first = entries[0];
  if (first === undefined) return [];
  let day = '';
  let before = '';
  return entries.flatMap((entry) => {
    const today = localDate(entry.at);
    const heading = today === day ? [] : [paint.dim(today)];
    day = today;
    // What happened at one instant is one group: the time stands at its head.
    const time = entry.at === before ? '' : timeText(entry.at, first.at);
    before = entry.at;
    return [...heading, ...renderEntry(entry, time, { paint, columns })];
  });
}

function timeText(at: string, start: string): string {
  const offset = `+${spanText(Math.max(0, millisBetween(start, at)))}`;
  return localClock(at) + offset.padStart(OFFSET_WIDTH);
}

function renderEntry(
  entry: TimelineEntry,
  time: string,
  { paint, columns }: TimelineOptions,
): readonly string[] {
  const mark = markOf(entry, paint);
  const indent = isAskedFor(entry) ? GAP : '';
  const place = entry.kind === 'event' && entry.seq !== null ? `seq ${entry.seq}` : '';
  const used = CLOCK_WIDTH + OFFSET_WIDTH + GAP.length + indent.length + 2;
  const room = (columns ?? Number.POSITIVE_INFINITY) - used;
  const beside = place === '' ? 0 : place.length + GAP.length;
  const [title = '', ...more] = wrap(
    plainText(localTimes(entry.title, entry.at)),
    Math.max(MIN_TITLE, room - beside),
  );
  const tone = toneOf(entry.title, paint);
  const head = [
    paint.dim(time.padEnd(CLOCK_WIDTH + OFFSET_WIDTH)),
    `${indent}${mark.paint(mark.glyph)} ${tone(title)}`,
    ...(place === '' ? [] : [paint.dim(place)]),
  ].join(GAP);
  const hanging = ' '.repeat(used);
  return [
    head,
    ...more.map((line) => hanging + tone(line)),
    ...detailLines(entry).flatMap((detail) =>
      wrap(detail, Math.max(MIN_TITLE, room)).map((line) => hanging + paint.dim(line)),
    ),
  ];
}

const ISO_TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** Times that a title names, as the clock beside it shows them; with the date where it is another day. */
function localTimes(title: string, at: string): string {
  return title.replaceAll(ISO_TIME, (iso) =>
    localDate(iso) === localDate(at) ? localTime(iso).slice(-CLOCK_SECONDS) : localTime(iso),
  );
}

/** `10:26:57` */
const CLOCK_SECONDS = 8;

/** Stands under the decision that asked for it. */
function isAskedFor({ kind }: TimelineEntry): boolean {
  return (
    kind === 'effect' ||
    kind === 'attempt' ||
    kind === 'wait' ||
    kind === 'schedule' ||
    kind === 'log'
  );
}

/** What an entry carries that a reader wants without asking: what was said, what went wrong. */
function detailLines({ detail }: TimelineEntry): readonly string[] {
  const error =
    memberOf(detail, 'error') ?? memberOf(detail, 'failure') ?? memberOf(detail, 'blockedBy');
  const lines = error === undefined ? [] : [errorText(error)];
  const reason = memberOf(detail, 'reason');
  return typeof reason === 'string' && reason !== ''
    ? [...lines, plainText(reason)]
    : lines.filter((line) => line !== '');
}

function errorText(error: Json): string {
  if (error === null) return '';
  if (typeof error !== 'object') return plainText(String(error));
  const parts = ['code', 'message', 'at']
    .map((name) => memberOf(error, name))
    .filter((part) => typeof part === 'string');
  return plainText(parts.length === 0 ? JSON.stringify(error) : parts.join('  '));
}

function memberOf(value: Json, name: string): Json | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
