import { CONTROL_TYPES, formatMicros } from '@holdfast/core';
import type { AuditEntry, Page, ReprocessResource, Seq, TenantId } from '@holdfast/core';
import { and, desc, eq, inArray, lt } from 'drizzle-orm';

import type { PageQuery } from '../read-port.ts';
import { events, keys, reprocesses } from '../schema.ts';
import { STREAM_NUMBERS } from '../write/journal-rows.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { ofTenantUnindexed, pageSize, parseJson } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

type EventRecord = typeof events.$inferSelect;
type Json = AuditEntry['detail'];
type ReprocessRecord = typeof reprocesses.$inferSelect;

/** A page of operators' acts, newest first. By type, so that a long journal with few acts is not gone through. */
export function listAudit(
  context: ReadContext,
  tenant: TenantId,
  query: PageQuery,
): Page<AuditEntry> {
  const { db, names } = context;
  const limit = pageSize(query);
  const cursor = decodeCursor('audit', query.cursor, ['number']);
  const tenantId = names.findId(tenant);
  if (tenantId === null) return { items: [], next: null };
  const types = Object.values(CONTROL_TYPES).flatMap((type) => names.findId(type) ?? []);
  const rows = types
    .flatMap((type) =>
      db
        .select()
        .from(events)
        .where(
          and(
            eq(events.tenant, tenantId),
            eq(events.type, type),
            eq(events.stream, STREAM_NUMBERS.CONTROL_EVENTS),
            cursor === null ? undefined : lt(events.seq, cursor[0]),
          ),
        )
        .orderBy(desc(events.seq))
        .limit(limit)
        .all(),
    )
    .toSorted((a, b) => b.seq - a.seq)
    .slice(0, limit);
  const acts = rows.map((row) => ({ row, data: objectOf(parseJson(row.data)) }));
  const ids = [...new Set(acts.map(({ data }) => textOf(data['by'])))].flatMap((by) => by ?? []);
  const found = db
    .select({ id: keys.id, name: keys.name })
    .from(keys)
    .where(inArray(keys.id, ids))
    .all();
  const byId = new Map(found.map(({ id, name }) => [id, name]));
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    items: acts.map(({ row, data }) => toEntry(context, row, data, byId)),
    next: last === undefined ? null : encodeCursor('audit', [last.seq]),
  };
}

function toEntry(
  { names }: ReadContext,
  row: EventRecord,
  { by, reason, ...detail }: Record<string, Json>,
  keyNames: ReadonlyMap<string, string>,
): AuditEntry {
  const who = textOf(by) ?? 'local';
  return {
    seq: row.seq,
    at: formatMicros(row.receivedAt),
    act: names.nameOf(row.type),
    on: row.subject,
    by: who,
    byName: keyNames.get(who) ?? null,
    reason: textOf(reason),
    detail,
  };
}

function objectOf(value: Json): Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** A page of reprocesses, newest first. */
export function listReprocesses(
  context: ReadContext,
  tenant: TenantId,
  query: PageQuery,
): Page<ReprocessResource> {
  const { db, names } = context;
  const limit = pageSize(query);
  const cursor = decodeCursor('reprocesses', query.cursor, ['number']);
  const tenantId = names.findId(tenant);
  if (tenantId === null) return { items: [], next: null };
  const rows = db
    .select()
    .from(reprocesses)
    .where(
      and(
        ofTenantUnindexed(reprocesses.tenant, tenantId),
        cursor === null ? undefined : lt(reprocesses.id, cursor[0]),
      ),
    )
    .orderBy(desc(reprocesses.id))
    .limit(limit)
    .all();
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    items: rows.map((row) => toReprocess(context, row)),
    next: last === undefined ? null : encodeCursor('reprocesses', [last.id]),
  };
}

export function reprocessById(
  context: ReadContext,
  tenant: TenantId,
  id: Seq,
): ReprocessResource | null {
  const tenantId = context.names.findId(tenant);
  if (tenantId === null) return null;
  const row = context.db
    .select()
    .from(reprocesses)
    .where(and(eq(reprocesses.id, id), eq(reprocesses.tenant, tenantId)))
    .get();
  return row === undefined ? null : toReprocess(context, row);
}

function toReprocess({ names }: ReadContext, row: ReprocessRecord): ReprocessResource {
  return {
    id: row.id,
    saga: names.nameOf(row.saga),
    state: row.endedAt === null ? 'running' : 'done',
    total: row.total,
    done: row.done,
    startedAt: formatMicros(row.at),
    endedAt: row.endedAt === null ? null : formatMicros(row.endedAt),
    by: row.by,
    reason: row.reason,
  };
}
