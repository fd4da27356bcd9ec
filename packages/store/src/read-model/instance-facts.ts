/** Facts of one run beside its row: what started it, what it started, what it is found by. */
import { formatMicros, RESERVED_SOURCE_PREFIX } from '@holdfast/core';
import type { Cause, ChildInstance, InstanceRef, SagaDetail } from '@holdfast/core';
import { and, asc, desc, eq } from 'drizzle-orm';

import { dispositions, events, instances, searchFields, transitions } from '../schema.ts';
import type { ReadContext } from './read-context.ts';
import type { InstanceRecord } from './instance-record.ts';

/** Children shown with an instance: the newest. */
const SHOWN_CHILDREN = 100;
const SAGA_SOURCE = `${RESERVED_SOURCE_PREFIX}saga/`;
/** Decisions of a publisher that are looked through for the one that published. */
const LOOKED_DECISIONS = 1_000;

type EventRow = Pick<
  typeof events.$inferSelect,
  'seq' | 'id' | 'type' | 'source' | 'receivedAt' | 'correlationId' | 'causationId'
>;

/** In order of the field's name. */
export function searchOf({ db, names }: ReadContext, { id }: InstanceRecord): SagaDetail['search'] {
  const rows = db
    .select({ name: searchFields.name, value: searchFields.value })
    .from(searchFields)
    .where(eq(searchFields.instanceId, id))
    .all();
  return rows
    .map(({ name, value }) => ({ field: names.nameOf(name), value }))
    .toSorted((a, b) => (a.field < b.field ? -1 : 1));
}

export function parentOf(context: ReadContext, row: InstanceRecord): SagaDetail['parent'] {
  if (row.parentId === null) return null;
  const parent = context.db.select().from(instances).where(eq(instances.id, row.parentId)).get();
  return parent === undefined ? null : { ...toRef(context, parent), step: row.parentStep ?? '' };
}

export function childrenOf(context: ReadContext, { id }: InstanceRecord): ChildInstance[] {
  return context.db
    .select()
    .from(instances)
    .where(eq(instances.parentId, id))
    .orderBy(desc(instances.id))
    .limit(SHOWN_CHILDREN)
    .all()
    .toReversed()
    .map((child) => ({
      ...toRef(context, child),
      step: child.parentStep ?? '',
      status: child.status,
    }));
}

/** What started the run; null where that is no longer there. */
export function causeOf(context: ReadContext, row: InstanceRecord): Cause | null {
  const event = firstEvent(context, row);
  if (event === undefined) return null;
  const isOfSaga = event.source.startsWith(SAGA_SOURCE);
  const saga = isOfSaga ? event.source.slice(SAGA_SOURCE.length) : null;
  return {
    seq: event.seq,
    id: event.id,
    type: context.names.nameOf(event.type),
    source: event.source,
    receivedAt: formatMicros(event.receivedAt),
    saga,
    instance: saga === null ? null : publisherOf(context, row, saga, event),
  };
}

/** The event of its first decision, or the one that it was blocked at before it could decide. */
function firstEvent({ db }: ReadContext, { id }: InstanceRecord): EventRow | undefined {
  const columns = {
    seq: events.seq,
    id: events.id,
    type: events.type,
    source: events.source,
    receivedAt: events.receivedAt,
    correlationId: events.correlationId,
    causationId: events.causationId,
  };
  const decided = db
    .select(columns)
    .from(transitions)
    .innerJoin(events, eq(events.seq, transitions.seq))
    .where(and(eq(transitions.instanceId, id), eq(transitions.version, 1)))
    .get();
  if (decided !== undefined) return decided;
  return db
    .select(columns)
    .from(dispositions)
    .innerJoin(events, eq(events.seq, dispositions.seq))
    .where(eq(dispositions.instanceId, id))
    .orderBy(asc(dispositions.seq))
    .limit(1)
    .get();
}

/**
 * The instance that published or asked: its parent, its own run before, or the one whose key is the correlation id, where
 * that has decided on what caused the event.
 */
function publisherOf(
  context: ReadContext,
  row: InstanceRecord,
  saga: string,
  { causationId, correlationId }: EventRow,
): InstanceRef | null {
  const { db, names } = context;
  const sagaId = names.findId(saga);
  if (sagaId === null) return null;
  const runs = (key: string) =>
    db
      .select()
      .from(instances)
      .where(
        and(eq(instances.tenant, row.tenant), eq(instances.saga, sagaId), eq(instances.key, key)),
      )
      .orderBy(desc(instances.run))
      .limit(2)
      .all();
  const parent =
    row.parentId === null
      ? []
      : db.select().from(instances).where(eq(instances.id, row.parentId)).all();
  const candidates = [
    ...parent,
    ...runs(row.key).filter(({ id }) => id < row.id),
    ...(correlationId === null ? [] : runs(correlationId)),
  ].filter((each) => each.saga === sagaId);
  const found = candidates.find(({ id }) => hasDecidedOn(context, id, causationId));
  return found === undefined ? null : toRef(context, found);
}

function hasDecidedOn({ db }: ReadContext, instanceId: number, eventId: string | null): boolean {
  if (eventId === null) return false;
  return db
    .select({ id: events.id })
    .from(transitions)
    .innerJoin(events, eq(events.seq, transitions.seq))
    .where(eq(transitions.instanceId, instanceId))
    .orderBy(desc(transitions.version))
    .limit(LOOKED_DECISIONS)
    .all()
    .some(({ id }) => id === eventId);
}

function toRef({ names }: ReadContext, { saga, key, run }: InstanceRecord): InstanceRef {
  return { saga: names.nameOf(saga), key, run };
}
