/** Integer microseconds since 1970-01-01T00:00:00Z. Safe as a JavaScript number until the year 2255. */
export type Micros = number;

/** Integer milliseconds, for durations and timeouts. */
export type Millis = number;

export const MICROS_PER_MILLI = 1000;

const UNITS: Readonly<Record<string, Millis>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A duration as people write it: `'250ms'`, `'1s'`, `'15m'`, `'1h30m'`, or a number of milliseconds. */
export type Duration = string | Millis;

/**
 * Milliseconds of a duration.
 *
 * @throws RangeError naming the text, when it is not a non-negative duration.
 */
export function parseDuration(duration: Duration): Millis {
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return Math.round(duration);
    throw new RangeError(`not a duration: ${duration}`);
  }
  const text = duration.trim();
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) {
    throw new RangeError(
      `not a duration: ${JSON.stringify(duration)}; write for example "250ms", "1s", "15m", "1h30m"`,
    );
  }
  let total = 0;
  for (const part of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    total += Number(part[1]) * (UNITS[part[2] ?? ''] ?? 0);
  }
  return Math.round(total);
}

/** RFC 3339 text with microseconds, always UTC: `2026-11-21T09:26:57.123456Z`. */
export function formatMicros(at: Micros): string {
  const iso = new Date(Math.floor(at / MICROS_PER_MILLI)).toISOString();
  const micros = String(((at % MICROS_PER_MILLI) + MICROS_PER_MILLI) % MICROS_PER_MILLI).padStart(
    3,
    '0',
  );
  return iso.slice(0, -1) + micros + 'Z';
}
