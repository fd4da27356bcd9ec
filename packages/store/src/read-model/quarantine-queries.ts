import { formatMicros } from '@holdfast/core';
import type { Page, QuarantineResource, TenantId } from '@holdfast/core';
import { and, desc, eq, lt } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

import type { PageQuery } from '../read-port.ts';
import { quarantine, workItems } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { pageSize, parseJson } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

type QuarantineRecord = typeof quarantine.$inferSelect;

/** A page of quarantine, newest first. */
export function listQuarantine(
  context: ReadContext,
  tenant: TenantId,
  query: PageQuery,
): Page<QuarantineResource> {
  const limit = pageSize(query);
  const cursor = decodeCursor('quarantine', query.cursor, ['number']);
  const rows = quarantineRows(
    context,
    tenant,
    cursor === null ? undefined : lt(quarantine.id, cursor[0]),
    limit,
  );
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    items: rows.map(toQuarantineResource),
    next: last === undefined ? null : encodeCursor('quarantine', [last.row.id]),
  };
}

export function quarantineEntry(
  context: ReadContext,
  tenant: TenantId,
  id: number,
): QuarantineResource | null {
  const [found] = quarantineRows(context, tenant, eq(quarantine.id, id), 1);
  return found === undefined ? null : toQuarantineResource(found);
}

interface QuarantineFound {
  readonly row: QuarantineRecord;
  readonly commandId: string | null;
}

function quarantineRows(
  { db, names }: ReadContext,
  tenant: TenantId,
  bounds: SQL | undefined,
  limit: number,
): readonly QuarantineFound[] {
  const tenantId = names.findId(tenant);
  if (tenantId === null) return [];
  return db
    .select({ row: quarantine, commandId: workItems.commandId })
    .from(quarantine)
    .leftJoin(workItems, eq(workItems.id, quarantine.itemId))
    .where(and(eq(quarantine.tenant, tenantId), bounds))
    .orderBy(desc(quarantine.id))
    .limit(limit)
    .all();
}

function toQuarantineResource({ row, commandId }: QuarantineFound): QuarantineResource {
  const head = row.head === null ? null : readHead(row.head);
  return {
    id: row.id,
    at: formatMicros(row.at),
    origin: row.origin,
    code: row.code,
    reason: row.reason,
    context: parseJson(row.context),
    head: head === null ? null : head.text,
    encoding: head === null ? null : head.encoding,
    seq: row.seq,
    commandId,
  };
}

/** Heads of this length were cut, perhaps within a character (`QuarantineRow.head`). */
const CUT_HEAD_BYTES = 4096;

/** As text where the bytes are UTF-8. */
function readHead(head: Buffer): { text: string; encoding: 'utf8' | 'base64' } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, {
      stream: head.length >= CUT_HEAD_BYTES,
    });
    return { text, encoding: 'utf8' };
  } catch {
    // Not text: that is what the other encoding is for.
    return { text: head.toString('base64'), encoding: 'base64' };
  }
}
