/**
 * Times that filters offer, counted back from now, and those that somebody wrote into the address.
 *
 * @module
 */

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const PERIODS = [
  { value: '1h', text: 'in the last hour', millis: HOUR_MS },
  { value: '24h', text: 'in the last 24 hours', millis: 24 * HOUR_MS },
  { value: '7d', text: 'in the last 7 days', millis: 7 * 24 * HOUR_MS },
  { value: '30d', text: 'in the last 30 days', millis: 30 * 24 * HOUR_MS },
] as const;

interface PeriodChoice {
  readonly value: string;
  readonly text: string;
}

/** What is offered; a time that was typed into the address is offered as it is. */
export function periodChoices(since: string | undefined): readonly PeriodChoice[] {
  const isOffered = since === undefined || PERIODS.some(({ value }) => value === since);
  return isOffered ? PERIODS : [...PERIODS, { value: since, text: `since ${since}` }];
}

/**
 * The time that a period begins, as the API takes it; what is no period stays as it is. To the minute, so that a list
 * that is asked again is the same question.
 */
export function periodStart(since: string, now: number): string {
  const period = PERIODS.find(({ value }) => value === since);
  if (period === undefined) return since;
  return new Date(Math.floor((now - period.millis) / MINUTE_MS) * MINUTE_MS).toISOString();
}
