/**
 * One transition as one unit of a commit: event (when it is not journaled yet), record, state, work items with the
 * attempts that start at once, schedules, waits, what it publishes, checkpoint. Never split (I2).
 *
 * @module
 */
import {
  commandId,
  derivedEventId,
  type Ending,
  type JsonText,
  type Micros,
  RESERVED_SOURCE_PREFIX,
  WORKFLOW_TYPES,
} from '@holdfast/core';
import type { InstanceRow, InstanceStatus, StoreOp, TransitionRow, WaitRow } from '@holdfast/store';
import {
  depthAttributes,
  instanceSubject,
  parentAttributes,
  stepAttributes,
} from './addressing.ts';
import type { SagaEnd } from './api.ts';
import type { Consumers } from './consumers.ts';
import { type Decided, waitScheduleName } from './decided.ts';
import { Fact, type FactQueue, type UnnumberedEvent } from './fact.ts';
import type { Unit } from './journal-writer.ts';
import { type Delivery, isEnded, type LiveInstance } from './live-instance.ts';
import type { Entered, OutboxRelay } from './outbox-relay.ts';
import type { Scheduler } from './scheduler.ts';
import { sha256 } from './sha256.ts';
import type { Tracer } from './tracing/tracer.ts';

export interface TransitionDeps {
  readonly facts: FactQueue;
  readonly consumers: Consumers;
  readonly relay: OutboxRelay;
  readonly scheduler: Scheduler;
  /** Null: nobody traces. */
  readonly tracer: Tracer | null;
  /** A fact caused by a transition has its position; it goes on its way like any other. */
  readonly caused: (fact: Fact) => void;
  readonly committed: (transition: TransitionUnit) => void;
  readonly failed: (error: Error) => void;
}

export interface TransitionParts {
  readonly instance: LiveInstance;
  readonly delivery: Delivery;
  /** The row as it is after this transition. */
  readonly row: InstanceRow;
  /** True when this transition opens the run. */
  readonly opens: boolean;
  readonly record: Omit<TransitionRow, 'seq'>;
  readonly planned: Decided;
  /** Ids of schedules, and the waits, that this transition takes away. */
  readonly removedSchedules: readonly number[];
  readonly closedWaits: readonly WaitRow[];
  /** What it is found by from now on; null while that stays as it is. */
  readonly search: SearchChange | null;
}

export type SearchChange = Omit<Extract<StoreOp, { op: 'search.set' }>, 'op'>;

export class TransitionUnit implements Unit {
  readonly #deps: TransitionDeps;
  readonly parts: TransitionParts;
  #entered: Entered = { started: [], overflowed: [], behind: [] };

  constructor(deps: TransitionDeps, parts: TransitionParts) {
    this.#deps = deps;
    this.parts = parts;
  }

  build(into: StoreOp[], at: Micros): void {
    const { facts, consumers, relay } = this.#deps;
    const { delivery, row, opens, record, planned } = this.parts;
    const { fact } = delivery;
    facts.writeThrough(fact, into);
    if (opens)
      into.push({
        op: 'instance.create',
        row: { ...row, version: 0, result: null, failure: null },
      });
    into.push({
      op: 'transition',
      row: { ...record, seq: fact.seq },
      saga: row.saga,
      status: row.status,
      result: row.result,
      failure: row.failure,
      undo: row.undo,
    });
    if (this.parts.search !== null) into.push({ op: 'search.set', ...this.parts.search });
    if (planned.decision.blocked !== null) {
      into.push({
        op: 'instance.status',
        instanceId: row.id,
        status: 'blocked',
        blockedBy: row.blockedBy,
        at,
      });
    }
    if (delivery.parked) into.push({ op: 'unpark', instanceId: row.id, seq: fact.seq });
    for (const id of this.parts.removedSchedules) into.push({ op: 'schedule.remove', id });
    for (const { id } of this.parts.closedWaits)
      into.push({ op: 'wait.close', id, state: 'closed', at });
    for (const item of planned.items) into.push({ op: 'item.add', row: item.row });
    for (const wait of planned.waits) into.push({ op: 'wait.open', row: wait });
    for (const schedule of planned.schedules) into.push({ op: 'schedule.set', row: schedule });
    for (const line of planned.decision.logs) {
      into.push({ op: 'log', instanceId: row.id, seq: fact.seq, line: JSON.stringify(line), at });
    }
    this.#entered = relay.enter(planned.items, into, at);
    if (!delivery.parked) consumers.settle(row.saga, row.tenant, fact.seq);
    if (!opens) fact.dealt();
    this.#cause(into, at);
  }

