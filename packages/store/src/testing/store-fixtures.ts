/** Rows and batches for tests of anything that stands on a store. */
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { commandId, dedupeMark } from '@holdfast/core';
import type { Clock, JournalEvent, Micros } from '@holdfast/core';

import type {
  InstanceRow,
  MqttPacketRow,
  ScheduleRow,
  StoreOp,
  TransitionRow,
  WaitRow,
  WorkItemRow,
} from '../port.ts';

const sha256 = (text: string): string => hash('sha256', text);

export const RELEASE = sha256('release');
const SANDBOX = 'sandbox-1';
/** 2026-11-21T00:00:00Z. */
export const START: Micros = 1_795_219_200_000_000;

/** A clock that stands still until told. Timers run when `advance` passes them. */
export class ManualClock implements Clock {
  #now: Micros;
  #timers: { readonly at: Micros; readonly run: () => void }[] = [];

  constructor(start: Micros = START) {
    this.#now = start;
  }

  now(): Micros {
    return this.#now;
  }

  monotonic(): number {
    return this.#now / 1000;
  }

  after(delay: number, run: () => void): () => void {
    const timer = { at: this.#now + delay * 1000, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(micros: Micros): void {
    this.#now += micros;
    const due = this.#timers.filter((timer) => timer.at <= this.#now);
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now);
    for (const timer of due) timer.run();
  }
}

