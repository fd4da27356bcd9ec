import { formatMicros } from '@holdfast/core';
import type { Page, QuarantineResource, QuarantineState, TenantId } from '@holdfast/core';
import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

import type { PageQuery } from '../read-port.ts';
import { quarantine, quarantineResolutions, workItems } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { statementOf } from './ordered-streams.ts';
import { pageSize, parseJson } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

type QuarantineRecord = typeof quarantine.$inferSelect;
type Json = QuarantineResource['context'];
type ResolutionRecord = typeof quarantineResolutions.$inferSelect;

/** A page of quarantine, newest first: of what is open, or of another state. */
export function listQuarantine(
  context: ReadContext,
  tenant: TenantId,
  query: PageQuery & { readonly state?: QuarantineState | 'all' },
): Page<QuarantineResource> {
  const limit = pageSize(query);
  const cursor = decodeCursor('quarantine', query.cursor, ['number']);
  const { state = 'open' } = query;
  const before = cursor === null ? Number.MAX_SAFE_INTEGER : cursor[0];
  const bounds =
    state === 'open'
      ? inArray(quarantine.id, [...openEntries(context, tenant, before, limit)])
      : and(lt(quarantine.id, before), inState(state));
  const rows = quarantineRows(context, tenant, bounds, limit);
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
  readonly resolution: ResolutionRecord | null;
}

function inState(state: Exclude<QuarantineState, 'open'> | 'all'): SQL | undefined {
  return state === 'all' ? undefined : eq(quarantineResolutions.state, state);
}

/** From what is open alone, however much has been resolved. */
function openEntries(
  { sqlite, names }: ReadContext,
  tenant: TenantId,
  before: number,
  limit: number,
): readonly number[] {
  const tenantId = names.findId(tenant);
  if (tenantId === null) return [];
  const rows = statementOf(
    sqlite,
    'SELECT id FROM open_quarantine WHERE +tenant = @tenantId AND id < @before ORDER BY id DESC LIMIT @limit',
  ).all({ tenantId, before, limit }) as { id: number }[];
  return rows.map(({ id }) => id);
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
    .select({
      row: quarantine,
      commandId: workItems.commandId,
      resolution: quarantineResolutions,
    })
    .from(quarantine)
    .leftJoin(workItems, eq(workItems.id, quarantine.itemId))
    .leftJoin(quarantineResolutions, eq(quarantineResolutions.quarantineId, quarantine.id))
    .where(and(eq(quarantine.tenant, tenantId), bounds))
    .orderBy(desc(quarantine.id))
    .limit(limit)
    .all();
}

function toQuarantineResource({ row, commandId, resolution }: QuarantineFound): QuarantineResource {
  const context = parseJson(row.context);
  const head = row.head === null ? null : readHead(row.head);
  return {
    id: row.id,
    at: formatMicros(row.at),
    origin: row.origin,
    code: row.code,
    reason: row.reason,
    context,
    head: head === null ? null : head.text,
    encoding: head === null ? null : head.encoding,
    seq: row.seq,
    commandId,
    state: resolution?.state ?? 'open',
    attempts: numberIn(context, 'attempts') ?? 1,
    next: resolution === null ? nextOf(row, context) : null,
    resolution:
      resolution === null
        ? null
        : {
            at: formatMicros(resolution.at),
            by: resolution.by,
            reason: resolution.reason,
            seq: resolution.seq,
          },
  };
}

/** What a redrive would do; null where there is nothing it could. */
function nextOf(row: QuarantineRecord, context: Json): string | null {
  if (row.origin === 'runner') {
    const saga = textIn(context, 'saga');
    if (saga === null || row.seq === null) return null;
    return `the event at seq ${row.seq} is given to saga ${saga}, from the journal`;
  }
  const bytes = numberIn(context, 'bytes');
  if (row.origin !== 'mqtt' || bytes === null || bytes > (row.head?.length ?? 0)) return null;
  if (row.code === 'event.conflict') return null;
  return `the message is read again as ${textIn(context, 'topic') ?? 'its topic'} is mapped by now`;
}

function memberOf(context: Json, name: string): Json | undefined {
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return undefined;
  return context[name];
}

function numberIn(context: Json, name: string): number | null {
  const found = memberOf(context, name);
  return typeof found === 'number' ? found : null;
}

function textIn(context: Json, name: string): string | null {
  const found = memberOf(context, name);
  return typeof found === 'string' ? found : null;
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
