/**
 * When a cron expression occurs in a time zone. A function of expression, zone and the platform's time zone data alone:
 * no clock is asked.
 *
 * Where a zone's clocks change, a time of day is fixed when neither its minute nor its hour holds `*` or a step:
 * - clocks go forward over it: it occurs at the first moment after the gap;
 * - clocks go back over it: it occurs once, the first time round.
 * Anything else is an interval, and goes by the clock on the wall: it passes over the gap and repeats in the overlap.
 * These are the rules of Vixie cron, kept by croner.
 *
 * @module
 */
import { type Micros, MICROS_PER_MILLI } from '@holdfast/core';
import { Cron } from 'croner';

/** Stands for "never again"; 2255, the last that a number of microseconds holds. */
const NEVER: Micros = Number.MAX_SAFE_INTEGER;

export class CronTimes {
  readonly #cron: Cron;

  /** @throws Error when the expression or the zone is none; see `cronFault`, `zoneFault`. */
  constructor(expression: string, zone: string) {
    this.#cron = cronOf(expression, zone);
  }

  /** The first occurrence after a time. */
  after(time: Micros): Micros {
    const next = this.#cron.nextRun(new Date(Math.floor(time / MICROS_PER_MILLI)));
    return next === null ? NEVER : next.getTime() * MICROS_PER_MILLI;
  }

  /** The last occurrences at or before a time and not before another, oldest first, at most `most`. */
  last(most: number, notBefore: Micros, until: Micros): readonly Micros[] {
    // Whole seconds alone occur; the one at `until` itself counts.
    const reference = new Date(Math.floor(until / MICROS_PER_MILLI) + 1);
    return this.#cron
      .previousRuns(most, reference)
      .map((date) => date.getTime() * MICROS_PER_MILLI)
      .filter((time) => time >= notBefore && time <= until)
      .toReversed();
  }
}

function cronOf(expression: string, zone: string): Cron {
  return new Cron(expression, {
    timezone: zone,
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
    paused: true,
  });
}

/** What is wrong with an expression; null for nothing. */
export function cronFault(expression: string): string | null {
  try {
    const next = cronOf(expression, 'UTC').nextRun(new Date(0));
    return next === null ? 'never occurs' : null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (why.includes('configuration format') || why.includes("mode '5-part'")) {
      return 'has to have five fields: minute, hour, day of month, month, day of week';
    }
    // croner counts days and months from 0: its number would mislead.
    const text = why
      .replace(/^Cron\w+: /, '')
      .replace(/^Invalid value for (day|month): .*/, 'no such $1');
    return text.charAt(0).toLowerCase() + text.slice(1);
  }
}

/** What is wrong with the name of a zone; null for nothing. */
export function zoneFault(zone: string): string | null {
  // `Intl` takes offsets too, which know nothing of summer time.
  if (/^[+-]/.test(zone)) return 'is an offset: give a zone, such as Europe/Berlin';
  try {
    void new Intl.DateTimeFormat('en', { timeZone: zone });
    return null;
  } catch {
    return 'is no time zone: give an IANA name, such as Europe/Berlin';
  }
}
