import { type Clock, instanceText } from '@holdfast/core';
import type { InstanceAddress, SagaEnd } from './api.ts';
import type { InstanceCache } from './instance-cache.ts';
import { isEnded } from './live-instance.ts';

/** Those who asked to be told when an instance ends. Told after the commit that ends it. */
export class EndWaiters {
  readonly #clock: Clock;
  readonly #cache: InstanceCache;
  readonly #byInstance = new Map<string, Set<(end: SagaEnd | null) => void>>();
  /** Those whose instance is not known yet. */
  readonly #unnamed = new Set<() => void>();
  #isOver = false;

  constructor(clock: Clock, cache: InstanceCache) {
    this.#clock = clock;
    this.#cache = cache;
  }

  /** The end of an instance as it is now; null when `timeout` milliseconds pass first, or when it does not exist. */
  async ofInstance(
    { tenant, saga, key }: InstanceAddress,
    timeout: number,
  ): Promise<SagaEnd | null> {
    const instance = await this.#cache.whenLoaded(tenant, saga, key);
    const { row } = instance;
    if (row === null) {
      this.#cache.release(instance);
      return null;
    }
    if (isEnded(row.status) && instance.uncommitted === 0) {
      const { run, status, version, release, result, failure } = row;
      this.#cache.release(instance);
      return { saga, key, run, status, version, release, result, failure };
    }
    return this.wait(instanceText(tenant, saga, key), timeout);
  }

  /** Resolves with the end, or with null once `timeout` milliseconds have passed. */
  wait(instance: string, timeout: number): Promise<SagaEnd | null> {
    if (this.#isOver || timeout <= 0) return Promise.resolve(null);
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

  /**
   * The same for an instance that an event is yet to open: the time runs from now, however long that takes.
   *
   * @param opening the instance; null when none is opened
   */
  async waitForOpened(opening: Promise<string | null>, timeout: number): Promise<SagaEnd | null> {
    const until = this.#clock.monotonic() + timeout;
    const { promise, resolve } = Promise.withResolvers<null>();
    const giveUp = (): void => resolve(null);
    this.#unnamed.add(giveUp);
    const cancel = this.#clock.after(timeout, giveUp);
    if (this.#isOver) giveUp();
    const instance = await Promise.race([opening, promise]);
    cancel();
    this.#unnamed.delete(giveUp);
    return instance === null ? null : this.wait(instance, until - this.#clock.monotonic());
  }

  /** Tells everybody, and whoever asks from now on, that no end will be seen here: the engine stops. */
  giveUp(): void {
    this.#isOver = true;
    for (const giveUp of this.#unnamed) giveUp();
    for (const waiters of this.#byInstance.values()) for (const tell of waiters) tell(null);
  }

  tell(instance: string, end: SagaEnd): void {
    const waiters = this.#byInstance.get(instance);
    if (waiters === undefined) return;
    // Each takes itself out of the set as it is told; a set may shrink while it is walked.
    for (const tell of waiters) tell(end);
  }
}