  committed(): void {
    // Not sooner: one that is due at once would be looked for before it is there.
    for (const schedule of this.parts.planned.schedules) this.#deps.scheduler.set(schedule);
    this.#deps.relay.committed(this.#entered);
    this.#deps.committed(this);
  }

  failed(error: Error): void {
    this.#deps.failed(error);
  }

  /** How the run ended, for those who wait for it; null while it goes on. */
  get end(): SagaEnd | null {
    const { row, planned } = this.parts;
    if (!isEnded(row.status) || planned.decision.ending?.as === 'continued') return null;
    const { saga, key, run, status, version, release, result, failure } = row;
    return { saga, key, run, status, version, release, result, failure };
  }

  #cause(into: StoreOp[], at: Micros): void {
    const { row, planned } = this.parts;
    const { decision } = planned;
    const depth = this.parts.instance.depth + 1;
    for (const spec of decision.publishes) {
      this.#write(into, at, {
        stream: 'AGGREGATE_EVENTS',
        id: derivedEventId.published(this.#command(spec.step)),
        type: spec.type,
        subject: spec.subject ?? null,
        data: JSON.stringify(spec.data),
        extensions: depthAttributes(depth),
      });
    }
    for (const spec of decision.children) {
      const { id: instanceId, saga, key, run } = row;
      this.#write(into, at, {
        stream: 'WORKFLOW_EVENTS',
        id: derivedEventId.child(this.#command(spec.step)),
        type: WORKFLOW_TYPES.childStart,
        subject: instanceSubject(spec),
        data: JSON.stringify(spec.input),
        extensions: parentAttributes({ instanceId, saga, key, run, step: spec.step }, depth),
      });
    }
    for (const child of decision.cancelChildren) {
      this.#write(into, at, {
        stream: 'WORKFLOW_EVENTS',
        id: `${this.#command(child.step)}:cancel`,
        type: WORKFLOW_TYPES.cancelAsked,
        subject: instanceSubject(child),
        data: JSON.stringify({ reason: `its parent ${instanceSubject(row)} asked` }),
        extensions: null,
      });
    }
    if (decision.ending !== null) this.#end(decision.ending, into, at);
  }

  #end(ending: Ending, into: StoreOp[], at: Micros): void {
    const { row } = this.parts;
    const id = derivedEventId.ended(sha256, row);
    const data = ending.as === 'continued' ? JSON.stringify(ending.input) : endData(row);
    const extensions =
      ending.as === 'continued' && row.parent !== null
        ? parentAttributes(row.parent, this.parts.instance.depth)
        : null;
    const subject = instanceSubject(row);
    this.#write(into, at, {
      stream: 'WORKFLOW_EVENTS',
      id,
      type: ENDING_TYPES[ending.as],
      subject,
      data,
      extensions,
    });
    // The next run of a child that continues answers the parent in its stead.
    if (row.parent === null || ending.as === 'continued') return;
    this.#write(
      into,
      at,
      {
        stream: 'WORKFLOW_EVENTS',
        id: `${id}:parent`,
        type: WORKFLOW_TYPES.childEnded,
        subject: instanceSubject(row.parent),
        data,
        extensions: stepAttributes(row.parent.run, row.parent.step),
      },
      row.parent.instanceId,
    );
  }

  #command(step: string): string {
    return commandId(sha256, { ...this.parts.row, step });
  }

  #write(
    into: StoreOp[],
    at: Micros,
    event: Pick<UnnumberedEvent, 'stream' | 'id' | 'type' | 'subject' | 'data' | 'extensions'>,
    target: number | null = null,
  ): void {
    const { row, delivery } = this.parts;
    const { tracer } = this.#deps;
    const fact = new Fact({
      event: {
        ...event,
        tenant: row.tenant,
        source: `${RESERVED_SOURCE_PREFIX}saga/${row.saga}`,
        time: null,
        dataSchema: null,
        correlationId: row.correlationId,
        causationId: delivery.fact.event.id,
        traceparent: tracer === null ? row.traceparent : tracer.ofDecision(row),
        receivedAt: at,
      },
      mark: null,
      content: null,
      target,
      extra: null,
      committed: null,
    });
    // Told before it is written, so that its consumers are known when it takes its position.
    this.#deps.caused(fact);
    this.#deps.facts.writeCaused(fact, into);
  }
}

