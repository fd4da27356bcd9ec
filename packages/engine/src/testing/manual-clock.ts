import type { Clock, Micros, Millis } from '@holdfast/core';
import { MICROS_PER_MILLI } from '@holdfast/core';

/** A clock that a test moves; timers fire in the order they are due, each at its time. */
export class ManualClock implements Clock {
  #now: Micros = 1_700_000_000_000_000;
  #timers: { readonly at: Micros; readonly run: () => void }[] = [];

  now(): Micros {
    return this.#now;
  }

  monotonic(): Millis {
    return this.#now / MICROS_PER_MILLI;
  }

  after(delay: Millis, run: () => void): () => void {
    const timer = { at: this.#now + delay * MICROS_PER_MILLI, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(millis: Millis): void {
    const until = this.#now + millis * MICROS_PER_MILLI;
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > until) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = until;
  }
}
