import { formatMicros, jsonChanges } from '@holdfast/core';
import type { SagaDetail, StateAt, TenantId } from '@holdfast/core';
import { and, desc, eq, sql } from 'drizzle-orm';

import { instances, transitions, waits } from '../schema.ts';
import { effectAnswers } from './effect-answers.ts';
import type { InstanceRecord } from './instance-record.ts';
import { causeOf, childrenOf, parentOf, searchOf } from './instance-facts.ts';
import { toWaitResource } from './list-queries.ts';
import { parseJson, parseOptional } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { toSummary } from './saga-list.ts';

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
