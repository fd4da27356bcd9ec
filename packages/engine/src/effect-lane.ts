/**
 * One effect's queue: what runs, by tenant and key, and what is ready to run, in order.
 *
 * Items are told apart by partition: the tenant, and the key where the effect has one.
 *
 * 1. A partition at its limit holds up no other; its own items keep their order.
 * 2. At most `capacity` items are ready, and each partition has its share beyond that, which is one alone when there
 *    are `CROWDED` times as many. The others wait in the store, known by id.
 * 3. A rate lets items through in turn (see `rate-gate.ts`); what waits for it has no lease and starts no try.
 *
 * @module
 */
import type { Clock, EffectResult, EffectSettings } from '@holdfast/core';
import type { ActiveItem } from './active-item.ts';
import { LaneKeys } from './lane-keys.ts';
import type { RateGate } from './rate-gate.ts';
import type { Upstream } from './upstream.ts';

/** Most overflowed items fetched at a time. */
const REFILL = 1000;
/** A partition's share of a lane, however many items the others have there: one in so many. */
const SHARES = 100;
/** So many times its capacity, and a lane's partitions have room for one item each. */
const CROWDED = 4;
/** Most partitions with overflowed items looked at each time there may be room. */
const LOOKED_AT = 64;
/** Ready items are taken from the front; the consumed part is cut off now and then. */
const COMPACT_AT = 512;

/** Items that wait in the store. */
interface Overflow {
  /** In order. */
  readonly ids: number[];
  /** How many of them, the oldest, are in the store by now; the others' commit is under way. */
  stored: number;
}

export interface LaneDeps {
  readonly clock: Clock;
  /** Items that waited for a rate may start. */
  readonly freed: (lane: EffectLane) => void;
}

export class EffectLane {
  readonly app: string;
  readonly effect: string;
  /** What must let a call through; null for none. */
  upstream: Upstream | null = null;
  running = 0;
  readonly #deps: LaneDeps;
  readonly #capacity: number;
  /** Items that any partition may have ready, however many the others have. */
  readonly #share: number;
  #gates: readonly RateGate[] = [];
  /** Null until the effect has limits by key. */
  #keys: LaneKeys | null = null;
  readonly #byTenant = new Map<string, number>();
  #ready: ActiveItem[] = [];
  #head = 0;
  readonly #readyOf = new Map<string, number>();
  /** Each partition's pending items that found no room here. */
  readonly #overflow = new Map<string, Overflow>();

  /** @param capacity most items ready at one time */
  constructor(app: string, effect: string, capacity: number, deps: LaneDeps) {
    this.app = app;
    this.effect = effect;
    this.#deps = deps;
    this.#capacity = capacity;
    this.#share = Math.max(1, Math.floor(capacity / SHARES));
  }

