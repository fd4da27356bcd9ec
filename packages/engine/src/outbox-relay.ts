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
import type { Unit } from './journal-writer.ts';
import { MinHeap } from './min-heap.ts';
import type { LoadedEffect } from './releases/registry.ts';
import type { RecordedTime } from './recorded-time.ts';

/** Beyond an effect's timeout, how long a lease holds before its try counts as lost. */
export const LEASE_GRACE_MS = 15_000;
/** Longest sleep between looks at what is due; wall clocks jump and machines sleep (I8). */
const RECHECK_MS = 30_000;
const FETCH_BATCH = 1000;

/** A work item in memory. */
export interface ActiveItem {
  readonly row: WorkItemRow;
  effect: LoadedEffect;
  attempts: number;
  firstAttemptAt: Micros | null;
  doubtful: boolean;
  dueAt: Micros;
  /** What the next try does. */
  mode: 'call' | 'check';
  /** When the lease of the running try ends; null while none runs. */
  leaseUntil: Micros | null;
}

export interface RelayLimits {
  /** Most tries running at one time, over all effects. Default 1024. */
  readonly inFlight: number;
  /** Most items waiting in memory. Default 20000. */
  readonly waiting: number;
}

export const DEFAULT_RELAY_LIMITS: RelayLimits = { inFlight: 1024, waiting: 20_000 };

interface Lane {
  running: number;
  readonly byTenant: Map<string, number>;
  ready: ActiveItem[];
  head: number;
}

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
  readonly #lanes = new Map<string, Lane>();
  readonly #delayed = new MinHeap<ActiveItem>((item) => item.dueAt);
  /** Ids of all items in memory: waiting, delayed or running. */
  readonly #known = new Map<number, ActiveItem>();
  readonly #running = new Set<ActiveItem>();
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
  enter(items: readonly { row: WorkItemRow; effect: LoadedEffect }[], into: StoreOp[], at: Micros): ActiveItem[] {
    const started: ActiveItem[] = [];
    for (const { row, effect } of items) {
      const item = activate(row, effect);
      const lane = this.#lane(item);
      if (lane.ready.length === lane.head && this.#mayStart(item, lane)) {
        this.#known.set(row.id, item);
        this.#reserve(item, lane);
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
    lane.running -= 1;
    const tenant = item.row.tenant;
    const left = (lane.byTenant.get(tenant) ?? 1) - 1;
    if (left === 0) lane.byTenant.delete(tenant);
    else lane.byTenant.set(tenant, left);
    this.#startReady(lane);
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

  #lane(item: ActiveItem): Lane {
    const id = `${item.row.app}/${item.row.effect}`;
    let lane = this.#lanes.get(id);
    if (lane === undefined) {
      lane = { running: 0, byTenant: new Map(), ready: [], head: 0 };
      this.#lanes.set(id, lane);
    }
    return lane;
  }

  #mayStart(item: ActiveItem, lane: Lane): boolean {
    const { concurrency, concurrencyPerTenant } = item.effect.settings;
    return (
      !this.#draining &&
      this.#running.size < this.#deps.limits.inFlight &&
      lane.running < concurrency &&
      (lane.byTenant.get(item.row.tenant) ?? 0) < concurrencyPerTenant
    );
  }

  #reserve(item: ActiveItem, lane: Lane): void {
    lane.running += 1;
    lane.byTenant.set(item.row.tenant, (lane.byTenant.get(item.row.tenant) ?? 0) + 1);
    this.#running.add(item);
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

  #enqueue(item: ActiveItem, lane: Lane): void {
    if (this.#waiting >= this.#deps.limits.waiting) {
      // It is in the store, pending; it is fetched when there is room.
      this.#overflowing = true;
      return;
    }
    this.#known.set(item.row.id, item);
    this.#waiting += 1;
    lane.ready.push(item);
  }

  #startReady(lane: Lane): void {
    const starting: ActiveItem[] = [];
    // A tenant at its limit must not hold up the others: it is passed over, and keeps its place.
    for (let at = lane.head; at < lane.ready.length; at++) {
      const item = lane.ready[at];
      if (item === undefined) continue;
      if (this.#draining || this.#running.size >= this.#deps.limits.inFlight) break;
      if (lane.running >= item.effect.settings.concurrency) break;
      if (!this.#mayStart(item, lane)) continue;
      lane.ready.copyWithin(lane.head + 1, lane.head, at);
      lane.head += 1;
      this.#waiting -= 1;
      this.#reserve(item, lane);
      starting.push(item);
    }
    compact(lane);
    if (starting.length > 0) this.#submitStart(starting);
    if (this.#overflowing && this.#waiting < this.#deps.limits.waiting / 2) this.#fetch();
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
    const wait = Math.min(RECHECK_MS, Math.max(0, Math.ceil((due - this.#deps.time.now()) / MICROS_PER_MILLI)));
    this.#cancelTimer = this.#deps.clock.after(wait, () => this.#takeDue());
  }

  #takeDue(): void {
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#deps.time.now();
    const touched = new Set<Lane>();
    for (let next = this.#delayed.peek(); next !== undefined && next.dueAt <= now; next = this.#delayed.peek()) {
      this.#delayed.pop();
      const lane = this.#lane(next);
      this.#waiting += 1;
      lane.ready.push(next);
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
      const rows = await this.#deps.store.unsettledItems({ states: ['pending'], dueBefore: null, limit: FETCH_BATCH, afterId });
      for (const row of rows) this.adopt(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < FETCH_BATCH) return;
      afterId = last.id;
    }
    this.#overflowing = true;
  }
}

function activate(row: WorkItemRow, effect: LoadedEffect): ActiveItem {
  return {
    row,
    effect,
    attempts: row.attempts,
    firstAttemptAt: row.firstAttemptAt,
    doubtful: row.doubtful,
    dueAt: row.dueAt,
    // A doubtful item of a `check` effect asks before it acts again (I4).
    mode: row.doubtful && effect.settings.inDoubt === 'check' ? 'check' : 'call',
    leaseUntil: null,
  };
}

/** Ready items are taken from the front; the consumed part is cut off now and then. */
const COMPACT_AT = 512;

function compact(lane: Lane): void {
  if (lane.head < COMPACT_AT && lane.head < lane.ready.length) return;
  lane.ready = lane.ready.slice(lane.head);
  lane.head = 0;
}
