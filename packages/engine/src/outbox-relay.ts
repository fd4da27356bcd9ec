/**
 * The outbox relay: which work items are tried when (R7).
 *
 * 1. An item is tried only after its lease and started attempt are synced (I4). Where there is room, both share the
 *    commit of the transition that asked for it.
 * 2. At most `concurrency` tries of one effect and `concurrencyPerTenant` of one tenant's run at a time, and `inFlight` in all.
 * 3. Items wait in memory up to a bound; beyond it they wait in the store and are fetched when there is room.
 *    An item in memory is there once.
 * 4. While draining, nothing new is started; what waits is in the store already.
 *
 * @module
 */
import type { Clock, Micros } from '@holdfast/core';
import { MICROS_PER_MILLI } from '@holdfast/core';
import type { Store, StoreOp, WorkItemRow } from '@holdfast/store';
import { type ActiveItem, activate } from './active-item.ts';
import { EffectLane } from './effect-lane.ts';
import type { Unit } from './journal-writer.ts';
import { MinHeap } from './min-heap.ts';
import type { LoadedEffect } from './releases/loaded-release.ts';
import type { RecordedTime } from './recorded-time.ts';

/** Beyond an effect's timeout, how long a lease holds before its try counts as lost. */
const LEASE_GRACE_MS = 15_000;
/** Longest sleep between looks at what is due; wall clocks jump and machines sleep (I8). */
const RECHECK_MS = 30_000;
const FETCH_BATCH = 1000;

export interface RelayLimits {
  /** Most tries running at one time, over all effects. Default 1024. */
  readonly inFlight: number;
  /** Most items waiting in memory. Default 20000. */
  readonly waiting: number;
}

export const DEFAULT_RELAY_LIMITS: RelayLimits = { inFlight: 1024, waiting: 20_000 };

export interface RelayDeps {
  readonly store: Store;
  readonly time: RecordedTime;
  readonly clock: Clock;
  readonly epoch: number;
  readonly limits: RelayLimits;
  readonly submit: (unit: Unit) => void;
  /** Makes the try; its started attempt is synced. */
  readonly run: (item: ActiveItem) => void;
  /** Settings for an item met again after a restart; undefined when nobody declares its effect any more. */
  readonly effectOf: (row: WorkItemRow) => LoadedEffect | undefined;
  readonly failed: (error: unknown) => void;
}

export class OutboxRelay {
  readonly #deps: RelayDeps;
  readonly #lanes = new Map<string, EffectLane>();
  readonly #delayed = new MinHeap<ActiveItem>((item) => item.dueAt);
  /** Ids of all items in memory: waiting, delayed or running. */
  readonly #known = new Map<number, ActiveItem>();
  readonly #running = new Set<ActiveItem>();
  readonly #starved = new Set<EffectLane>();
  #waiting = 0;
  #overflowing = false;
  #fetching = false;
  #draining = false;
  #cancelTimer: (() => void) | null = null;
  #timerDue: Micros = Number.POSITIVE_INFINITY;

  constructor(deps: RelayDeps) {
    this.#deps = deps;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  get running(): ReadonlySet<ActiveItem> {
    return this.#running;
  }

  get waitingCount(): number {
    return this.#waiting + this.#delayed.size;
  }

  /** The item in memory, for those who settle or cancel it by id. */
  known(itemId: number): ActiveItem | undefined {
    return this.#known.get(itemId);
  }

  /**
   * Takes in new items while their transition is put into a batch. Those for which there is room are started in the
   * same commit; they are answered, to be handed to `started` after the sync.
   */
  enter(
    items: readonly { row: WorkItemRow; effect: LoadedEffect }[],
    into: StoreOp[],
    at: Micros,
  ): ActiveItem[] {
    const started: ActiveItem[] = [];
    for (const { row, effect } of items) {
      const item = activate(row, effect);
      const lane = this.#lane(item);
      if (!lane.hasReady && this.#room() > 0 && lane.mayRun(item)) {
        this.#known.set(row.id, item);
        lane.reserve(item);
        this.#running.add(item);
        this.#start(item, into, at);
        started.push(item);
      } else {
        this.#enqueue(item, lane);
      }
    }
    return started;
  }

  /** Makes the tries whose started attempts have been synced. */
  started(items: readonly ActiveItem[]): void {
    for (const item of items) this.#deps.run(item);
  }

  /** Puts an item back that waits for its next try. Its `item.retry` op is on its way to the store. */
  delay(item: ActiveItem): void {
    this.#known.set(item.row.id, item);
    this.#delayed.push(item);
    this.#wakeAt(item.dueAt);
  }

