/** What the read model answers beside lists of the journal: a wait by its token, event types, the outbox, tenants. */
import { formatMicros } from '@holdfast/core';
import type {
  EffectResource,
  EventTypeResource,
  OpenWait,
  OutboxFilter,
  Page,
  TenantId,
  TenantResource,
} from '@holdfast/core';
import { and, asc, count, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';

import type { UnsettledCount } from '../read-port.ts';
import { instances, keys, waits, workItems } from '../schema.ts';
import { activeManifests, manifestOf } from './control-queries.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { toEffectResource } from './list-queries.ts';
import { ofTenantUnindexed, pageSize } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { tenantIds } from './tenant-ids.ts';

type WaitState = OpenWait['state'];
type Schema = EventTypeResource['schema'];

/** What a stranger with a wait's token may know; null where no wait has it. */
export function waitByToken(context: ReadContext, tokenHash: string): OpenWait | null {
  const { sqlite, names } = context;
  // Stretch by stretch from the newest back. A name used again in a run has the same token: the open one is meant.
  const row = sqlite
    .prepare<[string], TokenRow>(
      `WITH RECURSIVE stretch(n) AS (
         SELECT max(id) >> 10 FROM waits UNION ALL SELECT n - 1 FROM stretch WHERE n > 0)
       SELECT w.id FROM stretch CROSS JOIN waits w ON w.id >> 10 = stretch.n AND w.token_hash = unhex(?) LIMIT 1`,
    )
    .get(tokenHash);
  if (row === undefined) return null;
  const found = context.db
    .select({ wait: waits, saga: instances.saga, release: instances.release })
    .from(waits)
    .innerJoin(instances, eq(instances.id, waits.instanceId))
    .where(eq(waits.id, newestOf(context, row.id)))
    .get();
  if (found === undefined) return null;
  const { wait, saga, release } = found;
  const definition = manifestOf(context, names.nameOf(release))?.waits.find(
    ({ name }) => name === wait.definition,
  );
  const state: WaitState = wait.state;
  return {
    name: wait.name,
    title: definition?.title ?? null,
    saga: names.nameOf(saga),
    state,
    askedAt: formatMicros(wait.openedAt),
    expiresAt: wait.expiresAt === null ? null : formatMicros(wait.expiresAt),
    schema: (definition?.schema as Schema | undefined) ?? null,
    closed: state !== 'open',
  };
}

interface TokenRow {
  readonly id: number;
}

/** The open wait of the same token, or else the newest. */
function newestOf({ sqlite }: ReadContext, id: number): number {
  const row = sqlite
    .prepare<[number], TokenRow>(
      `SELECT o.id FROM waits w JOIN waits o ON o.instance_id = w.instance_id AND o.token_hash = w.token_hash
       WHERE w.id = ? ORDER BY o.state = 'open' DESC, o.id DESC LIMIT 1`,
    )
    .get(id);
  return row?.id ?? id;
}

/** The events that the active releases know, by type. */
export function listEventTypes(context: ReadContext): readonly EventTypeResource[] {
  const types = new Map<string, EventTypeResource>();
  const typeOf = (type: string): EventTypeResource => {
    const known = types.get(type) ?? { type, schema: null, app: null, sagas: [] };
    types.set(type, known);
    return known;
  };
  for (const { app, events, sagas } of activeManifests(context)) {
    for (const { type, schema } of events) {
      const known = typeOf(type);
      if (schema !== undefined) types.set(type, { ...known, schema: schema as Schema, app });
    }
    for (const { name, on, starts } of sagas)
      for (const type of on)
        typeOf(type).sagas.push({ saga: name, app, starts: starts.includes(type) });
  }
  return [...types.values()].toSorted((a, b) => (a.type < b.type ? -1 : 1));
}

const UNSETTLED = ['pending', 'leased', 'held'] as const;

/** A page of what is not settled, the longest due first. */
export function listOutbox(
  context: ReadContext,
  tenant: TenantId,
  query: OutboxFilter,
): Page<EffectResource> {
  const { db, names } = context;
  const limit = pageSize(query);
  const cursor = decodeCursor('outbox', query.cursor, ['number', 'number']);
  const tenantId = names.findId(tenant);
  const effect = query.effect === undefined ? null : names.findId(query.effect);
  if (tenantId === null || (query.effect !== undefined && effect === null))
    return { items: [], next: null };
  const after =
    cursor === null
      ? undefined
      : or(
          gt(workItems.dueAt, cursor[0]),
          and(eq(workItems.dueAt, cursor[0]), gt(workItems.id, cursor[1])),
        );
  // One look into the outbox's own index for each state: it is in the order of due times.
  const rows = (query.state === undefined ? UNSETTLED : [query.state])
    .flatMap((state) =>
      db
        .select({ item: workItems, saga: instances.saga, key: instances.key, run: instances.run })
        .from(workItems)
        .innerJoin(instances, eq(instances.id, workItems.instanceId))
        .where(
          and(
            sql`${workItems.state} <> 'settled'`,
            eq(workItems.state, state),
            ofTenantUnindexed(workItems.tenant, tenantId),
            effect === null ? undefined : eq(workItems.effect, effect),
            cursor === null ? undefined : sql`${workItems.dueAt} >= ${cursor[0]}`,
            after,
          ),
        )
        .orderBy(asc(workItems.dueAt), asc(workItems.id))
        .limit(limit)
        .all(),
    )
    .toSorted((a, b) => a.item.dueAt - b.item.dueAt || a.item.id - b.item.id)
    .slice(0, limit);
  const last = rows.length === limit ? rows.at(-1)?.item : undefined;
  return {
    items: rows.map(({ item, saga, key, run }) =>
      toEffectResource(context, item, { saga: names.nameOf(saga), key, run }),
    ),
    next: last === undefined ? null : encodeCursor('outbox', [last.dueAt, last.id]),
  };
}

/** How many work items each effect has that are not settled, over all tenants. */
export function countUnsettled(context: ReadContext): readonly UnsettledCount[] {
  const { db, names } = context;
  return db
    .select({
      app: workItems.app,
      effect: workItems.effect,
      state: workItems.state,
      count: count(),
    })
    .from(workItems)
    .where(sql`${workItems.state} <> 'settled'`)
    .groupBy(workItems.app, workItems.effect, workItems.state)
    .all()
    .map((row) => ({
      app: names.nameOf(row.app),
      effect: names.nameOf(row.effect),
      state: row.state,
      count: row.count,
    }));
}

/** Whose data there is, or who has a key. */
export function listTenants(context: ReadContext, now: number): readonly TenantResource[] {
  const { db, names } = context;
  const found = new Map<TenantId, TenantResource>();
  const of = (tenant: TenantId): TenantResource => {
    const known = found.get(tenant) ?? { tenant, keys: 0, live: 0 };
    found.set(tenant, known);
    return known;
  };
  for (const id of tenantIds(context.sqlite)) of(names.nameOf(id));
  const owners = db.selectDistinct({ tenant: keys.tenant }).from(keys).all();
  for (const { tenant } of owners) of(tenant);
  const inForce = db
    .select({ tenant: keys.tenant, count: count() })
    .from(keys)
    .where(
      and(isNull(keys.revokedAt), or(isNull(keys.expiresAt), sql`not ${lt(keys.expiresAt, now)}`)),
    )
    .groupBy(keys.tenant)
    .all();
  for (const row of inForce) of(row.tenant).keys = row.count;
  const live = db
    .select({ tenant: instances.tenant, count: count() })
    .from(instances)
    .where(sql`${instances.phase} < 2`)
    .groupBy(instances.tenant)
    .all();
  for (const row of live) of(names.nameOf(row.tenant)).live = row.count;
  return [...found.values()].toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1));
}
