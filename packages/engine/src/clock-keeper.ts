/**
 * Keeps what is known of the machine's clock, and lets a person say that it is right after it has leapt (I8).
 *
 * 1. The mark of the clock is written whenever it changes: a step of the wall, a leap held or let go. A crash before that
 *    leaves the older one, by which the next start finds the same leap.
 * 2. A confirmation is journaled, with who and why, in the commit that keeps it; recorded time leaps after that.
 *
 * @module
 */
import { CONTROL_TYPES, formatMicros, HoldfastError, MICROS_PER_MILLI } from '@holdfast/core';
import type { Store, StoreOp } from '@holdfast/store';
import type { Actor, ClockConfirmed, ClockHeld } from './api.ts';
import { controlFact } from './control-fact.ts';
import type { CronTriggers } from './cron/cron-triggers.ts';
import { quiet } from './disposition-units.ts';
import type { Fact } from './fact.ts';
import type { Unit } from './journal-writer.ts';
import type { Log } from './log.ts';
import type { HeldJump, RecordedTime } from './recorded-time.ts';
import type { Scheduler } from './scheduler.ts';

/** Timers that are counted at most when it is said what would fire. */
const COUNTED = 1000;

export interface ClockKeeperDeps {
  readonly store: Store;
  readonly time: RecordedTime;
  readonly crons: CronTriggers;
  readonly scheduler: Scheduler;
  readonly log: Log;
  readonly submit: (unit: Unit) => void;
  /** Journals the record of an act, with what is written together with it. Resolves after the sync. */
  readonly record: (record: Fact) => Promise<void>;
}

export class ClockKeeper {
  readonly #deps: ClockKeeperDeps;
  #confirming = false;
  #toldHeld = false;

  constructor(deps: ClockKeeperDeps) {
    this.#deps = deps;
  }

  /** Before anything asks for the time. */
  async start(): Promise<void> {
    const { store, time } = this.#deps;
    const before = await store.clockMark();
    time.onChanged(() => this.#changed());
    time.resume(before);
    if (before === null || before.boot !== time.mark()?.boot) this.#keep();
  }

  async status(): Promise<ClockHeld | null> {
    const { time } = this.#deps;
    const recorded = time.now();
    const { held } = time;
    if (held === null) return null;
    const due = await this.#due(recorded + held.by);
    return { jump: millis(held), since: held.since, recorded, due };
  }

  /** @throws HoldfastError `conflict` when no leap is held, or another confirms it at this moment. */
  async confirm(actor: Actor): Promise<ClockConfirmed> {
    const { time, scheduler, log } = this.#deps;
    const from = time.now();
    const { held } = time;
    if (held === null)
      throw new HoldfastError('conflict', 'the clock is believed: there is nothing to confirm');
    if (this.#confirming)
      throw new HoldfastError('conflict', 'somebody else is confirming the clock');
    this.#confirming = true;
    try {
      const due = await this.#due(from + held.by);
      await this.#journal(actor, held, from);
      time.confirm(held.by);
      log.warn(
        { jump: millis(held), due, by: actor.by },
        'the clock is confirmed: what it makes due fires',
      );
      scheduler.leapt();
      return { jump: millis(held), due };
    } finally {
      this.#confirming = false;
    }
  }

  async #due(before: number): Promise<number> {
    const { store, crons } = this.#deps;
    return (await store.countDueSchedules(before, COUNTED)) + crons.countDue(before);
  }

  async #journal(actor: Actor, held: HeldJump, from: number): Promise<void> {
    const { time, record } = this.#deps;
    const fact = controlFact(time, {
      tenant: '',
      type: CONTROL_TYPES.clockConfirmed,
      subject: null,
      source: 'clock',
      actor,
      what: {
        jump: millis(held),
        from: formatMicros(from),
        to: formatMicros(from + held.by),
        before: { held: true },
        after: { held: false },
      },
      extra: (into) => this.#write(into, 0),
    });
    await record(fact);
  }

  #changed(): void {
    const { time, log } = this.#deps;
    const { held } = time;
    if (held !== null && !this.#toldHeld) {
      log.warn(
        { jump: millis(held) },
        'the clock has leapt forward: nothing fires for that alone until it is confirmed (holdfast schedules confirm)',
      );
    } else if (held === null && this.#toldHeld) {
      log.info({}, 'the clock is believed again');
    }
    this.#toldHeld = held !== null;
    this.#keep();
  }

  #keep(): void {
    if (this.#deps.time.mark() !== null) this.#deps.submit(quiet((into) => this.#write(into)));
  }

  #write(into: StoreOp[], held?: number): void {
    const mark = this.#deps.time.mark(held);
    if (mark !== null) into.push({ op: 'clock.mark', mark });
  }
}

function millis(held: HeldJump): number {
  return Math.round(held.by / MICROS_PER_MILLI);
}
