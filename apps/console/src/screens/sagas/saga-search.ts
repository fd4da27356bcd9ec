import type { InstanceStatusWire, SagaFilter } from '@holdfast/core';
import { oneOf, someOf } from '../../lib/url-state.ts';

/** All statuses, in the order they are offered. */
export const STATUSES: readonly InstanceStatusWire[] = [
  'running',
  'waiting',
  'retrying',
  'compensating',
  'blocked',
  'completed',
  'compensated',
  'failed',
  'cancelled',
];

/** When a run began, as offered. */
export const PERIODS = [
  { value: '1h', text: 'in the last hour', millis: 3_600_000 },
  { value: '24h', text: 'in the last 24 hours', millis: 86_400_000 },
  { value: '7d', text: 'in the last 7 days', millis: 604_800_000 },
  { value: '30d', text: 'in the last 30 days', millis: 2_592_000_000 },
] as const;

/** The filters of the list, as the address holds them. */
export interface SagaSearch {
  readonly saga?: string | undefined;
  readonly status?: readonly InstanceStatusWire[] | undefined;
  /** Prefix. */
  readonly key?: string | undefined;
  /** One of `PERIODS`, or an RFC 3339 time. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Digest of the release it is pinned to. */
  readonly release?: string | undefined;
  /** `FIELD:VALUE` of search fields, all of which must hold. */
  readonly search?: readonly string[] | undefined;
}

export function readSagaSearch(search: Readonly<Record<string, unknown>>): SagaSearch {
  const texts = (['saga', 'key', 'since', 'until', 'release'] as const).flatMap((name) => {
    const value = oneOf(search, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const status = someOf(search, 'status', STATUSES);
  const terms = termsOf(search['search']);
  return {
    ...Object.fromEntries(texts),
    ...(status === undefined ? {} : { status }),
    ...(terms.length === 0 ? {} : { search: terms }),
  };
}

function termsOf(value: unknown): readonly string[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return given.filter((term): term is string => typeof term === 'string' && isTerm(term));
}

/** Whether it reads as `FIELD:VALUE`. */
export function isTerm(text: string): boolean {
  return /^[^:\s][^:]*:.+$/.test(text);
}

/** The filters as the API takes them: periods count back from now. */
export function apiFilter(
  { status, since, search: terms, ...others }: SagaSearch,
  now: number,
): SagaFilter {
  const from = sinceTime(since, now);
  return {
    ...definedOf(others),
    ...(status === undefined ? {} : { status: [...status] }),
    ...(from === undefined ? {} : { since: from }),
    ...(terms === undefined ? {} : { search: [...terms] }),
  };
}

function definedOf(
  texts: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}

/** To the minute, so that a list that is asked again is the same question. */
function sinceTime(since: string | undefined, now: number): string | undefined {
  const period = PERIODS.find(({ value }) => value === since);
  if (period === undefined) return since;
  const MINUTE_MS = 60_000;
  return new Date(Math.floor((now - period.millis) / MINUTE_MS) * MINUTE_MS).toISOString();
}
