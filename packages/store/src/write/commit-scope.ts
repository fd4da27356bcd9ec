import type { CommandId, JournalEvent, Micros, Seq } from '@holdfast/core';

import type { AuditHead } from '../audit-chain.ts';
import type { AttemptDigestFields } from '../commit-digest.ts';
import type { StoreCounters, StoreOp } from '../port.ts';
import { StoreAssertionError } from '../store-errors.ts';
import type { RunMoves } from './run-counts.ts';

type AttemptStart = Extract<StoreOp, { op: 'attempt.start' }>;
type TransitionOp = Extract<StoreOp, { op: 'transition' }>;

/** What is known about an item for the receipts log. */
export interface ItemReceipt {
  readonly command: CommandId;
  /** Members of a JSON object that say whose effect this is, without braces. */
  readonly about: string;
}

/** An item settled by this batch; its outcome event must be of this batch too (I3). */
export interface SettledItem {
  readonly receipt: ItemReceipt;
  readonly outcome: string;
  readonly outcomeSeq: Seq;
}

/**
 * What one batch gathers while its rows are written: where numbering stands, the texts its digest is taken over, its
 * receipts. Thrown away when the batch is rolled back.
 *
 * It also looks ahead, so that a row that would be inserted and at once updated by the same batch (an instance by its
 * first transition, an item by its first attempt) is written once, as it ends up.
 */
export class CommitScope {
  readonly no: number;
  readonly at: Micros;
  readonly epoch: number;
  readonly timeline: number;
  readonly seqBefore: Seq;
  lastSeq: Seq;
  instance: number;
  item: number;
  schedule: number;
  wait: number;
  quarantine: number;
  owed: number;
  eventTexts = '';
  transitionTexts = '';
  auditTexts = '';
  /** Where the audit's chain stands. */
  audit: AuditHead;
  /** JSON lines for the receipts log. */
  receipts = '';
  readonly settled: SettledItem[] = [];
  readonly attempts: AttemptDigestFields[] = [];
  readonly runs: RunMoves = new Map();
  readonly events: JournalEvent[] = [];
  readonly #firstStarts = new Map<number, AttemptStart>();
  readonly #firstTransitions = new Map<number, TransitionOp>();

  constructor(
    no: number,
    at: Micros,
    counters: StoreCounters,
    audit: AuditHead,
    ops: readonly StoreOp[],
  ) {
    this.no = no;
    this.audit = audit;
    this.at = at;
    this.epoch = counters.epoch;
    this.timeline = counters.timeline;
    this.seqBefore = counters.seq;
    this.lastSeq = counters.seq;
    this.instance = counters.instance;
    this.item = counters.item;
    this.schedule = counters.schedule;
    this.wait = counters.wait;
    this.quarantine = counters.quarantine;
    this.owed = counters.owed;
    this.#lookAhead(ops);
  }

  #lookAhead(ops: readonly StoreOp[]): void {
    // Whatever else touches the row in between keeps it from being written in one.
    const touchedItems = new Set<number>();
    const touchedInstances = new Set<number>();
    for (const op of ops) {
      if (op.op === 'attempt.start') {
        if (op.no === 1 && !touchedItems.has(op.itemId)) this.#firstStarts.set(op.itemId, op);
      } else if (op.op === 'transition') {
        const id = op.row.instanceId;
        if (op.row.version === 1 && !touchedInstances.has(id)) this.#firstTransitions.set(id, op);
      } else if (op.op === 'instance.status' || op.op === 'instance.pin') {
        touchedInstances.add(op.instanceId);
      } else if (op.op === 'item.settle' || op.op === 'item.hold' || op.op === 'item.retry') {
        touchedItems.add(op.itemId);
      }
    }
  }

  /** The first attempt of an item that this batch adds, if the batch starts it as well. */
  firstStart(itemId: number): AttemptStart | undefined {
    return this.#firstStarts.get(itemId);
  }

  firstTransition(instanceId: number): TransitionOp | undefined {
    return this.#firstTransitions.get(instanceId);
  }

  /** Items and instances that were written in their final form by the row that made them. */
  readonly startedAtBirth = new Set<number>();
  readonly decidedAtBirth = new Set<number>();

  /** An event of this batch. @throws StoreAssertionError when the batch does not append it. */
  eventAt(seq: Seq): JournalEvent {
    return this.events[seq - this.seqBefore - 1] ?? assertion(`event ${seq} is not in this batch`);
  }
}

/** @throws StoreAssertionError always. */
export function assertion(message: string): never {
  throw new StoreAssertionError(message);
}
