import { type Clock, type Micros, MICROS_PER_MILLI, type Millis } from '@holdfast/core';

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

  /**
   * Milliseconds until recorded time reaches `due`, if nobody sets the clock meanwhile. While it stands still, that is
   * until the wall has caught up: whoever looked by recorded time would look again and again.
   */
  until(due: Micros): Millis {
    if (due <= this.now()) return 0;
    return Math.ceil((due - this.#clock.now()) / MICROS_PER_MILLI);
  }
}
