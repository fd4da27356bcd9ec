import type { Micros, Millis } from './time.ts';

/** Where engine code takes time and timers from, so that a simulation can own both. */
export interface Clock {
  /** Wall time in microseconds UTC. May jump either way when somebody sets the clock. */
  now(): Micros;
  /** Milliseconds that only go forward, from an arbitrary start. */
  monotonic(): Millis;
  /**
   * Milliseconds since the machine started, its sleep included, and which start that was; null for a start that cannot
   * be told from another. Absent: unknown, so that sleep looks like a clock that was set forward.
   */
  machine?(): { readonly uptime: Millis; readonly boot: string | null };
  /** Calls back once after about `delay` milliseconds. Returns what cancels it. */
  after(delay: Millis, run: () => void): () => void;
}

/** Where engine code takes randomness from. Returns a number in [0, 1). */
export type Random = () => number;
