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
/** Ready items are taken from the front; the consumed part is cut off now and then. */
const COMPACT_AT = 512;

export class EffectLane {
  readonly app: string;
  readonly effect: string;
  /** What must let a call through; null for none. */
  upstream: Upstream | null = null;
  running = 0;
  readonly #capacity: number;
  readonly #byTenant = new Map<string, number>();
  #ready: ActiveItem[] = [];
  #head = 0;
  /** Ids, in order, of pending items that found no room here. */
  #overflow: number[] = [];
  /** How many of them, the oldest, are in the store by now; the others' commit is under way. */
  #stored = 0;

  /** @param capacity most items ready at one time */
  constructor(app: string, effect: string, capacity: number) {
    this.app = app;
    this.effect = effect;
    this.#capacity = capacity;
  }

  get waiting(): number {
    return this.#ready.length - this.#head;
  }

  get hasReady(): boolean {
    return this.#head < this.#ready.length;
  }

  /** Whether a new item must queue up in the store, behind those that do so already. */
  get isFull(): boolean {
    return this.#overflow.length > 0 || this.waiting >= this.#capacity;
  }

  /** Whether it is time to bring in what overflowed. */
  get wantsMore(): boolean {
    return this.#stored > 0 && this.waiting <= this.#capacity / 2;
  }

  push(item: ActiveItem): void {
    this.#ready.push(item);
  }

  /** It must wait in the store; `stored` is to follow, in the same order. */
  overflow(itemId: number): void {
    this.#overflow.push(itemId);
  }

  /** The oldest overflowed item that was not yet in the store is. */
  stored(): void {
    this.#stored += 1;
  }

  /** Ids of the next overflowed items for which there is room; they are to be fetched and pushed. */
  takeOverflow(): readonly number[] {
    const count = Math.min(this.#stored, REFILL, Math.max(1, this.#capacity - this.waiting));
    this.#stored -= count;
    return this.#overflow.splice(0, count);
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
   */
  take(room: number): ActiveItem[] {
    const taken: ActiveItem[] = [];
    for (let at = this.#head; at < this.#ready.length && taken.length < room; at++) {
      const item = this.#ready[at];
      if (item === undefined || !this.#hasRoomFor(item)) break;
      if (!this.mayRun(item)) continue;
      this.#ready.copyWithin(this.#head + 1, this.#head, at);
      this.#head += 1;
      this.reserve(item);
      taken.push(item);
    }
    if (this.#head >= COMPACT_AT || !this.hasReady) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  /** Room that has nothing to do with tenants: without it no later item may run either. */
  #hasRoomFor(item: ActiveItem): boolean {
    return this.running < item.effect.settings.concurrency && (this.upstream?.admits ?? true);
  }

  #runningFor(item: ActiveItem): number {
    return this.#byTenant.get(item.row.tenant) ?? 0;
  }
}
