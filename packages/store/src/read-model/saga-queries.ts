import { formatMicros, jsonChanges } from '@holdfast/core';
import type {
  InstanceStatusWire,
  Page,
  SagaDetail,
  SagaSummary,
  StateAt,
  TenantId,
} from '@holdfast/core';
import { and, asc, between, desc, eq, gt, gte, lt, notExists, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';

import type { SagaQuery } from '../read-port.ts';
import { instances, transitions, waits } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { effectAnswers } from './effect-answers.ts';
import type { InstanceRecord } from './instance-record.ts';
import { causeOf, childrenOf, parentOf, searchOf } from './instance-facts.ts';
import { toWaitResource } from './list-queries.ts';
import { ofTenantUnindexed, pageSize, parseJson, parseOptional } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { searchInstances } from './saga-search.ts';
import { walk } from './walk.ts';

export interface Address {
  readonly tenant: TenantId;
  readonly saga: string;
  readonly key: string;
  readonly run?: number | undefined;
}

/** The current run of a key, or the run asked for. */
export function findInstance(context: ReadContext, of: Address): InstanceRecord | null {
  const tenant = context.names.findId(of.tenant);
  const saga = context.names.findId(of.saga);
  if (tenant === null || saga === null) return null;
  const row = context.db
    .select()
    .from(instances)
    .where(
      and(
        eq(instances.tenant, tenant),
        eq(instances.saga, saga),
        eq(instances.key, of.key),
        of.run === undefined ? undefined : eq(instances.run, of.run),
      ),
    )
    .orderBy(desc(instances.run))
    .limit(1)
    .get();
  return row ?? null;
}

function toSummary(context: ReadContext, row: InstanceRecord): SagaSummary {
  return {
    saga: context.names.nameOf(row.saga),
    key: row.key,
    run: row.run,
    status: row.status,
    version: row.version,
    app: context.names.nameOf(row.app),
    release: context.names.nameOf(row.release),
    startedAt: formatMicros(row.startedAt),
    updatedAt: formatMicros(row.updatedAt),
    blockedBy:
      row.blockedBy === null ? null : (JSON.parse(row.blockedBy) as SagaSummary['blockedBy']),
  };
}

/** Waits shown with an instance: the open ones, then the latest. */
const SHOWN_WAITS = 100;
/** Changes of the state shown with a version. */
const SHOWN_CHANGES = 500;

export function sagaDetail(context: ReadContext, of: Address): SagaDetail | null {
  const row = findInstance(context, of);
  if (row === null) return null;
  const last = context.db
    .select({ state: transitions.state })
    .from(transitions)
    .where(and(eq(transitions.instanceId, row.id), eq(transitions.version, row.version)))
    .get();
  const latest = context.db
    .select()
    .from(waits)
    .where(eq(waits.instanceId, row.id))
    .orderBy(desc(sql`${waits.state} = 'open'`), desc(waits.id))
    .limit(SHOWN_WAITS)
    .all()
    .toReversed();
  return {
    ...toSummary(context, row),
    tenant: of.tenant,
    correlationId: row.correlationId,
    state: parseOptional(last?.state ?? null),
    result: parseOptional(row.result),
    failure: parseOptional(row.failure),
    undo: parseJson(row.undo),
    waits: latest.map((wait) => toWaitResource(wait, { saga: of.saga, key: of.key })),
    search: searchOf(context, row),
    cause: causeOf(context, row),
    parent: parentOf(context, row),
    children: childrenOf(context, row),
    effects: effectAnswers(context, row).map(({ answer }) => answer),
  };
}

export function stateAt(context: ReadContext, of: Address, version: number): StateAt | null {
  const instance = findInstance(context, of);
  if (instance === null) return null;
  const row = context.db
    .select()
    .from(transitions)
    .where(and(eq(transitions.instanceId, instance.id), eq(transitions.version, version)))
    .get();
  if (row === undefined) return null;
  const before = context.db
    .select({ state: transitions.state })
    .from(transitions)
    .where(and(eq(transitions.instanceId, instance.id), eq(transitions.version, version - 1)))
    .get();
  const state = parseJson(row.state);
  return {
    version,
    seq: row.seq,
    recordedAt: formatMicros(row.recordedAt),
    release: context.names.nameOf(row.release),
    state,
    stateHash: row.stateHash,
    decision: parseJson(row.decision),
    changes: jsonChanges(
      before === undefined ? undefined : parseJson(before.state),
      state,
      SHOWN_CHANGES,
    ),
  };
}

/** A page of a tenant's current runs, newest first; by key where a saga and the beginning of its keys are given. */
export function listSagas(
  context: ReadContext,
  tenant: TenantId,
  query: SagaQuery,
): Page<SagaSummary> {
  const limit = pageSize(query);
  const tenantId = context.names.findId(tenant);
  const saga = query.saga === undefined ? null : context.names.findId(query.saga);
  const { search = [] } = query;
  if (search.length > 0) {
    const isKnown = query.saga === undefined || saga !== null;
    const { rows, next } = searchInstances(context, {
      tenant: isKnown ? tenantId : null,
      saga,
      search,
      cursor: query.cursor,
      limit,
      filters: () => [
        query.status === undefined ? undefined : eq(instances.status, query.status),
        query.key === undefined ? undefined : startsWith(query.key),
        isCurrentRun(context),
      ],
    });
    return { items: rows.map((row) => toSummary(context, row)), next };
  }
  const isByKey = query.saga !== undefined && query.key !== undefined;
  // Taken apart before anything else, so that a wrong cursor is refused even where there is nothing to list.
  const keyCursor = isByKey ? decodeCursor('sagas.key', query.cursor, ['string']) : null;
  const idCursor = isByKey ? null : decodeCursor('sagas', query.cursor, ['number']);
  if (tenantId === null || (query.saga !== undefined && saga === null))
    return { items: [], next: null };
  // In order of number, unless a status or the beginning of a key names an index that begins with the tenant.
  const isIndexed = isByKey || query.status !== undefined;
  const filters: (SQL | undefined)[] = [
    isIndexed ? eq(instances.tenant, tenantId) : ofTenantUnindexed(instances.tenant, tenantId),
    saga === null ? undefined : eq(instances.saga, saga),
    query.status === undefined ? undefined : statusFilter(query.status),
    query.key === undefined ? undefined : startsWith(query.key),
    isCurrentRun(context),
  ];
  if (isByKey && query.key !== undefined) {
    return byKey(context, filters, query.key, keyCursor === null ? null : keyCursor[0], limit);
  }
  const newest = context.db
    .select({ id: instances.id })
    .from(instances)
    .orderBy(desc(instances.id))
    .limit(1)
    .get();
  const { rows, next } = walk<InstanceRecord>({
    order: 'desc',
    low: 1,
    high: idCursor === null ? (newest?.id ?? 0) : idCursor[0] - 1,
    limit,
    read: (low, high, most) =>
      context.db
        .select()
        .from(instances)
        .where(and(between(instances.id, low, high), ...filters))
        .orderBy(desc(instances.id))
        .limit(most)
        .all(),
    numberOf: (row) => row.id,
  });
  return {
    items: rows.map((row) => toSummary(context, row)),
    next: next === null ? null : encodeCursor('sagas', [next]),
  };
}

function byKey(
  context: ReadContext,
  filters: readonly (SQL | undefined)[],
  prefix: string,
  after: string | null,
  limit: number,
): Page<SagaSummary> {
  const rows = context.db
    .select()
    .from(instances)
    .where(
      and(
        ...filters,
        after === null ? gte(instances.key, prefix) : gt(instances.key, after),
        lt(instances.key, prefix + LAST_CHARACTER),
      ),
    )
    .orderBy(asc(instances.key))
    .limit(limit)
    .all();
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    items: rows.map((row) => toSummary(context, row)),
    next: last === undefined ? null : encodeCursor('sagas.key', [last.key]),
  };
}

/** Sorts after every other: the end of all keys with a prefix. */
const LAST_CHARACTER = '\u{10FFFF}';

function startsWith(prefix: string): SQL {
  return sql`substr(${instances.key}, 1, length(${prefix})) = ${prefix}`;
}

/** Says the phase as well, so that the index of that phase can answer. */
function statusFilter(status: InstanceStatusWire): SQL | undefined {
  switch (status) {
    case 'blocked':
      return and(eq(instances.status, status), sql`${instances.phase} = 1`);
    case 'completed':
    case 'compensated':
    case 'failed':
    case 'cancelled':
      return and(eq(instances.status, status), sql`${instances.phase} = 2`);
    default:
      return and(eq(instances.status, status), sql`${instances.phase} < 2`);
  }
}

function isCurrentRun({ db }: ReadContext): SQL {
  const later = alias(instances, 'later');
  return notExists(
    db
      .select({ one: sql`1` })
      .from(later)
      .where(
        and(
          eq(later.tenant, instances.tenant),
          eq(later.saga, instances.saga),
          eq(later.key, instances.key),
          gt(later.run, instances.run),
        ),
      ),
  );
}
