import { formatMicros, HoldfastError } from '@holdfast/core';
import type { EffectDetail, EffectResource, Page, TenantId, WaitResource } from '@holdfast/core';
import { eq, inArray } from 'drizzle-orm';

import type { PageQuery } from '../read-port.ts';
import { events, instances, waits, workItems } from '../schema.ts';
import { effectTimeline } from './effect-timeline.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { indexStream, pageOfNumbers, statementOf } from './ordered-streams.ts';
import { pageSize, parseJson, parseOptional } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { numbersByStretch } from './stretches.ts';

type WaitRecord = typeof waits.$inferSelect;
type ItemRecord = typeof workItems.$inferSelect;

const EMPTY = { items: [], next: null } as const;

export function toWaitResource(row: WaitRecord, of: { saga: string; key: string }): WaitResource {
  return {
    saga: of.saga,
    key: of.key,
    name: row.name,
    step: row.step,
    definition: row.definition,
    state: row.state,
    openedAt: formatMicros(row.openedAt),
    expiresAt: row.expiresAt === null ? null : formatMicros(row.expiresAt),
  };
}

const WAIT_STATES = ['open', 'completed', 'failed', 'expired', 'closed'] as const;

export function oneOf<const T extends string>(
  field: string,
  given: string,
  known: readonly T[],
): T {
  const found = known.find((one) => one === given);
  if (found !== undefined) return found;
  throw new HoldfastError('request.invalid', `${field} must be one of ${known.join(', ')}`, {
    faults: [{ at: field, message: `one of ${known.join(', ')}` }],
  });
}

/** A page of waits, newest first. */
export function listWaits(
  context: ReadContext,
  tenant: TenantId,
  query: PageQuery & { readonly saga?: string; readonly state?: string },
): Page<WaitResource> {
  const limit = pageSize(query);
  const cursor = decodeCursor('waits', query.cursor, ['number']);
  const state = query.state === undefined ? null : oneOf('state', query.state, WAIT_STATES);
  const tenantId = context.names.findId(tenant);
  const saga = query.saga === undefined ? null : context.names.findId(query.saga);
  if (tenantId === null || (query.saga !== undefined && saga === null)) return EMPTY;
  const { sqlite, db, names } = context;
  const newest = statementOf(sqlite, 'SELECT max(id) AS id FROM waits').get() as {
    id: number | null;
  };
  const isOpen = state === 'open';
  const passes = [
    ...(isOpen ? [] : ['tenant = @tenant']),
    ...(state === null || isOpen ? [] : ['state = @state']),
    ...(saga === null ? [] : ['(SELECT saga FROM instances WHERE id = waits.instance_id) = @saga']),
  ];
  const { numbers, next } = pageOfNumbers({
    order: 'desc',
    from: cursor === null ? (newest.id ?? 0) : cursor[0] - 1,
    limit,
    paths: [
      [
        indexStream(sqlite, {
          table: 'waits',
          number: 'id',
          order: 'desc',
          end: 1,
          // Said as the index says it, so that it can answer.
          where: isOpen ? "tenant = +@tenant AND state = 'open'" : '',
          passes: passes.length === 0 ? '1' : passes.join(' AND '),
          values: {
            tenant: tenantId,
            ...(state === null || isOpen ? {} : { state }),
            ...(saga === null ? {} : { saga }),
          },
        }),
      ],
    ],
  });
  if (numbers.length === 0)
    return { items: [], next: next === null ? null : encodeCursor('waits', [next]) };
  const rows = db
    .select({ wait: waits, saga: instances.saga, key: instances.key })
    .from(waits)
    .innerJoin(instances, eq(instances.id, waits.instanceId))
    .where(inArray(waits.id, [...numbers]))
    .all()
    .toSorted((a, b) => b.wait.id - a.wait.id);
  return {
    items: rows.map((row) =>
      toWaitResource(row.wait, { saga: names.nameOf(row.saga), key: row.key }),
    ),
    next: next === null ? null : encodeCursor('waits', [next]),
  };
}

/** One effect in full; null where the tenant has none with this command id. */
export function effectDetail(
  context: ReadContext,
  tenant: TenantId,
  commandId: string,
): EffectDetail | null {
  const { sqlite, db, names } = context;
  const tenantId = names.findId(tenant);
  if (tenantId === null) return null;
  const newest = statementOf(sqlite, 'SELECT max(id) AS id FROM work_items').get() as {
    id: number | null;
  };
  const [id] = numbersByStretch(context, {
    table: 'work_items',
    number: 'id',
    where: 't.command_id = unhex(@commandId) AND +tenant = @tenant',
    values: { commandId, tenant: tenantId },
    order: 'desc',
    low: 1,
    high: newest.id ?? 0,
    limit: 1,
  });
  if (id === undefined) return null;
  const found = db
    .select({ item: workItems, saga: instances.saga, key: instances.key, run: instances.run })
    .from(workItems)
    .innerJoin(instances, eq(instances.id, workItems.instanceId))
    .where(eq(workItems.id, id))
    .get();
  return found === undefined ? null : toEffectDetail(context, found);
}

function toEffectDetail(
  context: ReadContext,
  { item, saga, key, run }: { item: ItemRecord; saga: number; key: string; run: number },
): EffectDetail {
  const { db, names } = context;
  const outcome =
    item.outcomeSeq === null
      ? undefined
      : db.select({ data: events.data }).from(events).where(eq(events.seq, item.outcomeSeq)).get();
  return {
    ...toEffectResource(context, item, { saga: names.nameOf(saga), key, run }),
    input: parseJson(item.input),
    undoes: item.undoes,
    result: parseOptional(outcome?.data ?? null),
    outcomeSeq: item.outcomeSeq,
    firstAttemptAt: item.firstAttemptAt === null ? null : formatMicros(item.firstAttemptAt),
    timeline: effectTimeline(context, item),
  };
}

export function toEffectResource(
  { names }: ReadContext,
  item: ItemRecord,
  of: { saga: string; key: string; run: number },
): EffectResource {
  return {
    kind: item.kind,
    commandId: item.commandId,
    ...of,
    step: item.step,
    effect: names.nameOf(item.effect),
    state: item.state,
    outcome: item.outcome,
    attempts: item.attempts,
    doubtful: item.doubtful === 1,
    createdAt: formatMicros(item.createdAt),
    dueAt: item.state === 'settled' ? null : formatMicros(item.dueAt),
  };
}
