/**
 * Times and spans as people read them. Local time: whoever reads a terminal has a clock beside it; `--json` gives UTC.
 *
 * @module
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-21 10:26:57` */
export function localTime(iso: string): string {
  const at = new Date(iso);
  return `${localDate(iso)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `2026-11-21` */
export function localDate(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** `10:26:57.123` */
export function localClock(iso: string): string {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** A span with the precision that its size asks for: `0.4 ms`, `12 ms`, `1.24 s`, `3 min 02 s`, `2 h 05 min`, `3 d 4 h`. */
export function spanText(millis: number): string {
  if (millis < 1) return `${Number(millis.toFixed(1))} ms`;
  if (millis < SECOND) return `${Math.floor(millis)} ms`;
  if (millis < 10 * SECOND) return `${(Math.floor(millis / 10) / 100).toFixed(2)} s`;
  if (millis < MINUTE) return `${(Math.floor(millis / 100) / 10).toFixed(1)} s`;
  if (millis < HOUR)
    return `${Math.floor(millis / MINUTE)} min ${two(Math.floor((millis % MINUTE) / SECOND))} s`;
  if (millis < DAY)
    return `${Math.floor(millis / HOUR)} h ${two(Math.floor((millis % HOUR) / MINUTE))} min`;
  return `${Math.floor(millis / DAY)} d ${Math.floor((millis % DAY) / HOUR)} h`;
}

/** How long a process has been up: `up 3 min 02 s`. @param now milliseconds since 1970 */
export function uptimeText(startedAt: string, now: number): string {
  const up = now - Date.parse(startedAt);
  return up >= 0
    ? `up ${spanText(up)}`
    : `started ${localTime(startedAt)}, and the clock was set back since`;
}

const COARSE = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
] as const;

/** How far a time is from now: `12 s ago`, `in 3 h`, `now`. @param now milliseconds since 1970 */
export function relativeTime(iso: string, now: number): string {
  const distance = Date.parse(iso) - now;
  const size = Math.abs(distance);
  const step = COARSE.find(([unit]) => size >= unit);
  if (step === undefined) return 'now';
  const count = size / step[0];
  // What is ahead is rounded: fifteen minutes just set read 15, not 14.
  const text = `${distance < 0 ? Math.floor(count) : Math.round(count)} ${step[1]}`;
  return distance < 0 ? `${text} ago` : `in ${text}`;
}

/** Narrower terminals have no room for a date. */
const NARROW = 80;

/** A time for a column: when it was, or on a narrow terminal how long ago. @param now milliseconds since 1970 */
export function whenText(iso: string, columns: number | undefined, now: number): string {
  return columns !== undefined && columns < NARROW ? relativeTime(iso, now) : localTime(iso);
}

/** Milliseconds between two RFC 3339 times, with the microseconds that `Date` drops. */
export function millisBetween(from: string, to: string): number {
  return (microsOf(to) - microsOf(from)) / 1000;
}

function microsOf(iso: string): number {
  const beyond = /\.\d{3}(\d{1,3})/.exec(iso)?.[1] ?? '';
  return Date.parse(iso) * 1000 + Number(beyond.padEnd(3, '0'));
}
