/**
 * What is to be done about a cron trigger that is due: which of its runs fire, and which are passed over.
 *
 * A run is on time when it is at most `ON_TIME` late. Of those that are later:
 * - `skip`: none fires;
 * - `once`: the last one fires, if no run on time does so in its stead;
 * - `all`: each fires, oldest first; of more than `MOST_MADE_UP` the last ones.
 * Each run on time fires, whatever the policy.
 *
 * @module
 */
import { MICROS_PER_MILLI, type Micros, type Millis } from '@holdfast/core';
import type { CronRow } from '@holdfast/store';
import type { CronTimes } from './cron-times.ts';

/** No expression occurs more often. */
const MINUTE: Micros = 60_000_000;
/** Later than this a run has been missed: no scheduler that runs is ever so late. */
const ON_TIME: Micros = 1.5 * MINUTE;
/** Most runs that `all` makes up for. */
const MOST_MADE_UP = 100;

export interface CronPlan {
  /** Scheduled times to fire, oldest first. */
  readonly fire: readonly Micros[];
  /** Whether runs before the first of them, or all, are passed over. */
  readonly passesOver: boolean;
  /** When it is due next after that. */
  readonly next: Micros;
}

/** @param onTime how late a run may be and still count as on time; see `onTimeWithin` */
export function planCron(row: CronRow, times: CronTimes, now: Micros, onTime: Micros): CronPlan {
  const following = times.after(row.nextAt);
  if (following > now) {
    const late = now - row.nextAt > onTime;
    const passesOver = late && row.missed === 'skip';
    return { fire: passesOver ? [] : [row.nextAt], passesOver, next: following };
  }
  const most = row.missed === 'all' ? MOST_MADE_UP : Math.ceil(onTime / MINUTE) + 1;
  const due = times.last(most, row.nextAt, now);
  const onTimeRuns = due.filter((time) => now - time <= onTime);
  const fire = chosen(row.missed, due, onTimeRuns);
  return { fire, passesOver: fire[0] !== row.nextAt, next: times.after(now) };
}

function chosen(
  missed: CronRow['missed'],
  due: readonly Micros[],
  onTime: readonly Micros[],
): readonly Micros[] {
  switch (missed) {
    case 'skip':
      return onTime;
    case 'once':
      return onTime.length > 0 ? onTime : due.slice(-1);
    case 'all':
      return due;
  }
}

/** How late a run may be: what a scheduler that looks at least every `recheck` milliseconds can be late by, and a minute. */
export function onTimeWithin(recheck: Millis): Micros {
  return Math.max(ON_TIME, recheck * MICROS_PER_MILLI + MINUTE);
}
