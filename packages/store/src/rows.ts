/** How rows of the database become rows of the port, for the writer's own reads. */
import type { EffectOutcomeKind, JournalEvent } from '@holdfast/core';

import type { Names } from './names.ts';
import type {
  InstanceRow,
  InstanceStatus,
  ParentRef,
  ScheduleRow,
  WaitRow,
  WorkItemKind,
  WorkItemRow,
} from './port.ts';
import { streamName } from './write/journal-rows.ts';

export const EVENT_COLUMNS = `e.seq, e.stream, e.tenant, e.type, e.received_at, e.target, e.id, e.source, e.subject, e.time,
  e.data_schema, e.correlation_id, e.causation_id, e.traceparent, e.extensions, e.data`;

export interface EventRecord {
  readonly seq: number;
  readonly stream: number;
  readonly tenant: number;
  readonly type: number;
  readonly received_at: number;
  readonly target: number | null;
  readonly id: string;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string | null;
  readonly data_schema: string | null;
  readonly correlation_id: string | null;
  readonly causation_id: string | null;
  readonly traceparent: string | null;
  readonly extensions: string | null;
  readonly data: string;
}

type NameReader = Pick<Names, 'nameOf'>;

export function toJournalEvent(row: EventRecord, names: NameReader): JournalEvent {
  return {
    seq: row.seq,
    stream: streamName(row.stream),
    tenant: names.nameOf(row.tenant),
    type: names.nameOf(row.type),
    receivedAt: row.received_at,
    id: row.id,
    source: row.source,
    subject: row.subject,
    time: row.time,
    dataSchema: row.data_schema,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    traceparent: row.traceparent,
    extensions: row.extensions,
    data: row.data,
  };
}

/** Of `INSTANCE_TABLES`: an instance, and its parent where it has one. */
export const INSTANCE_COLUMNS = `i.id, i.tenant, i.saga, i.run, i.app, i.release, i.version, i.status, i.started_at,
  i.updated_at, i.key, i.correlation_id, i.traceparent, i.parent_id, i.parent_step, i.result, i.blocked_by, i.failure, i.undo,
  p.saga AS parent_saga, p.key AS parent_key, p.run AS parent_run`;
export const INSTANCE_TABLES = 'instances i LEFT JOIN instances p ON p.id = i.parent_id';

export interface InstanceRecord {
  readonly id: number;
  readonly tenant: number;
  readonly saga: number;
  readonly run: number;
  readonly app: number;
  readonly release: number;
  readonly version: number;
  readonly status: InstanceStatus;
  readonly started_at: number;
  readonly updated_at: number;
  readonly key: string;
  readonly correlation_id: string | null;
  readonly traceparent: string | null;
  readonly parent_id: number | null;
  readonly parent_step: string | null;
  readonly parent_saga: number | null;
  readonly parent_key: string | null;
  readonly parent_run: number | null;
  readonly result: string | null;
  readonly blocked_by: string | null;
  readonly failure: string | null;
  readonly undo: string;
}

export function toInstanceRow(row: InstanceRecord, names: NameReader): InstanceRow {
  return {
    id: row.id,
    tenant: names.nameOf(row.tenant),
    saga: names.nameOf(row.saga),
    key: row.key,
    run: row.run,
    app: names.nameOf(row.app),
    release: names.nameOf(row.release),
    status: row.status,
    version: row.version,
    correlationId: row.correlation_id,
    traceparent: row.traceparent,
    parent: toParent(row, names),
    result: row.result,
    blockedBy: row.blocked_by,
    failure: row.failure,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    undo: row.undo,
  };
}

function toParent(row: InstanceRecord, names: NameReader): ParentRef | null {
  const {
    parent_id: id,
    parent_step: step,
    parent_saga: saga,
    parent_key: key,
    parent_run: run,
  } = row;
  if (id === null || step === null || saga === null || key === null || run === null) return null;
  return { instanceId: id, saga: names.nameOf(saga), key, run, step };
}

