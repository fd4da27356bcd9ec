/**
 * A rate that lanes share: which of them may start the next call, and who is told when it is due (R8.3).
 *
 * 1. Who waits is let through in turn; nobody overtakes those who wait.
 * 2. Nothing polls: one timer stands at the time of the next call, while somebody waits.
 *
 * @module
 */
import { type Clock, type Micros, MICROS_PER_MILLI, type RateSettings } from '@holdfast/core';
import { Pace } from './pace.ts';

/** Longest delay of a timer, in milliseconds. */
const MAX_TIMER_MS = 2_147_483_647;

/** Is told, in its turn, that a call may start. */
export type Waiter = () => void;

export class RateGate {
  readonly #clock: Clock;
  #pace: Pace;
  readonly #waiters = new Set<Waiter>();
  #turn: Waiter | null = null;
  #cancelTimer: (() => void) | null = null;
  #stopped = false;

  constructor(settings: RateSettings, clock: Clock) {
    this.#clock = clock;
    this.#pace = new Pace(settings, microsOf(clock));
  }

  /** What was let through before counts under the new settings too. */
  renew(settings: RateSettings): void {
    if (this.#pace.isAs(settings)) return;
    this.#pace = new Pace(settings, microsOf(this.#clock), this.#pace);
    this.#wakeLater();
  }

  isOpenFor(waiter: Waiter): boolean {
    if (this.#waiters.size > 0 && this.#turn !== waiter) return false;
    return this.#pace.wait(microsOf(this.#clock)) === 0;
  }

  take(): void {
    this.#pace.take(microsOf(this.#clock));
  }

  wait(waiter: Waiter): void {
    this.#waiters.add(waiter);
    if (this.#cancelTimer === null) this.#wakeLater();
  }

  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #wakeLater(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#stopped || this.#waiters.size === 0) return;
    const wait = delayOf(this.#pace.wait(microsOf(this.#clock)));
    this.#cancelTimer = this.#clock.after(wait, () => this.#wake());
  }

  #wake(): void {
    this.#cancelTimer = null;
    // Each of those who wait now has one turn at most: one that cannot use it goes to the end.
    let turns = this.#waiters.size;
    for (const waiter of this.#waiters) {
      if (turns-- === 0 || this.#pace.wait(microsOf(this.#clock)) > 0) break;
      this.#waiters.delete(waiter);
      this.#turn = waiter;
      waiter();
      this.#turn = null;
    }
    this.#wakeLater();
  }
}

/** Whole microseconds that only go forward. */
export function microsOf(clock: Clock): Micros {
  return Math.floor(clock.monotonic() * MICROS_PER_MILLI);
}

/** Milliseconds for a timer that is not to come early. */
export function delayOf(wait: Micros): number {
  return Math.min(MAX_TIMER_MS, Math.ceil(wait / MICROS_PER_MILLI));
}
