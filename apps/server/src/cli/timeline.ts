/**
 * An instance's story as a drawing: time and offset, a mark for what kind of thing it was, one line for what happened.
 *
 * @module
 */
import type { Json, Timeline, TimelineEntry } from '@holdfast/core';
import { unreachable } from '@holdfast/core';
import type { Palette } from './palette.ts';
import { cut, plainText, widthOf } from './plain-text.ts';
import { localClock, localDate, millisBetween, spanText } from './time-text.ts';

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

function toneOf(title: string, paint: Palette): (text: string) => string {
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

export function renderTimeline(
  { entries }: Timeline,
  { paint, columns }: TimelineOptions,
): readonly string[] {
  const first = entries[0];
  if (first === undefined) return [];
  let day = '';
  return entries.flatMap((entry) => {
    const today = localDate(entry.at);
    const heading = today === day ? [] : [paint.dim(today)];
    day = today;
    return [...heading, ...renderEntry(entry, first.at, paint, columns)];
  });
}

function renderEntry(
  entry: TimelineEntry,
  start: string,
  paint: Palette,
  columns: number | undefined,
): readonly string[] {
  const mark = markOf(entry, paint);
  const offset = `+${spanText(Math.max(0, millisBetween(start, entry.at)))}`.padStart(OFFSET_WIDTH);
  const title = plainText(entry.title);
  const place = placeOf(entry);
  const used = CLOCK_WIDTH + OFFSET_WIDTH + 4;
  const room =
    columns === undefined
      ? Number.POSITIVE_INFINITY
      : columns - used - (place === '' ? 0 : widthOf(place) + 2);
  const shown = cut(title, Math.max(20, room));
  const line = `${paint.dim(localClock(entry.at))}${paint.dim(offset)}  ${mark.paint(mark.glyph)} ${toneOf(entry.title, paint)(shown)}`;
  const indent = ' '.repeat(used);
  return [
    place === '' ? line : `${line}  ${paint.dim(place)}`,
    ...detailLines(entry).map(
      (detail) =>
        indent +
        paint.dim(
          cut(detail, columns === undefined ? detail.length : Math.max(20, columns - used)),
        ),
    ),
  ];
}

function placeOf({ seq, version }: TimelineEntry): string {
  return [seq === null ? '' : `seq ${seq}`, version === null ? '' : `v${version}`]
    .filter((part) => part !== '')
    .join(' ');
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
