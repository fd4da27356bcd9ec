/**
 * One second hand for the whole page: what is so long ago in one row is as long ago in the next, and a list of hundreds of
 * times has one timer.
 *
 * @module
 */

export const TICK_MS = 1_000;

export class SecondHand {
  readonly #listeners = new Set<() => void>();
  #now = Date.now();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** As `useSyncExternalStore` takes it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  /** Milliseconds; the same until the next tick, and never older than one. */
  readonly now = (): number => {
    const now = Date.now();
    if (now - this.#now >= TICK_MS) this.#now = now;
    return this.#now;
  };

  #tick(): void {
    this.#now = Date.now();
    for (const listener of this.#listeners) listener();
  }
}

export const clock = new SecondHand();
