/**
 * What a live list shows while events arrive by the thousand: the newest of them, told a few times a second.
 *
 * Invariants:
 * 1. Listeners are told at most once per `TELL_MS`, however many events come.
 * 2. At most `MOST_ROWS` events are kept: those shown while it is held, and as many that came meanwhile. What is dropped
 *    is the oldest, and that is known: `trimmed`.
 * 3. While it is held, what is shown does not move; what comes is counted.
 *
 * @module
 */
import type { EventResource } from '@holdfast/core';

/** Four times a second is as fast as an eye follows. */
export const TELL_MS = 250;
export const MOST_ROWS = 2_000;
/** Time over which the rate is taken. */
const RATE_SECONDS = 3;

export interface TailView {
  /** Newest first. */
  readonly rows: readonly EventResource[];
  /** Came since it was held. */
  readonly waiting: number;
  readonly held: boolean;
  /** Older ones came while it was open, and are no longer kept. */
  readonly trimmed: boolean;
  /** Events a second, over the last few. */
  readonly rate: number;
}

const EMPTY: TailView = { rows: [], waiting: 0, held: false, trimmed: false, rate: 0 };

export class LiveTail {
  readonly #listeners = new Set<() => void>();
  #view: TailView = EMPTY;
  /** Newest last: appending is cheap. */
  #arrived: EventResource[] = [];
  #arrivedCount = 0;
  #overflowed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #counts: number[] = [];
  #newest = 0;

  /** As `useSyncExternalStore` takes it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly view = (): TailView => this.#view;

  /** Highest position that came; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  push(event: EventResource): void {
    this.#newest = event.seq;
    this.#arrived.push(event);
    this.#arrivedCount += 1;
    // In lumps: to cut at every event would be to copy at every event.
    if (this.#arrived.length >= 2 * MOST_ROWS) {
      this.#arrived = this.#arrived.slice(-MOST_ROWS);
      this.#overflowed = true;
    }
    this.#timer ??= setTimeout(() => this.#tick(), TELL_MS);
  }

  /** Holds the list where it is, or lets it go on with all that came meanwhile. */
  hold(held: boolean): void {
    if (held === this.#view.held) return;
    this.#view = { ...this.#view, held };
    if (!held) this.#take();
    this.#tell();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#timer = undefined;
    this.#counts.push(this.#arrivedCount);
    this.#arrivedCount = 0;
    const ticks = (RATE_SECONDS * 1_000) / TELL_MS;
    if (this.#counts.length > ticks) this.#counts.shift();
    const sum = this.#counts.reduce((total, count) => total + count, 0);
    const rate = Math.round(sum / ((this.#counts.length * TELL_MS) / 1_000));
    if (this.#view.held) {
      this.#view = {
        ...this.#view,
        waiting: this.#view.waiting + (this.#counts.at(-1) ?? 0),
        rate,
      };
    } else {
      this.#take();
      this.#view = { ...this.#view, rate };
    }
    this.#tell();
    // Once more after the last: the rate has to come down by itself.
    if (sum > 0) this.#timer ??= setTimeout(() => this.#tick(), TELL_MS);
    else this.#counts.length = 0;
  }

  /** Puts what arrived on top of what is shown. */
  #take(): void {
    const all = [...this.#arrived.toReversed(), ...this.#view.rows];
    const trimmed = this.#view.trimmed || this.#overflowed || all.length > MOST_ROWS;
    // What was shown is older than what was dropped between: the list must not have a gap.
    const rows = this.#overflowed
      ? this.#arrived.slice(-MOST_ROWS).reverse()
      : all.slice(0, MOST_ROWS);
    this.#arrived = [];
    this.#overflowed = false;
    this.#view = { ...this.#view, rows, waiting: 0, trimmed };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
