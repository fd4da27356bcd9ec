import { type Clock, type Micros, MICROS_PER_MILLI, type Millis } from '@holdfast/core';

interface Timer {
  readonly at: Millis;
  readonly run: () => void;
}

/** The clocks of a machine apart: a test lets time pass, sets the wall, puts the machine to sleep or starts it anew. */
export class LeapingClock implements Clock {
  #wall: Micros;
  #monotonic: Millis = 0;
  #uptime: Millis = 3_600_000;
  #boot = 1;
  #timers: Timer[] = [];

  constructor(wall: Micros = 1_800_000_000_000_000) {
    this.#wall = wall;
  }

  now(): Micros {
    return this.#wall;
  }

  monotonic(): Millis {
    return this.#monotonic;
  }

  machine(): { readonly uptime: Millis; readonly boot: string } {
    return { uptime: this.#uptime, boot: `boot-${this.#boot}` };
  }

  after(delay: Millis, run: () => void): () => void {
    const timer = { at: this.#monotonic + Math.max(0, delay), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Time goes by; timers fire on the way, and what they start gets its turn. */
  async pass(millis: Millis): Promise<void> {
    const until = this.#monotonic + millis;
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > until) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#go(Math.max(0, next.at - this.#monotonic));
      next.run();
      await turn();
    }
    this.#go(until - this.#monotonic);
    await turn();
  }

  /** Somebody sets the wall clock. */
  set(by: Millis): void {
    this.#wall += by * MICROS_PER_MILLI;
  }

  /** The machine sleeps: wall and uptime go on, the monotonic clock and timers do not. */
  sleep(millis: Millis): void {
    this.set(millis);
    this.#uptime += millis;
  }

  /** The process is down for a while; the machine runs on. Timers are gone. */
  down(millis: Millis): void {
    this.#timers = [];
    this.#go(millis);
  }

  /** The machine is off for a while, and starts. */
  off(millis: Millis, uptime: Millis = 3_600_000): void {
    this.#timers = [];
    this.set(millis);
    this.#boot += 1;
    this.#uptime = uptime;
    this.#monotonic = 0;
  }

  #go(millis: Millis): void {
    this.#monotonic += millis;
    this.#uptime += millis;
    this.#wall += Math.round(millis * MICROS_PER_MILLI);
  }
}

/** Commits are put off to the next turn of the event loop, and one may follow another. */
async function turn(): Promise<void> {
  for (let i = 0; i < 8; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
