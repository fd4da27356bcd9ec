import { HoldfastError } from '@holdfast/core';
import type { EventResource, JournalEvent, Page, Seq, StreamName, TenantId } from '@holdfast/core';
import { formatMicros } from '@holdfast/core';
import { and, asc, between, desc, eq, gt, gte, lte, min, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

import type { EventQuery } from '../read-port.ts';
import { commits, events } from '../schema.ts';
import { STREAM_NUMBERS, streamName } from '../write/journal-rows.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { ofTenantUnindexed, pageSize, parseJson } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { walk } from './walk.ts';
import type { Walked } from './walk.ts';

type EventRow = typeof events.$inferSelect;

/** Longest an event waits between being received and being committed, as far as a search by time allows for it. */
const COMMIT_DELAY_MICROS = 600 * 1_000_000;

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

/** A page of a tenant's events. */
export function listEvents(
  context: ReadContext,
  tenant: TenantId,
  query: EventQuery,
): Page<EventResource> {
  const limit = pageSize(query);
  const order = query.order ?? 'desc';
  const cursor = decodeCursor('events', query.cursor, ['number', 'string']);
  if (cursor !== null && cursor[1] !== order) {
    throw new HoldfastError('request.invalid', `this cursor goes on in order ${cursor[1]}`, {
      faults: [{ at: 'order', message: `the cursor's is ${cursor[1]}` }],
    });
  }
  const tenantId = context.names.findId(tenant);
  const range = seqRange(context, query, cursor === null ? null : cursor[0], order);
  if (tenantId === null || range === null) return { items: [], next: null };
  const { rows, next } = readPage(context, { query, tenantId, order, limit, ...range });
  return {
    items: rows.map((row) => toEventResource(context, row)),
    next: next === null ? null : encodeCursor('events', [next, order]),
  };
}

interface PageRead {
  readonly query: EventQuery;
  readonly tenantId: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly low: Seq;
  readonly high: Seq;
}

function readPage(context: ReadContext, page: PageRead): Walked<EventRow> {
  const { query, tenantId, order, limit } = page;
  // With a type the index by tenant and type answers; else the order by position does.
  const ofTenant =
    query.type === undefined
      ? ofTenantUnindexed(events.tenant, tenantId)
      : eq(events.tenant, tenantId);
  const filters: (SQL | undefined)[] = [ofTenant];
  if (query.stream !== undefined) filters.push(eq(events.stream, streamNumber(query.stream)));
  if (query.from !== undefined) filters.push(gte(events.receivedAt, parseTime('from', query.from)));
  if (query.to !== undefined) filters.push(lte(events.receivedAt, parseTime('to', query.to)));
  if (query.type !== undefined) {
    const type = context.names.findId(query.type);
    if (type === null) return { rows: [], next: null };
    filters.push(eq(events.type, type));
  }
  const { correlationId } = query;
  if (correlationId !== undefined) filters.push(eq(events.correlationId, correlationId));
  const sorted = order === 'asc' ? asc(events.seq) : desc(events.seq);
  const read = (low: Seq, high: Seq, most: number): readonly EventRow[] =>
    context.db
      .select()
      .from(events)
      .where(and(between(events.seq, low, high), ...filters))
      .orderBy(sorted)
      .limit(most)
      .all();
  const numberOf = (row: EventRow): Seq => row.seq;
  if (correlationId !== undefined) return byStretch(context, page, filters, sorted);
  if (query.type !== undefined) {
    // `events_type` is in order of position within a type: no need to look at others.
    const rows = read(page.low, page.high, limit);
    return { rows, next: rows.length === limit ? (rows.at(-1)?.seq ?? null) : null };
  }
  return walk({ order, low: page.low, high: page.high, limit, read, numberOf });
}

/** By correlation: the index is cut into stretches of the journal; each is asked in turn. */
function byStretch(
  { db }: ReadContext,
  { order, low, high, limit }: PageRead,
  filters: readonly (SQL | undefined)[],
  sorted: SQL,
): Walked<EventRow> {
  const rows: EventRow[] = [];
  const firstStretch = Math.floor(low / STRETCH);
  const lastStretch = Math.floor(high / STRETCH);
  // `+`: the index by stretch is the one to use, not the order of positions.
  const inBounds = sql`+${events.seq} BETWEEN ${low} AND ${high}`;
  const read = db
    .select()
    .from(events)
    .where(and(sql`${events.seq} >> 10 = ${sql.placeholder('stretch')}`, inBounds, ...filters))
    .orderBy(sorted)
    .limit(sql.placeholder('most'))
    .prepare();
  for (let i = 0; i <= lastStretch - firstStretch; i++) {
    const stretch = order === 'asc' ? firstStretch + i : lastStretch - i;
    rows.push(...read.all({ stretch, most: limit - rows.length }));
    if (rows.length === limit) return { rows, next: rows.at(-1)?.seq ?? null };
  }
  return { rows, next: null };
}

/** Events in one stretch of `events_correlation`. */
const STRETCH = 1024;

/** Positions that the query's bounds leave; null when they leave none. */
function seqRange(
  context: ReadContext,
  query: EventQuery,
  cursor: Seq | null,
  order: 'asc' | 'desc',
): { low: Seq; high: Seq } | null {
  let low = (query.after ?? 0) + 1;
  let high = lastSeq(context);
  if (cursor !== null && order === 'asc') low = Math.max(low, cursor + 1);
  if (cursor !== null && order === 'desc') high = Math.min(high, cursor - 1);
  if (query.from !== undefined) {
    low = Math.max(low, seqBefore(context, parseTime('from', query.from)) + 1);
  }
  if (query.to !== undefined) {
    high = Math.min(high, seqBefore(context, parseTime('to', query.to) + COMMIT_DELAY_MICROS));
  }
  return low > high ? null : { low, high };
}

export function lastSeq({ db }: ReadContext): Seq {
  return (
    db.select({ seq: commits.lastSeq }).from(commits).orderBy(desc(commits.no)).limit(1).get()
      ?.seq ?? 0
  );
}

/** The last position committed before `time`. Commits are dense and their times only go forward: halving finds it. */
function seqBefore({ db }: ReadContext, time: number): Seq {
  const read = db
    .select({ at: commits.at, lastSeq: commits.lastSeq })
    .from(commits)
    .where(eq(commits.no, sql.placeholder('no')))
    .prepare();
  let below = 0;
  let seq = 0;
  let above =
    (db.select({ no: commits.no }).from(commits).orderBy(desc(commits.no)).limit(1).get()?.no ??
      0) + 1;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    const row = read.get({ no: middle });
    if (row !== undefined && row.at < time) {
      below = middle;
      seq = row.lastSeq;
    } else {
      above = middle;
    }
  }
  return seq;
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
function typesOf({ db }: ReadContext, tenant: number): readonly number[] {
  const found: number[] = [];
  for (;;) {
    const next = db
      .select({ type: min(events.type) })
      .from(events)
      .where(and(eq(events.tenant, tenant), gt(events.type, found.at(-1) ?? 0)))
      .get();
    if (next === undefined || next.type === null) return found;
    found.push(next.type);
  }
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

const STREAMS: ReadonlySet<string> = new Set<StreamName>([
  'AGGREGATE_EVENTS',
  'WORKFLOW_EVENTS',
  'CONTROL_EVENTS',
]);

function isStream(text: string): text is StreamName {
  return STREAMS.has(text);
}

function streamNumber(stream: string): number {
  if (isStream(stream)) return STREAM_NUMBERS[stream];
  throw new HoldfastError('request.invalid', `there is no stream ${stream}`, {
    faults: [{ at: 'stream', message: `one of ${[...STREAMS].join(', ')}` }],
  });
}

/** Microseconds of an RFC 3339 time. Digits past the microsecond are dropped. */
function parseTime(field: string, text: string): number {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i.exec(text);
  const whole =
    found === null ? Number.NaN : Date.parse(`${found[1] ?? ''}${found[3] ?? ''}`.toUpperCase());
  if (Number.isNaN(whole)) {
    throw new HoldfastError('request.invalid', `${field} is not an RFC 3339 time: ${text}`, {
      faults: [{ at: field, message: 'for example 2026-11-21T09:00:00Z' }],
    });
  }
  return whole * 1000 + Number((found?.[2] ?? '').padEnd(6, '0').slice(0, 6));
}
