import type { AuditFilter } from '@holdfast/core';
import { oneOf, someOf } from '../../lib/url-state.ts';

export const VIEWS = ['keys', 'audit', 'secrets'] as const;
export type View = (typeof VIEWS)[number];

/** When an act was done, as offered. */
export const PERIODS = [
  { value: '1h', text: 'in the last hour', millis: 3_600_000 },
  { value: '24h', text: 'in the last 24 hours', millis: 86_400_000 },
  { value: '7d', text: 'in the last 7 days', millis: 604_800_000 },
  { value: '30d', text: 'in the last 30 days', millis: 2_592_000_000 },
] as const;

const AUDIT_TEXTS = ['act', 'by', 'target', 'since', 'until'] as const;

export interface AccessSearch {
  /** Default `keys`. */
  readonly view?: View;
  /** Of the audit log, as the API takes them: a final `*` stands for any ending. */
  readonly act?: string;
  readonly by?: string;
  readonly target?: string;
  /** One of `PERIODS`, or an RFC 3339 time. */
  readonly since?: string;
  readonly until?: string;
}

export function readAccessSearch(search: Readonly<Record<string, unknown>>): AccessSearch {
  const view = someOf(search, 'view', VIEWS)?.[0];
  const texts = AUDIT_TEXTS.flatMap((name) => {
    const text = oneOf(search, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return { ...(view === undefined ? {} : { view }), ...Object.fromEntries(texts) };
}

/** The filters as the API takes them: periods count back from now, to the minute. */
export function auditFilter({ view: _, since, ...others }: AccessSearch, now: number): AuditFilter {
  const MINUTE_MS = 60_000;
  const period = PERIODS.find(({ value }) => value === since);
  if (period === undefined) return { ...others, ...(since === undefined ? {} : { since }) };
  const from = Math.floor((now - period.millis) / MINUTE_MS) * MINUTE_MS;
  return { ...others, since: new Date(from).toISOString() };
}
