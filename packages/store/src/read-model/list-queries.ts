import { formatMicros, HoldfastError } from '@holdfast/core';
import type { EffectDetail, EffectResource, Page, TenantId, WaitResource } from '@holdfast/core';
import { and, between, desc, eq, lt, max, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

import type { PageQuery } from '../read-port.ts';
import { events, instances, waits, workItems } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { ofTenantUnindexed, pageSize, parseJson, parseOptional } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { walk } from './walk.ts';

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
const ITEM_STATES = ['pending', 'leased', 'held', 'settled'] as const;

function oneOf<const T extends string>(field: string, given: string, known: readonly T[]): T {
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
  const { db, names } = context;
  const newest =
    db
      .select({ id: max(waits.id) })
      .from(waits)
      .get()?.id ?? 0;
  const filters: (SQL | undefined)[] = [
    state === 'open' ? eq(waits.tenant, tenantId) : ofTenantUnindexed(waits.tenant, tenantId),
    saga === null ? undefined : eq(instances.saga, saga),
    // Said as the index says it, so that it can answer.
    state === null
      ? undefined
      : state === 'open'
        ? sql`${waits.state} = 'open'`
        : eq(waits.state, state),
  ];
  const { rows, next } = walk({
    order: 'desc',
    low: 1,
    high: cursor === null ? newest : cursor[0] - 1,
    limit,
    read: (low, high, most) =>
      db
        .select({ wait: waits, saga: instances.saga, key: instances.key })
        .from(waits)
        .innerJoin(instances, eq(instances.id, waits.instanceId))
        .where(and(between(waits.id, low, high), ...filters))
        .orderBy(desc(waits.id))
        .limit(most)
        .all(),
    numberOf: ({ wait }) => wait.id,
  });
  return {
    items: rows.map((row) =>
      toWaitResource(row.wait, { saga: names.nameOf(row.saga), key: row.key }),
    ),
    next: next === null ? null : encodeCursor('waits', [next]),
  };
}

/** A page of work items, newest first. */
export function listEffects(
  context: ReadContext,
  tenant: TenantId,
  query: PageQuery & { readonly state?: string; readonly effect?: string },
): Page<EffectResource> {
  const limit = pageSize(query);
  const cursor = decodeCursor('effects', query.cursor, ['number']);
  const state = query.state === undefined ? null : oneOf('state', query.state, ITEM_STATES);
  const { db, names } = context;
  const tenantId = names.findId(tenant);
  const effect = query.effect === undefined ? null : names.findId(query.effect);
  if (tenantId === null || (query.effect !== undefined && effect === null)) return EMPTY;
  const filters: (SQL | undefined)[] = [
    eq(workItems.tenant, tenantId),
    effect === null ? undefined : eq(workItems.effect, effect),
    state === null ? undefined : eq(workItems.state, state),
  ];
  const read = (bounds: SQL | undefined, most: number) =>
    db
      .select({ item: workItems, saga: instances.saga, key: instances.key, run: instances.run })
      .from(workItems)
      .innerJoin(instances, eq(instances.id, workItems.instanceId))
      .where(and(bounds, ...filters))
      .orderBy(desc(workItems.id))
      .limit(most)
      .all();
  const high =
    cursor === null
      ? (db
          .select({ id: max(workItems.id) })
          .from(workItems)
          .get()?.id ?? 0)
      : cursor[0] - 1;
  const { rows, next } =
    state === 'held' || state === 'leased'
      ? few(
          read(and(lt(workItems.id, high + 1), sql`${workItems.state} <> 'settled'`), limit),
          limit,
        )
      : walk({
          order: 'desc',
          low: 1,
          high,
          limit,
          read: (low, top, most) => read(between(workItems.id, low, top), most),
          numberOf: ({ item }) => item.id,
        });
  return {
    items: rows.map(({ item, saga, key, run }) =>
      toEffectResource(context, item, { saga: names.nameOf(saga), key, run }),
    ),
    next: next === null ? null : encodeCursor('effects', [next]),
  };
}

/** What is leased or held is never much: the outbox's own index answers, wherever the rows stand. */
function few<Row extends { readonly item: ItemRecord }>(rows: readonly Row[], limit: number) {
  return { rows, next: rows.length === limit ? (rows.at(-1)?.item.id ?? null) : null };
}

/** One effect in full; null where the tenant has none with this command id. */
export function effectDetail(
  context: ReadContext,
  tenant: TenantId,
  commandId: string,
): EffectDetail | null {
  const { db, names } = context;
  const tenantId = names.findId(tenant);
  if (tenantId === null) return null;
  const newest =
    db
      .select({ id: max(workItems.id) })
      .from(workItems)
      .get()?.id ?? 0;
  const read = db
    .select({ item: workItems, saga: instances.saga, key: instances.key, run: instances.run })
    .from(workItems)
    .innerJoin(instances, eq(instances.id, workItems.instanceId))
    .where(
      and(
        sql`${workItems.id} >> 10 = ${sql.placeholder('stretch')}`,
        eq(workItems.commandId, commandId),
        ofTenantUnindexed(workItems.tenant, tenantId),
      ),
    )
    .prepare();
  // The index by command is cut into stretches: from the newest back.
  for (let stretch = newest >> 10; stretch >= 0; stretch -= 1) {
    const found = read.get({ stretch });
    if (found !== undefined) return toEffectDetail(context, found);
  }
  return null;
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
