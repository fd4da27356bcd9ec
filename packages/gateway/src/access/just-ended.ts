/**
 * What was good a moment ago. Whoever held it comes back with it once, to learn that it has ended: a console with its
 * pages, a watcher with its streams. That is no guess, and must not be slowed as one.
 *
 * Bounded: `MOST` are remembered, each for `GRACE_MS`.
 */
import { MICROS_PER_MILLI } from '@holdfast/core';
import type { Clock, Micros, Millis } from '@holdfast/core';

/** How long it counts as a moment. */
export const GRACE_MS: Millis = 60_000;
const MOST = 1_000;

export class JustEnded {
  readonly #clock: Pick<Clock, 'now'>;
  /** By hash of the secret; the one that ended longest ago first. */
  readonly #until = new Map<string, Micros>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  note(hash: string): void {
    this.#until.delete(hash);
    this.#until.set(hash, this.#clock.now() + GRACE_MS * MICROS_PER_MILLI);
    for (const [oldest] of this.#until) {
      if (this.#until.size <= MOST) return;
      this.#until.delete(oldest);
    }
  }

  has(hash: string): boolean {
    const until = this.#until.get(hash);
    if (until === undefined) return false;
    if (this.#clock.now() < until) return true;
    this.#until.delete(hash);
    return false;
  }
}
