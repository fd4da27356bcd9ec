import type { Clock, Micros } from '@holdfast/core';

/**
 * Recorded time: wall time that never goes backward, across restarts too (I8). When somebody sets the clock back it
 * stands still until the wall has caught up; durations are measured by `Clock.monotonic`, never by this.
 */
export class RecordedTime {
  readonly #clock: Clock;
  #latest: Micros;

  /** @param latest the latest time already recorded, from the store */
  constructor(clock: Clock, latest: Micros) {
    this.#clock = clock;
    this.#latest = latest;
  }

  now(): Micros {
    const wall = this.#clock.now();
    if (wall > this.#latest) this.#latest = wall;
    return this.#latest;
  }
}
