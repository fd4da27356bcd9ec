import type { Clock, Millis } from '@holdfast/core';

/**
 * Looks so many times in one wall limit. A call is stuck once it was seen in progress by all of them: time in which
 * nobody could look (the machine slept, the process was stopped, the engine's thread was busy) does not count against it.
 */
const LOOKS_PER_LIMIT = 8;

/**
 * Watches what a thread has in progress, and tells when that stays the same for the wall limit. It is found stuck after
 * one to one and an eighth wall limits of running time.
 */
export class WallWatch {
  readonly #clock: Clock;
  readonly #pause: Millis;
  readonly #look: () => number;
  readonly #onStuck: (call: number) => void;
  #cancel: (() => void) | null = null;
  #seen = 0;
  #times = 0;

  /**
   * @param look the id of the call in progress, 0 for none
   * @param onStuck told at most once; the watch then ends
   */
  constructor(clock: Clock, limit: Millis, look: () => number, onStuck: (call: number) => void) {
    this.#clock = clock;
    this.#pause = Math.max(1, limit / LOOKS_PER_LIMIT);
    this.#look = look;
    this.#onStuck = onStuck;
  }

  /** Starts looking, unless it does. */
  start(): void {
    if (this.#cancel !== null) return;
    this.#seen = 0;
    this.#cancel = this.#clock.after(this.#pause, () => this.#tick());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #tick(): void {
    const call = this.#look();
    this.#times = call !== 0 && call === this.#seen ? this.#times + 1 : 0;
    this.#seen = call;
    if (this.#times < LOOKS_PER_LIMIT) {
      this.#cancel = this.#clock.after(this.#pause, () => this.#tick());
      return;
    }
    this.#cancel = null;
    this.#onStuck(call);
  }
}
