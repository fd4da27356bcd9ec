import { type Clock, MICROS_PER_MILLI, type Micros, type Millis } from '@holdfast/core';

interface Timer {
  readonly at: Millis;
  readonly run: () => void;
}

const START: Micros = 1_800_000_000_000_000;

/** Time that stands still until the simulation moves it. Nothing fires by itself. */
export class SimClock implements Clock {
  #wall: Micros = START;
  #monotonic: Millis = 0;
  #timers: Timer[] = [];
  #soon: (() => void)[] = [];
  /** Timers of exactly this delay never fire; for a mutant. */
  deafTo: Millis | null = null;

  now(): Micros {
    return this.#wall;
  }

  monotonic(): Millis {
    return this.#monotonic;
  }

  after(delay: Millis, run: () => void): () => void {
    if (delay === this.deafTo) return () => undefined;
    const timer = { at: this.#monotonic + Math.max(0, delay), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  readonly defer = (run: () => void): void => {
    this.#soon.push(run);
  };

  get hasSoon(): boolean {
    return this.#soon.length > 0;
  }

  runSoon(): void {
    this.#soon.shift()?.();
  }

  /** Milliseconds until the next timer is due; null when there is none. */
  get nextIn(): Millis | null {
    const next = this.#next();
    return next === undefined ? null : Math.max(0, next.at - this.#monotonic);
  }

  /** Moves time to the next timer, and fires that one alone: others due at the same time have their own turn. */
  tick(): void {
    const next = this.#next();
    if (next === undefined) return;
    this.pass(Math.max(0, next.at - this.#monotonic));
    this.#timers = this.#timers.filter((timer) => timer !== next);
    next.run();
  }

  /** Time goes by, and whatever came due has not been heeded yet, as under load. */
  pass(millis: Millis): void {
    this.#monotonic += millis;
    this.#wall += Math.round(millis * MICROS_PER_MILLI);
  }

  /** Somebody sets the clock, or the machine slept: wall time moves, and timers know nothing of it. */
  jump(millis: Millis): void {
    this.#wall += Math.round(millis * MICROS_PER_MILLI);
  }

  /** The process has ended. */
  forget(): void {
    this.#timers = [];
    this.#soon = [];
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
    return next;
  }
}
