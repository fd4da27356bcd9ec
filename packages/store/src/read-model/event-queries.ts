import type { EventResource, JournalEvent, Seq, TenantId } from '@holdfast/core';
import { formatMicros } from '@holdfast/core';
import { and, asc, desc, eq, gt, min } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

import { commits, events } from '../schema.ts';
import { streamName } from '../write/journal-rows.ts';
import { ofTenantUnindexed, parseJson } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { streamNumber } from './stream-number.ts';

type EventRow = typeof events.$inferSelect;

export function toEventResource(context: ReadContext, row: EventRow): EventResource {
  return {
    seq: row.seq,
    stream: streamName(row.stream),
    specversion: '1.0',
    id: row.id,
    source: row.source,
    type: context.names.nameOf(row.type),
    subject: row.subject,
    time: row.time,
    receivedAt: formatMicros(row.receivedAt),
    tenant: context.names.nameOf(row.tenant),
    correlationId: row.correlationId,
    causationId: row.causationId,
    traceparent: row.traceparent,
    data: parseJson(row.data),
  };
}

export function lastSeq({ db }: ReadContext): Seq {
  return (
    db.select({ seq: commits.lastSeq }).from(commits).orderBy(desc(commits.no)).limit(1).get()
      ?.seq ?? 0
  );
}

/** Farther back than this a tenant's events are found by its types rather than among everybody's. */
const NEAR_END = 10_000;

/** Events of one tenant, or of all, after a position, oldest first. */
export function eventsAfter(
  context: ReadContext,
  tenant: TenantId | null,
  after: Seq,
  limit: number,
  stream?: string,
): readonly JournalEvent[] {
  const tenantId = tenant === null ? null : context.names.findId(tenant);
  if (tenant !== null && tenantId === null) return [];
  const ofStream = stream === undefined ? undefined : eq(events.stream, streamNumber(stream));
  const read = (...filters: readonly (SQL | undefined)[]): EventRow[] =>
    context.db
      .select()
      .from(events)
      .where(and(gt(events.seq, after), ofStream, ...filters))
      .orderBy(asc(events.seq))
      .limit(limit)
      .all();
  const rows =
    tenantId === null
      ? read()
      : lastSeq(context) - after <= NEAR_END
        ? read(ofTenantUnindexed(events.tenant, tenantId))
        : typesOf(context, tenantId)
            .flatMap((type) => read(eq(events.tenant, tenantId), eq(events.type, type)))
            .toSorted((a, b) => a.seq - b.seq)
            .slice(0, limit);
  return rows.map((row) => toJournalEvent(context, row));
}

/** The distinct types of a tenant's events, each found by one step through the index. */
export function typesOf({ db }: ReadContext, tenant: number, most = Infinity): readonly number[] {
  const found: number[] = [];
  while (found.length < most) {
    const next = db
      .select({ type: min(events.type) })
      .from(events)
      .where(and(eq(events.tenant, tenant), gt(events.type, found.at(-1) ?? 0)))
      .get();
    if (next === undefined || next.type === null) return found;
    found.push(next.type);
  }
  return found;
}

function toJournalEvent(context: ReadContext, row: EventRow): JournalEvent {
  return {
    seq: row.seq,
    stream: streamName(row.stream),
    tenant: context.names.nameOf(row.tenant),
    type: context.names.nameOf(row.type),
    receivedAt: row.receivedAt,
    id: row.id,
    source: row.source,
    subject: row.subject,
    time: row.time,
    dataSchema: row.dataSchema,
    correlationId: row.correlationId,
    causationId: row.causationId,
    traceparent: row.traceparent,
    extensions: row.extensions,
    data: row.data,
  };
}
