import { formatMicros } from '@holdfast/core';
import type { Page, ReprocessResource, Seq, TenantId } from '@holdfast/core';
import { and, desc, eq, lt } from 'drizzle-orm';

import type { PageQuery } from '../read-port.ts';
import { reprocesses } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { ofTenantUnindexed, pageSize } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

type ReprocessRecord = typeof reprocesses.$inferSelect;

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
