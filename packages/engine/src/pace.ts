/**
 * Calls spread evenly: `limit` in each `per`, and `burst` at once after a quiet time. The generic cell rate algorithm
 * (ITU-T I.371) on whole microseconds, so that a long run loses and gains nothing by rounding.
 *
 * Any stretch of `per` holds at most `limit + burst - 1` starts.
 *
 * @module
 */
import { type Micros, MICROS_PER_MILLI, type RateSettings } from '@holdfast/core';

/**
 * Timers are no finer than a millisecond, and late under load: what is due within this time may start at once, so that
 * a rate of thousands a second is reached.
 */
const GRAIN: Micros = 10 * MICROS_PER_MILLI;

export class Pace {
  readonly settings: RateSettings;
  /** Between two calls: whole microseconds, and `#part` of `limit` of one more. */
  readonly #step: Micros;
  readonly #part: number;
  /** How far ahead of its time a call may start. */
  readonly #ahead: Micros;
  /** When the next call is due if all come evenly: microseconds, and `#nextPart` of `limit` of one more. */
  #next: Micros;
  #nextPart = 0;

  /** @param before what it takes the place of: what that let through counts here too */
  constructor(settings: RateSettings, now: Micros, before: Pace | null = null) {
    const { limit, per, burst } = settings;
    const micros = per * MICROS_PER_MILLI;
    this.settings = settings;
    this.#step = Math.floor(micros / limit);
    this.#part = micros % limit;
    const atOnce = Math.max(burst, Math.ceil((GRAIN * limit) / micros));
    this.#ahead = (atOnce - 1) * this.#step + Math.floor(((atOnce - 1) * this.#part) / limit);
    const most = now + this.#ahead + this.#step;
    this.#next = before === null ? now : Math.min(before.#next, most);
  }

  /** Until a call may start, its part of a microsecond left out; 0 for now. */
  wait(now: Micros): Micros {
    return Math.max(0, this.#next - this.#ahead - now);
  }

  /** A call starts. */
  take(now: Micros): void {
    if (this.#next < now) {
      this.#next = now;
      this.#nextPart = 0;
    }
    this.#next += this.#step;
    this.#nextPart += this.#part;
    if (this.#nextPart < this.settings.limit) return;
    this.#nextPart -= this.settings.limit;
    this.#next += 1;
  }

  /** It was quiet for so long that nothing need be remembered. */
  isQuiet(now: Micros): boolean {
    return this.#next < now;
  }

  isAs({ limit, per, burst }: RateSettings): boolean {
    const own = this.settings;
    return own.limit === limit && own.per === per && own.burst === burst;
  }
}
