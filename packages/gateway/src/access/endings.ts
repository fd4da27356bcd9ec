/**
 * Those who wait for the end of a key or of a session: whatever outlives one request.
 *
 * 1. Each is told once, by the revocation or the sign-out itself, or when its time is up.
 * 2. One timer for all of them, set for the first whose time is up, and none while nobody waits. The wall clock may be set
 *    or stand still: it is looked at again after `RECHECK_MS` at the latest (FACTS, Timers).
 */
import { MICROS_PER_MILLI } from '@holdfast/core';
import type { Clock, Micros, Millis } from '@holdfast/core';

const RECHECK_MS: Millis = 30_000;

interface Ending<P> {
  readonly principal: P;
  readonly listener: () => void;
}

/** `P`: what a key's or session's holder is known by. */
export class Endings<P> {
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #endsAt: (principal: P) => Micros;
  readonly #waiting = new Set<Ending<P>>();
  #cancel: (() => void) | null = null;
  #nextLook: Micros = Number.POSITIVE_INFINITY;

  /** @param endsAt when a principal ends by itself, as it stands; infinity for never, the past for one that has ended */
  constructor(clock: Pick<Clock, 'now' | 'after'>, endsAt: (principal: P) => Micros) {
    this.#clock = clock;
    this.#endsAt = endsAt;
  }

  /** Returns what ends the waiting. The listener is never called before this has returned. */
  add(principal: P, listener: () => void): () => void {
    const ending = { principal, listener };
    this.#waiting.add(ending);
    this.#lookAt(this.#endsAt(principal));
    return () => {
      this.#waiting.delete(ending);
      if (this.#waiting.size === 0) this.#rest();
    };
  }

  /** Tells those whose end has come. */
  end(which: (principal: P) => boolean): void {
    for (const ending of this.#waiting) {
      if (!which(ending.principal)) continue;
      this.#waiting.delete(ending);
      ending.listener();
    }
    if (this.#waiting.size === 0) this.#rest();
  }

  #lookAt(at: Micros): void {
    if (at >= this.#nextLook) return;
    this.#rest();
    this.#nextLook = at;
    const left = Math.ceil((at - this.#clock.now()) / MICROS_PER_MILLI);
    this.#cancel = this.#clock.after(Math.min(Math.max(left, 0), RECHECK_MS), () => this.#look());
  }

  #look(): void {
    this.#rest();
    const now = this.#clock.now();
    this.end((principal) => this.#endsAt(principal) <= now);
    let next = Number.POSITIVE_INFINITY;
    for (const { principal } of this.#waiting) next = Math.min(next, this.#endsAt(principal));
    this.#lookAt(next);
  }

  #rest(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#nextLook = Number.POSITIVE_INFINITY;
  }
}