  /** A try has ended: its room is free for the next. */
  ended(item: ActiveItem): void {
    if (!this.#running.delete(item)) return;
    item.leaseUntil = null;
    const lane = this.#lane(item);
    lane.free(item);
    this.#startReady(lane);
    this.#feedStarved();
  }

  /** The item is settled or held: memory need not know it any more. */
  forget(item: ActiveItem): void {
    this.#known.delete(item.row.id);
    if (this.#overflowing) this.#fetch();
  }

  /** Takes up items found in the store: at start, after an overflow, or released by an operator. */
  adopt(row: WorkItemRow): void {
    if (this.#known.has(row.id)) return;
    const effect = this.#deps.effectOf(row);
    if (effect === undefined) return;
    const item = activate(row, effect);
    if (row.dueAt > this.#deps.time.now()) {
      this.delay(item);
      return;
    }
    const lane = this.#lane(item);
    this.#enqueue(item, lane);
    this.#startReady(lane);
  }

  /** An item whose try has no end: found at start. It is not running, and not waiting either. */
  lost(row: WorkItemRow, effect: LoadedEffect): ActiveItem {
    const item = activate(row, effect);
    this.#known.set(row.id, item);
    return item;
  }

  /** Looks for pending items in the store. */
  wake(): void {
    this.#overflowing = true;
    this.#fetch();
  }

  drain(): void {
    this.#draining = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #lane(item: ActiveItem): EffectLane {
    const id = `${item.row.app}/${item.row.effect}`;
    let lane = this.#lanes.get(id);
    if (lane === undefined) {
      lane = new EffectLane();
      this.#lanes.set(id, lane);
    }
    return lane;
  }

  /** How many more tries may run, over all effects. */
  #room(): number {
    return this.#draining ? 0 : this.#deps.limits.inFlight - this.#running.size;
  }

  #start(item: ActiveItem, into: StoreOp[], at: Micros): void {
    item.attempts += 1;
    item.firstAttemptAt ??= at;
    item.leaseUntil = at + (item.effect.settings.timeout + LEASE_GRACE_MS) * MICROS_PER_MILLI;
    into.push({
      op: 'attempt.start',
      itemId: item.row.id,
      no: item.attempts,
      mode: item.mode,
      at,
      leaseUntil: item.leaseUntil,
      epoch: this.#deps.epoch,
      release: item.effect.release,
    });
  }

  #enqueue(item: ActiveItem, lane: EffectLane): void {
    if (this.#waiting >= this.#deps.limits.waiting) {
      // It is in the store, pending; it is fetched when there is room.
      this.#overflowing = true;
      return;
    }
    this.#known.set(item.row.id, item);
    this.#waiting += 1;
    lane.push(item);
    if (this.#room() <= 0) this.#starved.add(lane);
  }

  #startReady(lane: EffectLane): void {
    const starting = lane.take(this.#room());
    for (const item of starting) this.#running.add(item);
    this.#waiting -= starting.length;
    if (starting.length > 0) this.#submitStart(starting);
    if (lane.hasReady && this.#room() <= 0) this.#starved.add(lane);
    if (this.#overflowing && this.#waiting < this.#deps.limits.waiting / 2) this.#fetch();
  }

  /** Lanes that the limit over all effects kept waiting get their turn when any try ends. */
  #feedStarved(): void {
    for (const lane of this.#starved) {
      if (this.#room() <= 0) return;
      this.#starved.delete(lane);
      this.#startReady(lane);
    }
  }

  #submitStart(items: readonly ActiveItem[]): void {
    this.#deps.submit({
      build: (into, at) => {
        for (const item of items) this.#start(item, into, at);
      },
      committed: () => this.started(items),
      failed: () => undefined,
    });
  }

  #wakeAt(due: Micros): void {
    if (this.#draining || due >= this.#timerDue) return;
    this.#cancelTimer?.();
    this.#timerDue = due;
    const wait = Math.min(
      RECHECK_MS,
      Math.max(0, Math.ceil((due - this.#deps.time.now()) / MICROS_PER_MILLI)),
    );
    this.#cancelTimer = this.#deps.clock.after(wait, () => this.#takeDue());
  }

  #takeDue(): void {
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#deps.time.now();
    const touched = new Set<EffectLane>();
    for (
      let next = this.#delayed.peek();
      next !== undefined && next.dueAt <= now;
      next = this.#delayed.peek()
    ) {
      this.#delayed.pop();
      const lane = this.#lane(next);
      this.#waiting += 1;
      lane.push(next);
      touched.add(lane);
    }
    for (const lane of touched) this.#startReady(lane);
    const later = this.#delayed.peek();
    if (later !== undefined) this.#wakeAt(later.dueAt);
  }

  #fetch(): void {
    if (this.#fetching || this.#draining) return;
    this.#fetching = true;
    this.#fetchPending()
      .catch(this.#deps.failed)
      .finally(() => {
        this.#fetching = false;
      });
  }

  async #fetchPending(): Promise<void> {
    this.#overflowing = false;
    let afterId = 0;
    while (this.#waiting < this.#deps.limits.waiting) {
      const rows = await this.#deps.store.unsettledItems({
        states: ['pending'],
        dueBefore: null,
        limit: FETCH_BATCH,
        afterId,
      });
      for (const row of rows) this.adopt(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < FETCH_BATCH) return;
      afterId = last.id;
    }
    this.#overflowing = true;
  }
}
