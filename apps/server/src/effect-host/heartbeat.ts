/**
 * Whether an effect host still turns its event loop. Pings while there is reason to ask, and not otherwise.
 *
 * Silence is counted in pings, not in time: when this very thread was held up, what the host said lies unread, and a
 * ping more is sent before anything is held against it. A ping without an answer is itself reason to ask on, calls or
 * not: calls that time out one by one, with pauses between them, must not make a hung host look idle.
 */
import type { Clock, Millis } from '@holdfast/core';

const PING_INTERVAL_MS: Millis = 1000;

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Silence, in milliseconds, that counts as hung. */
  readonly hungAfter: Millis;
  readonly ping: () => void;
  /** Whether anything is asked of the host. When nothing is, the heartbeat stops as soon as the last ping is answered. */
  readonly isNeeded: () => boolean;
  readonly onHung: () => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #silentPings = 0;
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Goes on until nothing is asked of the host any more. Free when it beats already. */
  start(): void {
    if (this.#cancel === null && !this.#stopped) this.#schedule();
  }

  /** A call ran out of time: is the host there at all? Asks now, unless it has been asked already. */
  doubt(): void {
    if (this.#stopped || this.#silentPings > 0) return;
    this.#silentPings = 1;
    this.#options.ping();
    // A tick that was due sooner would count an interval that this ping has not had.
    this.#cancel?.();
    this.#schedule();
  }

  /** The host said something. */
  heard(): void {
    this.#silentPings = 0;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(PING_INTERVAL_MS, this.#onTick);
  }

  readonly #onTick = (): void => {
    this.#cancel = null;
    if (this.#silentPings === 0 && !this.#options.isNeeded()) return;
    if (this.#silentPings * PING_INTERVAL_MS >= this.#options.hungAfter) {
      this.#options.onHung();
      return;
    }
    this.#silentPings++;
    this.#options.ping();
    this.#schedule();
  };
}
