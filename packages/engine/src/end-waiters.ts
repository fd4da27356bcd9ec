import type { Clock } from '@holdfast/core';
import type { SagaEnd } from './api.ts';

/** Those who asked to be told when an instance ends. Told after the commit that ends it. */
export class EndWaiters {
  readonly #clock: Clock;
  readonly #byInstance = new Map<string, Set<(end: SagaEnd | null) => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves with the end, or with null once `timeout` milliseconds have passed. */
  wait(instance: string, timeout: number): Promise<SagaEnd | null> {
    return new Promise((resolve) => {
      let waiters = this.#byInstance.get(instance);
      if (waiters === undefined) {
        waiters = new Set();
        this.#byInstance.set(instance, waiters);
      }
      const mine = waiters;
      const tell = (end: SagaEnd | null): void => {
        cancel();
        mine.delete(tell);
        if (mine.size === 0 && this.#byInstance.get(instance) === mine)
          this.#byInstance.delete(instance);
        resolve(end);
      };
      const cancel = this.#clock.after(timeout, () => tell(null));
      mine.add(tell);
    });
  }

  /** Tells everybody that no end will be seen here: the engine stops. */
  giveUp(): void {
    for (const waiters of this.#byInstance.values()) for (const tell of waiters) tell(null);
  }

  tell(instance: string, end: SagaEnd): void {
    const waiters = this.#byInstance.get(instance);
    if (waiters === undefined) return;
    // Each takes itself out of the set as it is told; a set may shrink while it is walked.
    for (const tell of waiters) tell(end);
  }
}
