import type { Clock, Millis } from '@holdfast/core';

const REST_FACTOR = 100;

/**
 * An answer that costs time, and is not sought again before that has been left alone for a hundred times as long: until
 * then the last one stands. However often somebody asks, it takes one hundredth of a core at most.
 */
export class Rested<T> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #seek: () => T;
  #last: { readonly answer: T; readonly until: Millis } | null = null;

  constructor(clock: Pick<Clock, 'monotonic'>, seek: () => T) {
    this.#clock = clock;
    this.#seek = seek;
  }

  read(): T {
    const begun = this.#clock.monotonic();
    if (this.#last !== null && begun < this.#last.until) return this.#last.answer;
    const answer = this.#seek();
    const ended = this.#clock.monotonic();
    this.#last = { answer, until: ended + (ended - begun) * REST_FACTOR };
    return answer;
  }
}
