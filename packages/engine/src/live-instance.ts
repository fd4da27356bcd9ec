/**
 * An instance in memory: its row, its state, and the mailbox that keeps its events in order (I9).
 *
 * Modes:
 * - `loading`: its rows are being read; events wait in the mailbox.
 * - `idle`: the next event may be taken.
 * - `deciding`: the sandbox has one event of it; the others wait.
 * - `unparking`: it has been unblocked, and its parked events are being read; newer ones wait behind them.
 *
 * Memory runs ahead of the disk: once a decision is made its effect on this object is immediate, and the commit follows
 * in order. That is sound because batches are committed in order and a failed commit ends the process (I1).
 *
 * @module
 */
import {
  instanceText,
  type JsonText,
  type ProgramEventKind,
  type ReleaseDigest,
  type TenantId,
} from '@holdfast/core';
import type {
  InstanceRow,
  InstanceStatus,
  LoadedInstance,
  ScheduleRow,
  WaitRow,
  WorkItemRow,
} from '@holdfast/store';
import type { Fact } from './fact.ts';
import type { DecideAnswer, ProgramFault } from './sandbox-port.ts';

/** Mutable form of an instance's row. */
export type MutableInstanceRow = { -readonly [K in keyof InstanceRow]: InstanceRow[K] };

/** One event on its way to one instance. */
export interface Delivery {
  readonly fact: Fact;
  readonly kind: ProgramEventKind;
  /** The step it answers. */
  readonly step: string | null;
  /** The run it is for; null for triggers, which open or find one. */
  readonly run: number | null;
  /** A first decision made while the key was computed, for the case that there is no instance yet. */
  speculative: {
    readonly release: ReleaseDigest;
    readonly seed: string;
    readonly answer: DecideAnswer;
  } | null;
  /** Times its program has failed on it. */
  tries: number;
  /** Why it is given up rather than decided on: it blocks its instance. */
  readonly givenUp?: ProgramFault;
  /** True for an event taken up again after having been parked. */
  readonly parked: boolean;
  /** For instances that the event itself opens: the release and app, and the parent of a child. */
  readonly opens: {
    readonly app: string;
    readonly release: ReleaseDigest;
    readonly parent: InstanceRow['parent'];
  } | null;
}

const NO_SEARCH: JsonText = '{}';

export class LiveInstance {
  readonly tenant: TenantId;
  readonly saga: string;
  readonly key: string;
  readonly text: string;
  mode: 'loading' | 'idle' | 'deciding' | 'unparking' = 'loading';
  /** Resolves once its rows are there. */
  loading: Promise<void> = Promise.resolve();
  row: MutableInstanceRow | null = null;
  state: JsonText | null = null;
  /** Open waits by name, and schedules by name, of the current run. */
  readonly waits = new Map<string, WaitRow>();
  readonly schedules = new Map<string, ScheduleRow>();
  /** Digest of each work item of the current run by step (I4). */
  readonly steps = new Map<string, string>();
  /** Its work items that are held for a person, by id; on their way to the store, or there. */
  readonly held = new Map<number, WorkItemRow>();
  /** JSON of the search fields that the store has, or will have; null where that is not known. */
  search: JsonText | null = null;
  /** Length of the chain of events that opened the run. Not stored: a chain is counted anew after a restart. */
  depth = 0;
  mailbox: Delivery[] = [];
  /** Acts that wait for the decision that is being made. */
  #afterDecision: (() => void)[] = [];
  /** Units of it that wait for their commit; it may not leave memory before. */
  uncommitted = 0;
  /** Who waits for the next of them. */
  #uncommittedWaiters: (() => void)[] = [];

  constructor(tenant: TenantId, saga: string, key: string) {
    this.tenant = tenant;
    this.saga = saga;
    this.key = key;
    this.text = instanceText(tenant, saga, key);
  }

  /**
   * Acts on the instance between two decisions: now, or once the one being made has had its effect, which would
   * otherwise go over the act's.
   */
  betweenDecisions(act: () => void): void {
    if (this.mode === 'deciding') this.#afterDecision.push(act);
    else act();
  }

  /** The decision has had its effect. */
  decided(): void {
    this.mode = 'idle';
    const acts = this.#afterDecision;
    if (acts.length === 0) return;
    this.#afterDecision = [];
    for (const act of acts) act();
  }

  /** One of its units is on the disk. */
  unitCommitted(): void {
    this.uncommitted -= 1;
    if (this.#uncommittedWaiters.length === 0) return;
    const waiters = this.#uncommittedWaiters;
    this.#uncommittedWaiters = [];
    for (const tell of waiters) tell();
  }

  /** Resolves when one of its units is on the disk; at once when none waits for that. */
  nextCommit(): Promise<void> {
    if (this.uncommitted === 0) return Promise.resolve();
    return new Promise((resolve) => this.#uncommittedWaiters.push(resolve));
  }

  get ended(): boolean {
    return this.row !== null && isEnded(this.row.status);
  }

  get evictable(): boolean {
    return this.mode === 'idle' && this.mailbox.length === 0 && this.uncommitted === 0;
  }

  /** Takes over what the store has. */
  restore(loaded: LoadedInstance, items: readonly WorkItemRow[]): void {
    this.row = { ...loaded.row };
    this.state = loaded.state;
    for (const wait of loaded.openWaits) this.waits.set(wait.name, wait);
    for (const schedule of loaded.schedules) this.schedules.set(schedule.name, schedule);
    for (const item of items) {
      this.steps.set(item.step, item.digest);
      if (item.state === 'held') this.held.set(item.id, item);
    }
  }

  /** What is held is to go on, one way or the other. */
  takeHeld(): readonly WorkItemRow[] {
    const held = [...this.held.values()];
    this.held.clear();
    return held;
  }

  /** Opens a run: the first, or the next of a finished instance. */
  open(row: MutableInstanceRow, depth: number): void {
    this.row = row;
    this.depth = depth;
    this.search = NO_SEARCH;
    this.state = null;
    this.waits.clear();
    this.schedules.clear();
    this.steps.clear();
    this.held.clear();
  }
}

export function isEnded(status: InstanceStatus): boolean {
  return (
    status === 'completed' ||
    status === 'compensated' ||
    status === 'failed' ||
    status === 'cancelled'
  );
}
