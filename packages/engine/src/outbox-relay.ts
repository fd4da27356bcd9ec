/**
 * The outbox relay: which work items are tried when (R7).
 *
 * 1. An item is tried only after its lease and started attempt are synced (I4). Where there is room, both share the
 *    commit of the transition that asked for it.
 * 2. At most `concurrency` tries of one effect and `concurrencyPerTenant` of one tenant's run at a time, and `inFlight` in
 *    all. None is started while the breaker of its upstream is open, nor before the rates it goes by let it.
 * 3. Items wait in memory up to a bound per effect; beyond it they wait in the store and are fetched when there is room,
 *    so that an effect which cannot go on holds up no other. Each tenant, and each key, has its share of that bound. An
 *    item in memory is there once.
 * 4. While draining, nothing new is started; what waits is in the store already.
 * 5. An item in doubt that waited past the time its target honours its key is not tried again (I4).
 * 6. None is started whose outcome has no reserved room (I10): `tries` says how many may be out.
 * 7. A try goes by the settings of the release that is active when it starts; so does the breaker before it.
 * 8. A try is started only when there is somebody to make it: the executor, or a worker that has asked for it (I4).
 *
 * @module
 */
import type { EffectResult, Micros, Millis } from '@holdfast/core';
import type { Store, StoreOp, WorkItemRow } from '@holdfast/store';
import { type ActiveItem, activate, isPastWindow } from './active-item.ts';
import { DelayedItems } from './delayed-items.ts';
import type { EffectLane } from './effect-lane.ts';
import { EffectLanes } from './effect-lanes.ts';
import { KeyOrder } from './key-order.ts';
import type { Unit } from './journal-writer.ts';
import type { Log } from './log.ts';
import type { LoadedEffect } from './releases/loaded-release.ts';
import { type StartedTry, TryStarter, type TryStarterDeps } from './try-starter.ts';
import { walkUnsettled } from './unsettled-walk.ts';
import type { UpstreamStatus } from './upstreams.ts';

export interface RelayLimits {
  /** Most tries running at one time, over all effects. Default 1024. */
  readonly inFlight: number;
  /** Most items of one effect waiting in memory. Default 5000. */
  readonly waiting: number;
}

export const DEFAULT_RELAY_LIMITS: RelayLimits = { inFlight: 1024, waiting: 5000 };

export interface RelayDeps extends TryStarterDeps {
  readonly store: Store;
  readonly limits: RelayLimits;
  readonly submit: (unit: Unit) => void;
  /** Most tries that have room for their outcomes on the disk. */
  readonly tries: () => number;
  /** The item may not be tried again, and nobody knows whether it took effect (invariant 5). */
  readonly pastWindow: (item: ActiveItem) => void;
  /** Settings for an item met again after a restart; undefined when nobody declares its effect any more. */
  readonly effectOf: (row: WorkItemRow) => LoadedEffect | undefined;
  /** Settings of the active release; undefined when that does not declare the effect. */
  readonly activeEffect: (app: string, effect: string) => LoadedEffect | undefined;
  readonly log: Log;
  readonly failed: (error: unknown) => void;
}

/** What a worker has had under way since before the start. */
export interface AdoptedLease {
  readonly worker: string;
  readonly mode: ActiveItem['mode'];
  readonly until: Micros;
  /** The same, in monotonic milliseconds. */
  readonly lostAt: Millis;
}

/** What became of items that entered with a batch. */
export interface Entered {
  readonly started: readonly StartedTry[];
  /** Those that found no room in memory. */
  readonly overflowed: readonly ActiveItem[];
  /** Those that wait behind items which may themselves wait for nothing but their key's order. */
  readonly behind: readonly ActiveItem[];
}

export class OutboxRelay {
  readonly #deps: RelayDeps;
  readonly #starter: TryStarter;
  readonly #lanes: EffectLanes;
  readonly #delayed: DelayedItems;
  /** Ids of all items in memory: waiting, delayed or running. */
  readonly #known = new Map<number, ActiveItem>();
  readonly #running = new Set<ActiveItem>();
  #inFlight: number;
  readonly #starved = new Set<EffectLane>();
  /** Lanes from which items are being taken: what that frees is seen by who takes. */
  readonly #taking = new Set<EffectLane>();
  readonly #order = new KeyOrder();
  #draining = false;