const ENDING_TYPES: Readonly<Record<Ending['as'], string>> = {
  completed: WORKFLOW_TYPES.sagaCompleted,
  compensated: WORKFLOW_TYPES.sagaCompensated,
  cancelled: WORKFLOW_TYPES.sagaCancelled,
  continued: WORKFLOW_TYPES.sagaContinued,
};

/** Spliced from texts: result and failure are JSON already. */
function endData(row: InstanceRow): JsonText {
  const head = JSON.stringify({ saga: row.saga, key: row.key, run: row.run, status: row.status });
  return `${head.slice(0, -1)},"result":${row.result ?? 'null'},"error":${row.failure ?? 'null'}}`;
}

/** Which of the instance's schedules and waits a decision takes away; the instance's own maps are updated. */
export function takeAway(
  instance: LiveInstance,
  planned: Decided,
): { schedules: number[]; waits: WaitRow[] } {
  const schedules: number[] = [];
  const waits: WaitRow[] = [];
  const dropSchedule = (name: string): void => {
    const schedule = instance.schedules.get(name);
    if (schedule === undefined) return;
    schedules.push(schedule.id);
    instance.schedules.delete(name);
  };
  const { decision } = planned;
  for (const name of decision.cancelSchedules) dropSchedule(name);
  for (const step of decision.closeWaits) {
    for (const wait of instance.waits.values()) {
      if (wait.step !== step) continue;
      waits.push(wait);
      instance.waits.delete(wait.name);
      dropSchedule(waitScheduleName(wait.name));
    }
  }
  if (decision.ending !== null) {
    for (const wait of instance.waits.values()) waits.push(wait);
    for (const schedule of instance.schedules.values()) schedules.push(schedule.id);
    instance.waits.clear();
    instance.schedules.clear();
  }
  return { schedules, waits };
}

/** How the instance's search fields change by a decision; the instance's own note of them is brought up to it. */
export function changeSearch(
  instance: LiveInstance,
  { id: instanceId, tenant, saga }: Pick<InstanceRow, 'id' | 'tenant' | 'saga'>,
  { decision }: Decided,
  lastRun: number | null,
): SearchChange | null {
  if (decision.search === undefined) return null;
  const text = JSON.stringify(decision.search);
  if (text === instance.search && lastRun === null) return null;
  instance.search = text;
  return { instanceId, tenant, saga, values: decision.search, lastRun };
}

/** The instance's status after a decision. */
export function statusAfter(planned: Decided): InstanceStatus {
  const { blocked, ending, status } = planned.decision;
  if (blocked !== null) return 'blocked';
  if (ending === null) return status;
  return ending.as === 'continued' ? 'completed' : ending.as;
}
