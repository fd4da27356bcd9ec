import type { DispositionResource, EventDetail, Seq, TenantId } from '@holdfast/core';
import { and, eq } from 'drizzle-orm';

import { checkpoints, dispositions, events, instances, transitions } from '../schema.ts';
import { activeSagas } from './control-queries.ts';
import { causeOf, consequencesOf } from './event-links.ts';
import { toEventResource } from './event-queries.ts';
import type { ReadContext } from './read-context.ts';
import { STREAM_NUMBERS } from '../write/journal-rows.ts';

type EventRow = typeof events.$inferSelect;

/** An event and what became of it for each saga (I9); null where the tenant has no such event. */
export function eventDetail(context: ReadContext, tenant: TenantId, seq: Seq): EventDetail | null {
  const tenantId = context.names.findId(tenant);
  if (tenantId === null) return null;
  const row = context.db
    .select()
    .from(events)
    .where(and(eq(events.seq, seq), eq(events.tenant, tenantId)))
    .get();
  if (row === undefined) return null;
  return {
    ...toEventResource(context, row),
    dispositions: whatBecameOf(context, row),
    cause: causeOf(context, row),
    consequences: consequencesOf(context, row),
  };
}

function whatBecameOf(context: ReadContext, event: EventRow): DispositionResource[] {
  const found = [...applied(context, event.seq), ...disposed(context, event.seq)];
  const told = new Set(found.map(({ saga }) => saga));
  // An event that was parked and then applied has both records: the transition is what became of it.
  const unique = found.filter(
    (one, i) => one.status === 'applied' || found.findIndex(({ saga }) => saga === one.saga) === i,
  );
  for (const saga of candidates(context, event)) {
    if (!told.has(saga) && isBehind(context, saga, event))
      unique.push(without('pending', saga, null));
  }
  return unique.length > 0 ? unique : [without('unrouted', null, reasonOf(event))];
}

function applied(context: ReadContext, seq: Seq): DispositionResource[] {
  return context.db
    .select({
      saga: transitions.saga,
      key: instances.key,
      run: instances.run,
      version: transitions.version,
    })
    .from(transitions)
    .innerJoin(instances, eq(instances.id, transitions.instanceId))
    .where(eq(transitions.seq, seq))
    .all()
    .map((row) => ({
      saga: context.names.nameOf(row.saga),
      status: 'applied',
      key: row.key,
      run: row.run,
      version: row.version,
      reason: null,
    }));
}

function disposed(context: ReadContext, seq: Seq): DispositionResource[] {
  return context.db
    .select({
      saga: dispositions.saga,
      status: dispositions.status,
      reason: dispositions.reason,
      key: instances.key,
      run: instances.run,
    })
    .from(dispositions)
    .leftJoin(instances, eq(instances.id, dispositions.instanceId))
    .where(eq(dispositions.seq, seq))
    .all()
    .map((row) => ({
      saga: context.names.nameOf(row.saga) || null,
      status: row.status,
      key: row.key,
      run: row.run,
      version: null,
      reason: row.reason,
    }));
}

/** Sagas that an event without a record may still be on its way to. */
function candidates(context: ReadContext, event: EventRow): readonly string[] {
  const sagas = new Set<string>();
  if (event.stream === STREAM_NUMBERS.AGGREGATE_EVENTS) {
    const type = context.names.nameOf(event.type);
    for (const { name, on } of activeSagas(context)) if (on.includes(type)) sagas.add(name);
  }
  if (event.target !== null) {
    const target = context.db
      .select({ saga: instances.saga })
      .from(instances)
      .where(eq(instances.id, event.target))
      .get();
    if (target !== undefined) sagas.add(context.names.nameOf(target.saga));
  }
  return [...sagas];
}

function isBehind(context: ReadContext, saga: string, event: EventRow): boolean {
  const sagaId = context.names.findId(saga);
  if (sagaId === null) return true;
  const checkpoint = context.db
    .select({ seq: checkpoints.seq })
    .from(checkpoints)
    .where(and(eq(checkpoints.saga, sagaId), eq(checkpoints.tenant, event.tenant)))
    .get();
  return checkpoint === undefined || checkpoint.seq < event.seq;
}

function reasonOf(event: EventRow): string {
  switch (event.stream) {
    case STREAM_NUMBERS.CONTROL_EVENTS:
      return 'the record of an act; no saga takes it';
    case STREAM_NUMBERS.WORKFLOW_EVENTS:
      return 'told to whoever listens; addressed to no instance';
    default:
      return 'no saga took it';
  }
}

function without(
  status: DispositionResource['status'],
  saga: string | null,
  reason: string | null,
): DispositionResource {
  return { saga, status, key: null, run: null, version: null, reason };
}
