/**
 * One effect's queue: what runs, by tenant, and what is ready to run, in order.
 *
 * @module
 */
import type { ActiveItem } from './active-item.ts';

/** Ready items are taken from the front; the consumed part is cut off now and then. */
const COMPACT_AT = 512;

export class EffectLane {
  running = 0;
  readonly #byTenant = new Map<string, number>();
  #ready: ActiveItem[] = [];
  #head = 0;

  get hasReady(): boolean {
    return this.#head < this.#ready.length;
  }

  push(item: ActiveItem): void {
    this.#ready.push(item);
  }

  mayRun(item: ActiveItem): boolean {
    const { concurrency, concurrencyPerTenant } = item.effect.settings;
    return this.running < concurrency && this.#runningFor(item) < concurrencyPerTenant;
  }

  reserve(item: ActiveItem): void {
    this.running += 1;
    this.#byTenant.set(item.row.tenant, this.#runningFor(item) + 1);
  }

  free(item: ActiveItem): void {
    this.running -= 1;
    const left = this.#runningFor(item) - 1;
    if (left <= 0) this.#byTenant.delete(item.row.tenant);
    else this.#byTenant.set(item.row.tenant, left);
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
      if (item === undefined || this.running >= item.effect.settings.concurrency) break;
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

  #runningFor(item: ActiveItem): number {
    return this.#byTenant.get(item.row.tenant) ?? 0;
  }
}
