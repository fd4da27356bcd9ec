/**
 * One effect's queue: what runs, by tenant, and what is ready to run, in order.
 *
 * @module
 */
import type { EffectResult } from '@holdfast/core';
import type { ActiveItem } from './active-item.ts';
import type { Upstream } from './upstream.ts';

/** Most overflowed items fetched at a time. */
const REFILL = 1000;
/** A tenant's share of a lane, however many items the others have there: one in so many. */
const SHARES = 100;
/** Ready items are taken from the front; the consumed part is cut off now and then. */
const COMPACT_AT = 512;

/** Items that wait in the store. */
interface Overflow {
  /** In order. */
  readonly ids: number[];
  /** How many of them, the oldest, are in the store by now; the others' commit is under way. */
  stored: number;
}

export class EffectLane {
  readonly app: string;
  readonly effect: string;
  /** What must let a call through; null for none. */
  upstream: Upstream | null = null;
  running = 0;
  readonly #capacity: number;
  /** Items that any tenant may have ready, however many the others have. */
  readonly #share: number;
  readonly #byTenant = new Map<string, number>();
  #ready: ActiveItem[] = [];
  #head = 0;
  readonly #readyOf = new Map<string, number>();
  /** Each tenant's pending items that found no room here. */
  readonly #overflow = new Map<string, Overflow>();

  /** @param capacity most items ready at one time */
  constructor(app: string, effect: string, capacity: number) {
    this.app = app;
    this.effect = effect;
    this.#capacity = capacity;
    this.#share = Math.max(1, Math.floor(capacity / SHARES));
  }

  get waiting(): number {
    return this.#ready.length - this.#head;
  }

  get hasReady(): boolean {
    return this.#head < this.#ready.length;
  }

  /** Whether an item of the tenant waits, here or in the store. */
  hasWaiting(tenant: string): boolean {
    return this.#readyOf.has(tenant) || this.#overflow.has(tenant);
  }

  /** Whether a new item of the tenant must queue up in the store, behind those of it that do so already. */
  isFullFor(tenant: string): boolean {
    return (
      this.#overflow.has(tenant) ||
      (this.waiting >= this.#capacity && (this.#readyOf.get(tenant) ?? 0) >= this.#share)
    );
  }

  push(item: ActiveItem): void {
    const { tenant } = item.row;
    this.#ready.push(item);
    this.#readyOf.set(tenant, (this.#readyOf.get(tenant) ?? 0) + 1);
  }

  /** It must wait in the store; `stored` is to follow, in the same order. */
  overflow({ id, tenant }: ActiveItem['row']): void {
    const waiting = this.#overflow.get(tenant);
    if (waiting === undefined) this.#overflow.set(tenant, { ids: [id], stored: 0 });
    else waiting.ids.push(id);
  }

  /** The oldest overflowed item of the tenant that was not yet in the store is. */
  stored(tenant: string): void {
    const waiting = this.#overflow.get(tenant);
    if (waiting !== undefined) waiting.stored += 1;
  }

  /**
   * Ids of the next overflowed items, where it is time to bring some in; they are to be fetched and pushed. Each tenant
   * has its share.
   */
  takeOverflow(): readonly number[] {
    const taken: number[] = [];
    if (this.#overflow.size === 0) return taken;
    const hasRoom = this.waiting <= this.#capacity / 2;
    const room = Math.min(REFILL, this.#capacity - this.waiting);
    const each = hasRoom ? Math.max(1, Math.ceil(room / this.#overflow.size)) : 0;
    // Those who get some go to the end.
    const tenants = Array.from(this.#overflow);
    for (const [tenant, waiting] of tenants) {
      if (taken.length >= REFILL) break;
      const ready = this.#readyOf.get(tenant) ?? 0;
      const owed = ready <= this.#share / 2 ? this.#share - ready : 0;
      const count = Math.min(waiting.stored, Math.max(each, owed));
      if (count === 0) continue;
      taken.push(...waiting.ids.splice(0, count));
      waiting.stored -= count;
      this.#overflow.delete(tenant);
      if (waiting.ids.length > 0) this.#overflow.set(tenant, waiting);
    }
    return taken;
  }

  mayRun(item: ActiveItem): boolean {
    const { concurrency, concurrencyPerTenant } = item.effect.settings;
    return (
      this.running < concurrency &&
      this.#runningFor(item) < concurrencyPerTenant &&
      (this.upstream?.admits ?? true)
    );
  }

  reserve(item: ActiveItem): void {
    this.running += 1;
    this.#byTenant.set(item.row.tenant, this.#runningFor(item) + 1);
    item.admission = this.upstream?.admit(item.effect.settings.concurrency) ?? null;
  }

  /** @param result of the try; null when nobody knows, or none was made */
  free(item: ActiveItem, result: EffectResult | null): void {
    this.running -= 1;
    const left = this.#runningFor(item) - 1;
    if (left <= 0) this.#byTenant.delete(item.row.tenant);
    else this.#byTenant.set(item.row.tenant, left);
    const { admission } = item;
    item.admission = null;
    admission?.end(result);
  }

  /**
   * Takes the items that may run now, reserving their room. A tenant at its limit must not hold up the others: its items
   * are passed over and keep their place.
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
    for (let at = this.#head; at < this.#ready.length && taken.length < room; at++) {
      const item = this.#ready[at];
      if (item === undefined || !this.#hasRoomFor(item)) break;
      if (!this.mayRun(item)) continue;
      if (!accepts(item)) {
        if (exhausted()) break;
        continue;
      }
      this.#ready.copyWithin(this.#head + 1, this.#head, at);
      this.#head += 1;
      this.#unready(item.row.tenant);
      this.reserve(item);
      taken.push(item);
    }
    if (this.#head >= COMPACT_AT || !this.hasReady) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  #unready(tenant: string): void {
    const left = (this.#readyOf.get(tenant) ?? 0) - 1;
    if (left <= 0) this.#readyOf.delete(tenant);
    else this.#readyOf.set(tenant, left);
  }

  /** Room that has nothing to do with tenants: without it no later item may run either. */
  #hasRoomFor(item: ActiveItem): boolean {
    return this.running < item.effect.settings.concurrency && (this.upstream?.admits ?? true);
  }

  #runningFor(item: ActiveItem): number {
    return this.#byTenant.get(item.row.tenant) ?? 0;
  }
}
