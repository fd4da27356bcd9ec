import type { Clock, Millis } from '@holdfast/core';
import { MICROS_PER_MILLI } from '@holdfast/core';

/** A clock that stands still between the steps of a test. */
export class StepClock implements Clock {
  #at: Millis = 0;
  readonly #timers = new Set<{ readonly due: Millis; readonly run: () => void }>();

  now(): number {
    return this.#at * MICROS_PER_MILLI;
  }

  monotonic(): Millis {
    return this.#at;
  }

  after(delay: Millis, run: () => void): () => void {
    const timer = { due: this.#at + delay, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  step(millis: Millis): void {
    this.#at += millis;
    for (const timer of this.#timers) {
      if (timer.due > this.#at) continue;
      this.#timers.delete(timer);
      timer.run();
    }
  }
}