/** Of `work_items w JOIN instances i`. Saga, key, run and correlation of an item are those of its instance. */
export const ITEM_COLUMNS = `w.id, w.tenant, w.instance_id, w.app, w.effect, w.state, w.due_at, w.lease_until, w.attempts,
  w.first_attempt_at, w.doubtful, w.spared, w.outcome, w.outcome_seq, w.created_at, lower(hex(w.command_id)) AS command_id,
  lower(hex(w.digest)) AS digest, w.kind, w.step, w.undoes, w.traceparent, w.input, i.saga, i.key, i.run, i.correlation_id`;

export interface ItemRecord {
  readonly id: number;
  readonly tenant: number;
  readonly instance_id: number;
  readonly app: number;
  readonly effect: number;
  readonly state: WorkItemRow['state'];
  readonly due_at: number;
  readonly lease_until: number | null;
  readonly attempts: number;
  readonly first_attempt_at: number | null;
  readonly doubtful: number;
  readonly spared: number;
  readonly outcome: EffectOutcomeKind | 'cancelled' | null;
  readonly outcome_seq: number | null;
  readonly created_at: number;
  readonly command_id: string;
  readonly digest: string;
  readonly kind: WorkItemKind;
  readonly step: string;
  readonly undoes: string | null;
  readonly traceparent: string | null;
  readonly input: string;
  readonly saga: number;
  readonly key: string;
  readonly run: number;
  readonly correlation_id: string | null;
}

export function toWorkItemRow(row: ItemRecord, names: NameReader): WorkItemRow {
  return {
    id: row.id,
    commandId: row.command_id,
    instanceId: row.instance_id,
    tenant: names.nameOf(row.tenant),
    app: names.nameOf(row.app),
    saga: names.nameOf(row.saga),
    key: row.key,
    run: row.run,
    step: row.step,
    kind: row.kind,
    effect: names.nameOf(row.effect),
    input: row.input,
    digest: row.digest,
    undoes: row.undoes,
    correlationId: row.correlation_id,
    traceparent: row.traceparent,
    createdAt: row.created_at,
    attempts: row.attempts,
    firstAttemptAt: row.first_attempt_at,
    state: row.state,
    dueAt: row.due_at,
    leaseUntil: row.lease_until,
    doubtful: row.doubtful === 1,
    spared: row.spared,
  };
}

/** Of `schedules s JOIN instances i`. */
export const SCHEDULE_COLUMNS =
  's.id, s.tenant, s.instance_id, s.due_at, s.kind, s.name, i.saga, i.key, i.run';

export interface ScheduleRecord {
  readonly id: number;
  readonly tenant: number;
  readonly instance_id: number;
  readonly due_at: number;
  readonly kind: ScheduleRow['kind'];
  readonly name: string;
  readonly saga: number;
  readonly key: string;
  readonly run: number;
}

export function toScheduleRow(row: ScheduleRecord, names: NameReader): ScheduleRow {
  return {
    id: row.id,
    tenant: names.nameOf(row.tenant),
    instanceId: row.instance_id,
    saga: names.nameOf(row.saga),
    key: row.key,
    run: row.run,
    name: row.name,
    kind: row.kind,
    dueAt: row.due_at,
  };
}

/** Of `waits t JOIN instances i`. */
export const WAIT_COLUMNS = `t.id, t.tenant, t.instance_id, t.state, t.opened_at, t.expires_at,
  lower(hex(t.command_id)) AS command_id, lower(hex(t.token_hash)) AS token_hash, t.step, t.name, t.definition,
  i.saga, i.key, i.run`;

export interface WaitRecord {
  readonly id: number;
  readonly tenant: number;
  readonly instance_id: number;
  readonly state: WaitRow['state'];
  readonly opened_at: number;
  readonly expires_at: number | null;
  readonly command_id: string;
  readonly token_hash: string;
  readonly step: string;
  readonly name: string;
  readonly definition: string | null;
  readonly saga: number;
  readonly key: string;
  readonly run: number;
}

export function toWaitRow(row: WaitRecord, names: NameReader): WaitRow {
  return {
    id: row.id,
    commandId: row.command_id,
    instanceId: row.instance_id,
    tenant: names.nameOf(row.tenant),
    saga: names.nameOf(row.saga),
    key: row.key,
    step: row.step,
    name: row.name,
    definition: row.definition,
    run: row.run,
    tokenHash: row.token_hash,
    state: row.state,
    openedAt: row.opened_at,
    expiresAt: row.expires_at,
  };
}
