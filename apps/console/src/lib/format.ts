/**
 * Numbers, durations, times and sizes as text. Pure; what depends on now is given it.
 *
 * @module
 */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Two units at most: `850 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`, `12 d 4 h`. Negative ones keep their sign. */
export function formatDuration(millis: number): string {
  if (millis < 0) return `-${formatDuration(-millis)}`;
  if (millis < SECOND_MS)
    return `${millis < 10 && millis > 0 ? trim(millis) : Math.round(millis)} ms`;
  if (millis < 10 * SECOND_MS) return `${trim(millis / SECOND_MS)} s`;
  if (millis < MINUTE_MS) return `${Math.round(millis / SECOND_MS)} s`;
  if (millis < HOUR_MS) return pair(millis, MINUTE_MS, 'min', SECOND_MS, 's');
  if (millis < DAY_MS) return pair(millis, HOUR_MS, 'h', MINUTE_MS, 'min');
  return pair(millis, DAY_MS, 'd', HOUR_MS, 'h');
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

function pair(
  millis: number,
  big: number,
  bigName: string,
  small: number,
  smallName: string,
): string {
  const smalls = Math.floor(millis / small);
  const whole = Math.floor((smalls * small) / big);
  const rest = smalls - whole * (big / small);
  return rest === 0 ? `${whole} ${bigName}` : `${whole} ${bigName} ${rest} ${smallName}`;
}

/** One unit, for lists: `just now`, `12 s ago`, `in 3 min`, `2 h ago`, `5 d ago`. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 2 * SECOND_MS) return at > now ? 'now' : 'just now';
  const text = oneUnit(distance);
  return at > now ? `in ${text}` : `${text} ago`;
}

function oneUnit(millis: number): string {
  if (millis < MINUTE_MS) return `${Math.floor(millis / SECOND_MS)} s`;
  if (millis < HOUR_MS) return `${Math.floor(millis / MINUTE_MS)} min`;
  if (millis < 2 * DAY_MS) return `${Math.floor(millis / HOUR_MS)} h`;
  return `${Math.floor(millis / DAY_MS)} d`;
}

type TimeFormat = (at: number, locale: string | undefined, timeZone: string | undefined) => string;

/** Each formatter is made once: to make one costs as much as to use it a hundred times, and lists have hundreds of times. */
function timeFormat(options: Intl.DateTimeFormatOptions): TimeFormat {
  const made = new Map<string, Intl.DateTimeFormat>();
  return (at, locale, timeZone) => {
    const key = `${locale} ${timeZone}`;
    let format = made.get(key);
    if (format === undefined) {
      const zone = timeZone === undefined ? {} : { timeZone };
      format = new Intl.DateTimeFormat(locale, { ...options, hourCycle: 'h23', ...zone });
      made.set(key, format);
    }
    return format.format(at);
  };
}

const DATE = { year: 'numeric', month: 'short', day: 'numeric' } as const;
const HOUR = { hour: '2-digit', minute: '2-digit' } as const;
const SECOND = { ...HOUR, second: '2-digit' } as const;
const MILLI = { ...SECOND, fractionalSecondDigits: 3 } as const;
const absolute = timeFormat({ ...DATE, ...MILLI, timeZoneName: 'short' });
const clock = timeFormat(MILLI);
const hour = timeFormat(HOUR);
const momentNear = timeFormat(SECOND);
const momentFar = timeFormat({ ...DATE, ...SECOND });

/** In the person's zone, to the millisecond, with the zone: for the eye that hovers. */
export function formatAbsolute(at: number, locale?: string, timeZone?: string): string {
  return absolute(at, locale, timeZone);
}

/** Time of day alone, to the millisecond: for lines of one story. */
export function formatClock(at: number, timeZone?: string): string {
  return clock(at, 'en-GB', timeZone);
}

/** `14:05`, for the axis of a chart. */
export function formatHour(at: number, timeZone?: string): string {
  return hour(at, 'en-GB', timeZone);
}

/** As one would say it: the time of day alone within half a day, else the date before it. */
export function formatMoment(at: number, now: number, timeZone?: string): string {
  const isNear = Math.abs(at - now) < DAY_MS / 2;
  return (isNear ? momentNear : momentFar)(at, 'en-GB', timeZone);
}

/** Milliseconds of an RFC 3339 time, with its microseconds as fraction; NaN where it is none. */
export function parseTime(text: string): number {
  const millis = Date.parse(text);
  const micros = /\.\d{3}(\d{1,3})/.exec(text)?.[1];
  return micros === undefined ? millis : millis + Number(micros.padEnd(3, '0')) / 1_000;
}

const COUNT = new Intl.NumberFormat('en-US');
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** `1234567` to `1,234,567`. */
export function formatCount(value: number): string {
  return COUNT.format(value);
}

/** For tight places: `950`, `12.3k`, `4.5M`. */
export function formatShort(value: number): string {
  return SHORT.format(value).replace('K', 'k');
}

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Decimal units, as disks are sold and `df -H` counts: `512 B`, `1.5 MB`, `12 GB`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit === 0 || value >= 100 ? String(Math.round(value)) : trim(value);
  return `${bytes < 0 ? '-' : ''}${text} ${BYTE_UNITS[unit]}`;
}

/** `1 event`, `3 events`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Enough of a digest to tell two apart. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256[:-]/, '').slice(0, 10);
}
