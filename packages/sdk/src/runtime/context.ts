/**
 * What a program may know besides its input: recorded time, seeded randomness, and who it is. The body gets it as its
 * second argument; `ctx` is the same, for helpers to import.
 *
 * @module
 */
import { type Micros, MICROS_PER_MILLI } from '@holdfast/core';
import { activeRun } from './active.ts';
import type { SearchValue } from './search-book.ts';
import { uuidFrom } from './random.ts';

export interface SagaContext<Field extends string = string> {
  /** Recorded time in milliseconds since 1970, as `Date.now()` would be: when the event being handled was received. */
  readonly now: number;
  /** The same as RFC 3339 text in UTC with milliseconds: `2026-11-21T09:26:57.123Z`. */
  readonly timestamp: string;
  /** A number in [0, 1), the same whenever this run is repeated. */
  random(): number;
  /** A version 4 UUID, the same whenever this run is repeated. */
  uuid(): string;
  readonly saga: string;
  readonly key: string;
  readonly run: number;
  readonly tenant: string;
  /** The event that opened the run. */
  readonly event: { readonly type: string; readonly id: string };
  /**
   * Sets search fields that the saga names, from here on; those that are left out stay as they are, null takes one away.
   * Acts at once, as `log` does. Only in a generator: a reducer's come from its state.
   *
   * @throws TypeError for a field that the saga does not name, or a value that is too long.
   */
  search(
    values: [Field] extends [never] ? never : Readonly<Partial<Record<Field, SearchValue>>>,
  ): void;
}

export const ctx: SagaContext = {
  get now() {
    return Math.floor(activeRun('ctx.now').now / MICROS_PER_MILLI);
  },
  get timestamp() {
    return rfc3339(activeRun('ctx.timestamp').now);
  },
  random: () => activeRun('ctx.random()').random(),
  uuid: () => {
    const run = activeRun('ctx.uuid()');
    return uuidFrom(() => run.random());
  },
  get saga() {
    return activeRun('ctx.saga').identity.saga;
  },
  get key() {
    return activeRun('ctx.key').identity.key;
  },
  get run() {
    return activeRun('ctx.run').identity.run;
  },
  get tenant() {
    return activeRun('ctx.tenant').identity.tenant;
  },
  get event() {
    return activeRun('ctx.event').identity.event;
  },
  search: (values) => activeRun('ctx.search()').search(values),
};

const MILLIS_PER_DAY = 86_400_000;

/**
 * RFC 3339 text without `Date`, which programs have not. Days to civil date after Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
 */
function rfc3339(at: Micros): string {
  const millis = Math.floor(at / MICROS_PER_MILLI);
  const days = Math.floor(millis / MILLIS_PER_DAY);
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const rest = millis - days * MILLIS_PER_DAY;
  const pad = (value: number, width = 2): string => String(Math.floor(value)).padStart(width, '0');
  return (
    `${pad(year, 4)}-${pad(month)}-${pad(day)}T` +
    `${pad(rest / 3_600_000)}:${pad((rest / 60_000) % 60)}:${pad((rest / 1000) % 60)}.${pad(rest % 1000, 3)}Z`
  );
}