  /**
   * Its limits from now on. Items that wait take their places by them.
   *
   * @param gates rates that all its calls must be let through by
   */
  renew({ key, concurrencyPerKey, ratePerKey }: EffectSettings, gates: readonly RateGate[]): void {
    for (const gate of this.#gates) gate.leave(this.#wake);
    this.#gates = gates;
    if (key !== undefined) this.#keys ??= new LaneKeys({}, this.#deps.clock, this.#wake);
    const waiting = this.#ready.slice(this.#head);
    const parked = this.#keys?.renew({ concurrencyPerKey, ratePerKey }) ?? [];
    this.#ready = [];
    this.#head = 0;
    this.#readyOf.clear();
    for (const item of parked) this.push(item);
    for (const item of waiting) this.push(item);
  }

  get waiting(): number {
    return this.#ready.length - this.#head + (this.#keys?.parked ?? 0);
  }

  get hasReady(): boolean {
    return this.#head < this.#ready.length || (this.#keys?.hasOpen ?? false);
  }

  /** Whether an item of the same partition waits, here or in the store. */
  hasWaiting({ partition }: ActiveItem): boolean {
    return this.#readyOf.has(partition) || this.#overflow.has(partition);
  }

  /** Whether a new item must queue up in the store, behind those of its partition that do so already. */
  isFullFor({ partition }: ActiveItem): boolean {
    return (
      this.#overflow.has(partition) ||
      (this.waiting >= this.#capacity && (this.#readyOf.get(partition) ?? 0) >= this.#shareOfEach())
    );
  }

  push(item: ActiveItem): void {
    const { partition } = item;
    this.#readyOf.set(partition, (this.#readyOf.get(partition) ?? 0) + 1);
    if (this.#keys?.mayRun(item) === false) this.#keys.park(item);
    else this.#ready.push(item);
    this.#awaitRates();
  }

  /** It must wait in the store; `stored` is to follow, in the same order. */
  overflow({ partition, row: { id } }: ActiveItem): void {
    const waiting = this.#overflow.get(partition);
    if (waiting === undefined) this.#overflow.set(partition, { ids: [id], stored: 0 });
    else waiting.ids.push(id);
  }

  /** The oldest overflowed item of its partition that was not yet in the store is. */
  stored({ partition }: ActiveItem): void {
    const waiting = this.#overflow.get(partition);
    if (waiting !== undefined) waiting.stored += 1;
  }

  /**
   * Ids of the next overflowed items, where it is time to bring some in; they are to be fetched and pushed. Each
   * partition has its share.
   */
  takeOverflow(): readonly number[] {
    const taken: number[] = [];
    if (this.#overflow.size === 0) return taken;
    const hasRoom = this.waiting <= this.#capacity / 2;
    const room = Math.min(REFILL, this.#capacity - this.waiting);
    const each = hasRoom ? Math.max(1, Math.ceil(room / this.#overflow.size)) : 0;
    const share = this.#shareOfEach();
    let left = Math.min(LOOKED_AT, this.#overflow.size);
    // Those that were looked at go to the end.
    for (const [partition, waiting] of this.#overflow) {
      if (left-- === 0 || taken.length >= REFILL) break;
      this.#overflow.delete(partition);
      const ready = this.#readyOf.get(partition) ?? 0;
      const owed = ready <= share / 2 ? share - ready : 0;
      const count = Math.min(waiting.stored, Math.max(each, owed));
      taken.push(...waiting.ids.splice(0, count));
      waiting.stored -= count;
      if (waiting.ids.length > 0) this.#overflow.set(partition, waiting);
    }
    return taken;
  }

  mayRun(item: ActiveItem): boolean {
    const { concurrency, concurrencyPerTenant } = item.effect.settings;
    return (
      this.running < concurrency &&
      this.#runningFor(item) < concurrencyPerTenant &&
      (this.upstream?.admits ?? true) &&
      this.#isPaced() &&
      (this.#keys?.mayRun(item) ?? true)
    );
  }

  reserve(item: ActiveItem): void {
    this.running += 1;
    this.#byTenant.set(item.row.tenant, this.#runningFor(item) + 1);
    for (const gate of this.#gates) gate.take();
    this.#keys?.reserve(item);
    item.admission = this.upstream?.admit(item.effect.settings.concurrency, item.mode) ?? null;
  }

  /** @param result of the try; null when nobody knows, or none was made */
  free(item: ActiveItem, result: EffectResult | null): void {
    this.running -= 1;
    const left = this.#runningFor(item) - 1;
    if (left <= 0) this.#byTenant.delete(item.row.tenant);
    else this.#byTenant.set(item.row.tenant, left);
    const { admission, slot } = item;
    item.admission = null;
    item.slot = null;
    if (slot !== null) this.#keys?.free(slot);
    admission?.end(result);
  }

  /**
   * Takes the items that may run now, reserving their room. A tenant at its limit must not hold up the others: its items
   * are passed over and keep their place. Those of a key at its limit are kept back until it may go on.
   *
   * @param room most to take
   * @param accepts whether there is somebody to make its try; who is passed over keeps its place
   * @param exhausted whether there is nobody left for any: the others need not be asked for
   */
  take(
    room: number,
    accepts: (item: ActiveItem) => boolean,
    exhausted: () => boolean,
  ): ActiveItem[] {
    const taken: ActiveItem[] = [];
    if (this.#keys !== null) this.#takeOpen(this.#keys, room, accepts, taken);
    for (let at = this.#head; at < this.#ready.length && taken.length < room; at++) {
      const item = this.#ready[at];
      if (item === undefined || !this.#hasRoomFor(item)) break;
      const isKept = this.#keys !== null && !this.#keys.mayRun(item);
      if (!isKept && !this.#hasTenantRoomFor(item)) continue;
      if (!isKept && !accepts(item)) {
        if (exhausted()) break;
        continue;
      }
      this.#ready.copyWithin(this.#head + 1, this.#head, at);
      this.#head += 1;
      if (isKept) {
        this.#keys?.park(item);
        continue;
      }
      this.#unready(item);
      this.reserve(item);
      taken.push(item);
    }
    if (this.#head >= COMPACT_AT || this.#head === this.#ready.length) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
    this.#awaitRates();
    return taken;
  }

  /** Nothing more will start. */
  stop(): void {
    this.#keys?.stop();
    for (const gate of this.#gates) gate.leave(this.#wake);
  }

  #takeOpen(
    keys: LaneKeys,
    room: number,
    accepts: (item: ActiveItem) => boolean,
    taken: ActiveItem[],
  ): void {
    while (taken.length < room) {
      const item = keys.takeOpen(
        (next) => this.#hasRoomFor(next) && this.#hasTenantRoomFor(next) && accepts(next),
      );
      if (item === undefined) return;
      this.#unready(item);
      this.reserve(item);
      taken.push(item);
    }
  }

  #unready({ partition }: ActiveItem): void {
    const left = (this.#readyOf.get(partition) ?? 0) - 1;
    if (left <= 0) this.#readyOf.delete(partition);
    else this.#readyOf.set(partition, left);
  }

  /** Room that has nothing to do with tenants and keys: without it no later item may run either. */
  #hasRoomFor(item: ActiveItem): boolean {
    return (
      this.running < item.effect.settings.concurrency &&
      (this.upstream?.admits ?? true) &&
      this.#isPaced()
    );
  }

  #hasTenantRoomFor(item: ActiveItem): boolean {
    return this.#runningFor(item) < item.effect.settings.concurrencyPerTenant;
  }

  #isPaced(): boolean {
    for (const gate of this.#gates) if (!gate.isOpenFor(this.#wake)) return false;
    return true;
  }

  /** Whoever holds up what could start is to say when it may. */
  #awaitRates(): void {
    if (this.#gates.length === 0 || !this.hasReady) return;
    for (const gate of this.#gates) if (!gate.isOpenFor(this.#wake)) gate.wait(this.#wake);
  }

  readonly #wake = (): void => {
    if (this.hasReady) this.#deps.freed(this);
  };

  #shareOfEach(): number {
    return this.waiting >= CROWDED * this.#capacity ? 1 : this.#share;
  }

  #runningFor(item: ActiveItem): number {
    return this.#byTenant.get(item.row.tenant) ?? 0;
  }
}
