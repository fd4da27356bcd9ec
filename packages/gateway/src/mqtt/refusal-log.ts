/**
 * Log lines that anybody can bring about who reaches a listener: of each kind a few at once, then one now and then, which
 * says how many there were besides. All of them are there at the level `debug`.
 *
 * The log is what an attack would fill, and lines of one kind must not hide those of another.
 */
import type { Clock, Millis } from '@holdfast/core';
import type { MqttLog } from './gateway-config.ts';

/** What was refused, or why a connection was closed. */
export type RefusalKind = 'room' | 'connect' | 'origin' | 'closed' | 'subscription';

/** Lines of a kind at once after a pause. */
const BURST = 10;
/** One more line of a kind after so long. */
const EVERY_MS: Millis = 6_000;

interface Allowance {
  lines: number;
  at: Millis;
  /** Left out since the last line. */
  leftOut: number;
}

export class RefusalLog {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #log: MqttLog;
  readonly #byKind = new Map<RefusalKind, Allowance>();

  constructor(clock: Pick<Clock, 'monotonic'>, log: MqttLog) {
    this.#clock = clock;
    this.#log = log;
  }

  say(kind: RefusalKind, fields: object, message: string, level: 'warn' | 'info' = 'warn'): void {
    const now = this.#clock.monotonic();
    const allowance = this.#byKind.get(kind) ?? { lines: BURST, at: now, leftOut: 0 };
    this.#byKind.set(kind, allowance);
    allowance.lines = Math.min(BURST, allowance.lines + (now - allowance.at) / EVERY_MS);
    allowance.at = now;
    if (allowance.lines < 1) {
      allowance.leftOut += 1;
      this.#log.debug(fields, message);
      return;
    }
    const { leftOut } = allowance;
    allowance.lines -= 1;
    allowance.leftOut = 0;
    this.#log[level](leftOut === 0 ? fields : { ...fields, leftOut }, message);
  }
}
