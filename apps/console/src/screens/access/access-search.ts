import type { AuditFilter } from '@holdfast/core';
import { periodStart } from '../../lib/periods.ts';
import { oneOf, someOf } from '../../lib/url-state.ts';

export const VIEWS = ['keys', 'audit', 'secrets'] as const;
export type View = (typeof VIEWS)[number];

const AUDIT_TEXTS = ['act', 'by', 'target', 'since', 'until'] as const;

export interface AccessSearch {
  /** Default `keys`. */
  readonly view?: View;
  /** Of the audit log, as the API takes them: a final `*` stands for any ending. */
  readonly act?: string;
  readonly by?: string;
  readonly target?: string;
  /** A period (`lib/periods.ts`), or an RFC 3339 time. */
  readonly since?: string;
  readonly until?: string;
}

export function readAccessSearch(search: Readonly<Record<string, unknown>>): AccessSearch {
  const view = someOf(search, 'view', VIEWS)?.[0];
  return { ...(view === undefined ? {} : { view }), ...auditTexts({ ...search }) };
}

/** The filters as the API takes them. */
export function auditFilter(search: AccessSearch, now: number): AuditFilter {
  const filter = auditTexts({ ...search });
  const { since } = filter;
  return since === undefined ? filter : { ...filter, since: periodStart(since, now) };
}

function auditTexts(
  search: Readonly<Record<string, unknown>>,
): Partial<Record<(typeof AUDIT_TEXTS)[number], string>> {
  return Object.fromEntries(
    AUDIT_TEXTS.flatMap((name) => {
      const text = oneOf(search, name);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}