  constructor(deps: RelayDeps) {
    this.#deps = deps;
    this.#starter = new TryStarter(deps);
    this.#inFlight = deps.limits.inFlight;
    this.#delayed = new DelayedItems(deps.time, deps.clock, (items) => this.#takeDue(items));
    this.#lanes = new EffectLanes({
      clock: deps.clock,
      log: deps.log,
      activeEffect: deps.activeEffect,
      capacity: deps.limits.waiting,
      freed: (lane) => this.#startReady(lane),
    });
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Those that this process itself makes: a stop waits for them, for nobody else will. */
  get ownCount(): number {
    let count = 0;
    for (const { worker } of this.#running) if (worker === null) count += 1;
    return count;
  }

  get running(): ReadonlySet<ActiveItem> {
    return this.#running;
  }

  /** Those that were called since the start. */
  get upstreams(): readonly UpstreamStatus[] {
    return this.#lanes.upstreams;
  }

  /** The item in memory, for those who settle or cancel it by id. */
  known(itemId: number): ActiveItem | undefined {
    return this.#known.get(itemId);
  }

  /**
   * Takes in new items while their transition is put into a batch. Those for which there is room are started in the
   * same commit. The answer is to be handed to `committed` after the sync.
   */
  enter(
    items: readonly { row: WorkItemRow; effect: LoadedEffect }[],
    into: StoreOp[],
    at: Micros,
  ): Entered {
    const started: StartedTry[] = [];
    const overflowed: ActiveItem[] = [];
    const behind: ActiveItem[] = [];
    for (const { row, effect } of items) {
      const item = activate(row, effect);
      const lane = this.#lanes.of(item);
      this.#order.join(item);
      if (!lane.hasWaiting(item) && this.#room() > 0 && lane.mayRun(item) && this.#accepts(item)) {
        this.#known.set(row.id, item);
        lane.reserve(item);
        this.#running.add(item);
        started.push(this.#starter.start(item, into, at));
      } else if (!this.#enqueue(item, lane)) {
        overflowed.push(item);
      } else if (effect.settings.order === 'key') {
        behind.push(item);
      }
    }
    return { started, overflowed, behind };
  }

  /** Makes the tries whose started attempts have been synced. What found no room can be fetched from now on. */
  committed({ started, overflowed, behind }: Entered): void {
    for (const item of overflowed) {
      const lane = this.#lanes.of(item);
      lane.stored(item);
      this.#refill(lane);
    }
    for (const lane of new Set(behind.map((item) => this.#lanes.of(item)))) this.#startReady(lane);
    this.#starter.make(started);
  }

  /** Puts an item back that waits for its next try. Its `item.retry` op is on its way to the store. */
  delay(item: ActiveItem): void {
    this.#lanes.renew(item);
    this.#known.set(item.row.id, item);
    this.#delayed.push(item);
  }

  /**
   * A try has ended: its room is free for the next.
   *
   * @param result null when its lease was lost
   */
  ended(item: ActiveItem, result: EffectResult | null): void {
    if (!this.#running.delete(item)) return;
    item.leaseUntil = null;
    item.lostAt = null;
    if (item.worker !== null) {
      this.#deps.placement.ended(item);
      item.worker = null;
    }
    const lane = this.#lanes.of(item);
    lane.free(item, result);
    // First those that waited longer for it: else two lanes with long backlogs could keep all room to themselves.
    this.#feedStarved();
    this.#startReady(lane);
  }

  /** The item is settled: memory need not know it any more. */
  forget(item: ActiveItem): void {
    this.#known.delete(item.row.id);
  }

  /** The item waits for a person. Where its effect keeps order by key, those behind it wait too. */
  hold(item: ActiveItem): void {
    this.#known.delete(item.row.id);
  }

  /** An item that waits for a person since an earlier run: it keeps its place. */
  held(row: WorkItemRow): void {
    const effect = this.#deps.effectOf(row);
    if (effect !== undefined) this.#order.join(activate(row, effect));
  }

  /** Its outcome is synced: what stands behind it in its key's order may follow. */
  settled(row: WorkItemRow): void {
    if (!this.#order.leave(row)) return;
    for (const lane of this.#lanes.all)
      if (lane.app === row.app && lane.effect === row.effect) this.#startReady(lane);
  }

  /** Somebody has room for tries: what waits for that is started, as far as it goes. */
  offer(): void {
    for (const lane of this.#lanes.all) if (lane.hasReady) this.#startReady(lane);
  }

  /** Takes over a try that a worker makes since before the start. */
  adopt(row: WorkItemRow, effect: LoadedEffect, lease: AdoptedLease): ActiveItem {
    const item = this.lost(row, effect);
    item.mode = lease.mode;
    item.worker = lease.worker;
    item.leaseUntil = lease.until;
    item.lostAt = lease.lostAt;
    this.#running.add(item);
    this.#lanes.of(item).reserve(item);
    return item;
  }

  /** Takes up an item that a person lets go on. */
  release(row: WorkItemRow): void {
    const item = this.#meet(row);
    if (item === null) return;
    item.released = true;
    const lane = this.#lanes.of(item);
    // Not behind what overflowed: it would come back without its leave.
    this.#push(item, lane);
    this.#startReady(lane);
  }

  /** An item whose try has no end: found at start. It is not running, and not waiting either. */
  lost(row: WorkItemRow, effect: LoadedEffect): ActiveItem {
    const item = activate(row, effect);
    this.#known.set(row.id, item);
    this.#order.join(item);
    return item;
  }

  /** Takes up all pending items of the store: at start. */
  async takeUp(): Promise<void> {
    for await (const rows of walkUnsettled(this.#deps.store, 'pending')) {
      for (const row of rows) {
        const item = this.#meet(row);
        if (item === null) continue;
        if (row.dueAt > this.#deps.time.now()) this.delay(item);
        else this.#takeUpDue(item);
      }
      for (const lane of this.#lanes.all) this.#startReady(lane);
    }
  }

  /** Another release of the app is active: what waits goes by its settings. */
  activated(app: string): void {
    for (const item of this.#known.values()) {
      if (item.row.app !== app) continue;
      if (!this.#running.has(item)) this.#lanes.renew(item);
      this.#order.join(item);
    }
    for (const lane of this.#lanes.activated(app)) this.#startReady(lane);
  }

  /** How many tries may run at one time, over all effects, from now on. Those that run go on. */
  resize(inFlight: number): void {
    this.#inFlight = inFlight;
    this.#feedStarved();
  }

  /** There is room on the disk again. */
  goOn(): void {
    this.#feedStarved();
  }

  drain(): void {
    this.#draining = true;
    this.#lanes.stop();
    this.#delayed.stop();
  }

  /** How many more tries may run, over all effects. */
  #room(): number {
    if (this.#draining) return 0;
    return Math.min(this.#inFlight, this.#deps.tries()) - this.#running.size;
  }

  /** Whether its try may be made now and there is somebody to make it. */
  readonly #accepts = (item: ActiveItem): boolean => {
    if (!this.#order.isFirst(item)) return false;
    const { placement } = this.#deps;
    const anybody = !placement.active && item.effect.settings.group === undefined;
    return anybody || placement.take(item);
  };

  #takeUpDue(item: ActiveItem): void {
    const lane = this.#lanes.of(item);
    if (!this.#enqueue(item, lane)) lane.stored(item);
  }

  /** False where there is no room in memory: it is fetched from the store when there is. */
  #enqueue(item: ActiveItem, lane: EffectLane): boolean {
    if (lane.isFullFor(item)) {
      lane.overflow(item);
      return false;
    }
    this.#push(item, lane);
    return true;
  }

  #push(item: ActiveItem, lane: EffectLane): void {
    this.#known.set(item.row.id, item);
    lane.push(item);
    if (this.#room() <= 0) this.#starved.add(lane);
  }

  /** An item of the store that is not in memory; null when it is, or nobody declares its effect any more. */
  #meet(row: WorkItemRow): ActiveItem | null {
    if (this.#known.has(row.id)) return null;
    const effect = this.#deps.effectOf(row);
    if (effect === undefined) return null;
    const item = activate(row, effect);
    this.#order.join(item);
    return item;
  }

  #startReady(lane: EffectLane): void {
    if (this.#taking.has(lane)) return;
    this.#taking.add(lane);
    // What is past its window leaves room for others.
    while (this.#takeReady(lane));
    this.#taking.delete(lane);
  }

  /** Answers whether items were given up, so that more may be taken. */
  #takeReady(lane: EffectLane): boolean {
    const now = this.#deps.time.atMost();
    let waitsForOrder = false;
    const taken = lane.take(
      this.#room(),
      (item) => {
        // What is past its window is not tried: it needs nobody.
        if (isPastWindow(item, now)) return true;
        waitsForOrder = !this.#order.isFirst(item);
        return this.#accepts(item);
      },
      // Who stands behind another of its key says nothing of those after it.
      () => !waitsForOrder && this.#deps.placement.exhausted,
    );
    const late = taken.filter((item) => isPastWindow(item, now));
    const starting = late.length === 0 ? taken : taken.filter((item) => !isPastWindow(item, now));
    for (const item of starting) this.#running.add(item);
    if (starting.length > 0) this.#submitStart(starting);
    if (lane.hasReady && this.#room() <= 0) this.#starved.add(lane);
    this.#refill(lane);
    for (const item of late) {
      lane.free(item, null);
      this.#deps.pastWindow(item);
    }
    return late.length > 0;
  }

  /** Lanes that the limit over all effects kept waiting get their turn when any try ends, one after the other. */
  #feedStarved(): void {
    for (const lane of this.#starved) {
      if (this.#room() <= 0) return;
      this.#starved.delete(lane);
      this.#startReady(lane);
    }
  }

  #submitStart(items: readonly ActiveItem[]): void {
    let started: StartedTry[] = [];
    this.#deps.submit({
      build: (into, at) => {
        started = items.map((item) => this.#starter.start(item, into, at));
      },
      committed: () => this.#starter.make(started),
      failed: () => undefined,
    });
  }

  #takeDue(items: readonly ActiveItem[]): void {
    const touched = new Set<EffectLane>();
    for (const item of items) {
      const lane = this.#lanes.of(item);
      lane.push(item);
      touched.add(lane);
    }
    for (const lane of touched) this.#startReady(lane);
  }

  #refill(lane: EffectLane): void {
    if (this.#draining) return;
    const ids = lane.takeOverflow();
    if (ids.length === 0) return;
    this.#deps.store.itemsById(ids).then((rows) => {
      for (const row of rows) {
        // Cancelled meanwhile, perhaps.
        if (row?.state !== 'pending') continue;
        const item = this.#meet(row);
        if (item !== null) this.#push(item, lane);
      }
      this.#startReady(lane);
    }, this.#deps.failed);
  }
}
