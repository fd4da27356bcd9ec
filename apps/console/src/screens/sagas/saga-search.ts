import type { InstanceStatusWire, SagaFilter } from '@holdfast/core';
import { periodStart } from '../../lib/periods.ts';
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

/** The filters of the list, as the address holds them. */
export interface SagaSearch {
  readonly saga?: string | undefined;
  readonly status?: readonly InstanceStatusWire[] | undefined;
  /** Prefix. */
  readonly key?: string | undefined;
  /** A period (`lib/periods.ts`), or an RFC 3339 time. */
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
  return {
    ...definedOf(others),
    ...(status === undefined ? {} : { status: [...status] }),
    ...(since === undefined ? {} : { since: periodStart(since, now) }),
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
