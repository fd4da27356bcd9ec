import { formatMicros, MICROS_PER_MILLI } from '@holdfast/core';
import type { AuditEntry, AuditFilter, Micros, Page, TenantId } from '@holdfast/core';
import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';

import type { AuditRecord } from '../audit-chain.ts';
import { audit, keys } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { pageSize } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

type Row = Pick<typeof audit.$inferSelect, 'no' | 'hash' | 'entry'>;

/** Entries are numbered in the order of their times, but for those that came together. */
const TOGETHER: Micros = 60_000_000;
/** After any text that it is put behind. */
const LAST = '\u{10FFFF}';

/** A page of operators' acts, newest first. */
export function listAudit(
  context: ReadContext,
  tenant: TenantId,
  query: AuditFilter,
): Page<AuditEntry> {
  const { db } = context;
  const limit = pageSize(query);
  const cursor = decodeCursor('audit', query.cursor, ['number']);
  const since = microsOf(query.since);
  const until = microsOf(query.until);
  const rows: readonly Row[] = db
    .select({ no: audit.no, hash: audit.hash, entry: audit.entry })
    .from(audit)
    .where(
      and(
        eq(audit.tenant, tenant),
        cursor === null ? undefined : lt(audit.no, cursor[0]),
        query.by === undefined ? undefined : eq(audit.by, query.by),
        query.act === undefined ? undefined : matches(audit.act, query.act),
        query.target === undefined ? undefined : matches(audit.target, query.target),
        since === null ? undefined : gte(audit.at, since),
        since === null ? undefined : gte(audit.no, firstNoAt(context, since - TOGETHER)),
        until === null ? undefined : lt(audit.at, until),
        until === null ? undefined : lt(audit.no, firstNoAt(context, until + TOGETHER)),
      ),
    )
    .orderBy(desc(audit.no))
    .limit(limit)
    .all();
  const acts = rows.map((row) => ({ row, record: JSON.parse(row.entry) as AuditRecord }));
  const byId = namesOf(context, new Set(acts.map(({ record }) => record.by)));
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    items: acts.map(({ row, record }) => toEntry(row, record, byId)),
    next: last === undefined ? null : encodeCursor('audit', [last.no]),
  };
}

/** What is named, or with a final `*` what begins so. */
function matches(column: SQLiteColumn, filter: string): SQL | undefined {
  if (!filter.endsWith('*')) return eq(column, filter);
  const prefix = filter.slice(0, -1);
  return and(gte(column, prefix), lt(column, prefix + LAST));
}

/** The number of the first entry at or after a time, by halves. */
function firstNoAt({ sqlite }: ReadContext, time: Micros): number {
  const at = sqlite.prepare<[number], { at: number }>('SELECT at FROM audit WHERE no = ?');
  const end = sqlite.prepare<[], { no: number | null }>('SELECT max(no) AS no FROM audit').get();
  let [low, high] = [1, (end?.no ?? 0) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((at.get(middle)?.at ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function namesOf({ db }: ReadContext, ids: ReadonlySet<string>): ReadonlyMap<string, string> {
  const found = db
    .select({ id: keys.id, name: keys.name })
    .from(keys)
    .where(inArray(keys.id, [...ids]))
    .all();
  return new Map(found.map(({ id, name }) => [id, name]));
}

function toEntry(
  { no, hash }: Row,
  record: AuditRecord,
  keyNames: ReadonlyMap<string, string>,
): AuditEntry {
  const { seq, at, act, target, by, reason, before, after, detail } = record;
  return {
    no,
    seq,
    at: formatMicros(at),
    act,
    target,
    by,
    byName: keyNames.get(by) ?? null,
    reason,
    before: before as AuditEntry['before'],
    after: after as AuditEntry['after'],
    detail: detail as AuditEntry['detail'],
    hash,
  };
}

function microsOf(time: string | undefined): Micros | null {
  return time === undefined ? null : Date.parse(time) * MICROS_PER_MILLI;
}
