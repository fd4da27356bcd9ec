/**
 * `GET /v1/events`: a tenant's events by any combination of filters, in order of position.
 *
 * By correlation the index by stretch answers. Else the paths (see `ordered-streams.ts`) are: the index by type, for the type asked for, for the types
 * of operators' acts, or for all types the tenant has; and the journal itself, which is first where no type is asked for.
 */
import { CONTROL_TYPES, HoldfastError } from '@holdfast/core';
import type { EventResource, Page, Seq, TenantId } from '@holdfast/core';
import { inArray } from 'drizzle-orm';

import type { EventQuery } from '../read-port.ts';
import { events } from '../schema.ts';
import { COMMIT_DELAY_MICROS, placeBefore } from './commit-times.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { lastSeq, toEventResource, typesOf } from './event-queries.ts';
import { indexStream, pageOfNumbers } from './ordered-streams.ts';
import type { Order, PageOfNumbers, Stream, Values } from './ordered-streams.ts';
import { parseTime } from './parse-time.ts';
import { pageSize } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { streamNumber } from './stream-number.ts';
import { numbersByStretch } from './stretches.ts';

/** With more types than this a tenant's events are not looked for by each of them. */
const MOST_TYPES = 200;

interface Question {
  readonly context: ReadContext;
  readonly tenant: number;
  readonly order: Order;
  readonly low: Seq;
  readonly high: Seq;
  readonly limit: number;
  readonly passes: readonly string[];
  readonly values: Values;
}

/** @throws HoldfastError `request.invalid` for a cursor, limit, time or stream that is none */
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
  const filters = filtersOf(query);
  const range = seqRange(context, query, cursor === null ? null : cursor[0], order);
  if (tenantId === null || range === null) return { items: [], next: null };
  const type = query.type === undefined ? null : context.names.findId(query.type);
  if (query.type !== undefined && type === null) return { items: [], next: null };
  const question = { context, tenant: tenantId, order, limit, ...range, ...filters };
  const { numbers, next } =
    query.correlationId === undefined
      ? pageOfNumbers({
          order,
          from: order === 'asc' ? range.low : range.high,
          limit,
          paths: pathsOf(question, type, query.stream),
        })
      : byCorrelation(question, query.correlationId, type);
  return {
    items: rowsOf(context, numbers, order).map((row) => toEventResource(context, row)),
    next: next === null ? null : encodeCursor('events', [next, order]),
  };
}

function rowsOf(
  { db }: ReadContext,
  numbers: readonly Seq[],
  order: Order,
): readonly (typeof events.$inferSelect)[] {
  if (numbers.length === 0) return [];
  const found = db
    .select()
    .from(events)
    .where(inArray(events.seq, [...numbers]))
    .all();
  return found.toSorted((a, b) => (order === 'asc' ? a.seq - b.seq : b.seq - a.seq));
}

function pathsOf(
  question: Question,
  type: number | null,
  stream: string | undefined,
): readonly (readonly Stream[])[] {
  if (type !== null) return [[typeStream(question, type)]];
  const { context, tenant } = question;
  if (stream === 'CONTROL_EVENTS') {
    const types = Object.values(CONTROL_TYPES).flatMap((name) => context.names.findId(name) ?? []);
    return [types.map((one) => typeStream(question, one))];
  }
  const journal = indexStream(context.sqlite, {
    ...tableOf(question),
    where: '',
    passes: ['tenant = @tenant', ...question.passes].join(' AND '),
    values: { ...question.values, tenant },
  });
  const types = typesOf(context, tenant, MOST_TYPES + 1);
  if (types.length > MOST_TYPES) return [[journal]];
  return [[journal], types.map((one) => typeStream(question, one))];
}

function typeStream(question: Question, type: number): Stream {
  const { context, tenant, passes, values } = question;
  return indexStream(context.sqlite, {
    ...tableOf(question),
    where: 'tenant = +@tenant AND type = +@type',
    passes: passes.length === 0 ? '1' : passes.join(' AND '),
    values: { ...values, tenant, type },
  });
}

function tableOf({ order, low, high }: Question): {
  readonly table: string;
  readonly number: string;
  readonly order: Order;
  readonly end: number;
} {
  return { table: 'events', number: 'seq', order, end: order === 'asc' ? high : low };
}

function byCorrelation(
  question: Question,
  correlation: string,
  type: number | null,
): PageOfNumbers {
  const { context, tenant, order, low, high, limit, passes, values } = question;
  const where = [
    'correlation_id = @correlation',
    '+tenant = @tenant',
    ...(type === null ? [] : ['+type = @type']),
    ...passes,
  ];
  const numbers = numbersByStretch(context, {
    table: 'events',
    number: 'seq',
    where: where.join(' AND '),
    values: { ...values, correlation, tenant, ...(type === null ? {} : { type }) },
    order,
    low,
    high,
    limit,
  });
  return { numbers, next: numbers.length === limit ? (numbers.at(-1) ?? null) : null };
}

/** Positions that the query's bounds leave; null when they leave none. */
function seqRange(
  context: ReadContext,
  query: EventQuery,
  cursor: Seq | null,
  order: Order,
): { low: Seq; high: Seq } | null {
  let low = (query.after ?? 0) + 1;
  let high = lastSeq(context);
  if (cursor !== null && order === 'asc') low = Math.max(low, cursor + 1);
  if (cursor !== null && order === 'desc') high = Math.min(high, cursor - 1);
  if (query.from !== undefined) {
    low = Math.max(low, placeBefore(context, parseTime('from', query.from)).lastSeq + 1);
  }
  if (query.to !== undefined) {
    const end = placeBefore(context, parseTime('to', query.to) + COMMIT_DELAY_MICROS);
    high = Math.min(high, end.lastSeq);
  }
  return low > high ? null : { low, high };
}

/** What no index answers, cheapest first. */
function filtersOf(query: EventQuery): {
  readonly passes: readonly string[];
  readonly values: Values;
} {
  const values: Record<string, string | number> = {};
  const passes: string[] = [];
  if (query.stream !== undefined) {
    passes.push('stream = @stream');
    values['stream'] = streamNumber(query.stream);
  }
  if (query.from !== undefined) {
    passes.push('received_at >= @since');
    values['since'] = parseTime('from', query.from);
  }
  if (query.to !== undefined) {
    passes.push('received_at <= @until');
    values['until'] = parseTime('to', query.to);
  }
  if (query.text !== undefined) {
    passes.push(
      String.raw`(id LIKE @text ESCAPE '\' OR source LIKE @text ESCAPE '\' OR subject LIKE @text ESCAPE '\')`,
    );
    values['text'] = `%${query.text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  }
  return { passes, values };
}