/** A temporary directory and what removes it. */
export function temporaryDirectory(): { readonly dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export function journalEvent(seq: number, over: Partial<JournalEvent> = {}): JournalEvent {
  return {
    seq,
    stream: 'AGGREGATE_EVENTS',
    tenant: '',
    source: 'test',
    id: `event-${seq}`,
    type: 'order.placed',
    subject: null,
    time: null,
    dataSchema: null,
    data: `{"n":${seq}}`,
    correlationId: `order-${seq}`,
    causationId: null,
    traceparent: null,
    extensions: null,
    receivedAt: START + seq,
    ...over,
  };
}

export function eventOp(
  event: JournalEvent,
  target: number | null = null,
): Extract<StoreOp, { op: 'event' }> {
  return {
    op: 'event',
    event,
    mark: dedupeMark(sha256, event.tenant, event.source, event.id),
    content: sha256(event.data).slice(0, 32),
    target,
  };
}

export function instanceRow(id: number, over: Partial<InstanceRow> = {}): InstanceRow {
  return {
    id,
    tenant: '',
    saga: 'order',
    key: `order-${id}`,
    run: 1,
    app: 'restaurant',
    release: RELEASE,
    status: 'running',
    version: 0,
    correlationId: `order-${id}`,
    traceparent: null,
    parent: null,
    result: null,
    blockedBy: null,
    failure: null,
    startedAt: START,
    updatedAt: START,
    undo: '[]',
    ...over,
  };
}

export function transitionRow(
  instanceId: number,
  version: number,
  seq: number,
  over: Partial<TransitionRow> = {},
): TransitionRow {
  const state = over.state ?? `{"version":${version}}`;
  return {
    instanceId,
    version,
    seq,
    decision: `{"items":[],"version":${version}}`,
    state,
    stateHash: sha256(state),
    recordedAt: START + seq,
    seed: sha256(`seed${seq}`).slice(0, 32),
    gasLimit: 20_000,
    gasUsed: 7,
    release: RELEASE,
    sandbox: SANDBOX,
    ...over,
  };
}

export function transitionOp(
  row: TransitionRow,
  over: Partial<Omit<Extract<StoreOp, { op: 'transition' }>, 'op' | 'row'>> = {},
): Extract<StoreOp, { op: 'transition' }> {
  return {
    op: 'transition',
    row,
    saga: 'order',
    status: 'running',
    result: null,
    failure: null,
    undo: '[]',
    ...over,
  };
}

export function itemRow(
  id: number,
  instance: InstanceRow,
  step: string,
  over: Partial<WorkItemRow> = {},
): WorkItemRow {
  const { tenant, saga, key, run } = instance;
  return {
    id,
    commandId: commandId(sha256, { tenant, saga, key, run, step }),
    instanceId: instance.id,
    tenant,
    app: instance.app,
    saga,
    key,
    run,
    step,
    kind: 'effect',
    effect: step.split('#')[0] ?? step,
    input: `{"step":${JSON.stringify(step)}}`,
    digest: sha256(step).slice(0, 32),
    undoes: null,
    correlationId: instance.correlationId,
    traceparent: instance.traceparent,
    createdAt: START,
    attempts: 0,
    firstAttemptAt: null,
    state: 'pending',
    dueAt: START,
    leaseUntil: null,
    doubtful: false,
    spared: 0,
    ...over,
  };
}

export function attemptStartOp(
  itemId: number,
  no: number,
  at: Micros = START,
): Extract<StoreOp, { op: 'attempt.start' }> {
  return {
    op: 'attempt.start',
    itemId,
    no,
    mode: 'call',
    at,
    leaseUntil: at + 30_000_000,
    epoch: 1,
    release: RELEASE,
    worker: null,
  };
}

export function scheduleRow(
  id: number,
  instance: InstanceRow,
  name: string,
  dueAt: Micros,
): ScheduleRow {
  const { tenant, saga, key, run } = instance;
  return { id, tenant, instanceId: instance.id, saga, key, run, name, kind: 'timer', dueAt };
}

export function waitRow(
  id: number,
  instance: InstanceRow,
  name: string,
  over: Partial<WaitRow> = {},
): WaitRow {
  const { tenant, saga, key, run } = instance;
  return {
    id,
    commandId: commandId(sha256, { tenant, saga, key, run, step: name }),
    instanceId: instance.id,
    tenant,
    saga,
    key,
    step: name,
    name,
    definition: null,
    run,
    tokenHash: sha256(`token ${instance.id} ${name}`),
    state: 'open',
    openedAt: START,
    expiresAt: null,
    ...over,
  };
}

/** The ops of a run's first commit: event, instance, first decision, one effect asked for and started. */
export function startOps(
  n: { seq: number; instance: number; item: number },
  key = `order-${n.instance}`,
): readonly StoreOp[] {
  const instance = instanceRow(n.instance, { key, correlationId: key });
  return [
    eventOp(journalEvent(n.seq, { correlationId: key })),
    { op: 'instance.create', row: instance },
    transitionOp(transitionRow(n.instance, 1, n.seq)),
    { op: 'item.add', row: itemRow(n.item, instance, 'kitchen.reserve#1') },
    attemptStartOp(n.item, 1),
  ];
}

/** An effect's answer: its outcome event, and the item settled with it (I3). */
export function outcomeOps(n: {
  seq: number;
  instance: number;
  item: number;
  attempt: number;
}): readonly StoreOp[] {
  return [
    {
      op: 'attempt.end',
      itemId: n.item,
      no: n.attempt,
      at: START + n.seq,
      outcome: 'succeeded',
      error: null,
    },
    eventOp(
      journalEvent(n.seq, {
        stream: 'WORKFLOW_EVENTS',
        type: 'effect.succeeded',
        data: '{"ticket":"t"}',
      }),
      n.instance,
    ),
    { op: 'item.settle', itemId: n.item, outcome: 'succeeded', outcomeSeq: n.seq },
  ];
}

export function marksOf(ops: readonly StoreOp[]): string[] {
  return ops.flatMap((op) => (op.op === 'event' && op.mark !== null ? [op.mark] : []));
}

export function packet(topic: string, bytes: readonly number[] = [1, 2, 3]): MqttPacketRow {
  return { topic, payload: new Uint8Array(bytes), qos: 1, retain: true, meta: '{"m":1}' };
}

/** Packets with their bytes as a list: adapters may give a `Buffer` or a plain `Uint8Array`. */
export function plain(packets: readonly MqttPacketRow[]): unknown {
  return packets.map((one) => ({ ...one, payload: [...one.payload] }));
}

export function quarantineRow(id: number): Extract<StoreOp, { op: 'quarantine' }>['row'] {
  return {
    id,
    tenant: '',
    at: START,
    origin: 'mqtt',
    code: 'event.not_json',
    reason: 'not JSON',
    context: '{}',
    head: null,
    seq: null,
    itemId: null,
  };
}
