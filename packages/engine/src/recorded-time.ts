/**
 * Recorded time: wall time that never goes backward, across restarts too (I8).
 *
 * 1. When somebody sets the clock back it stands still until the wall has caught up; durations are measured by
 *    `Clock.monotonic`, never by this.
 * 2. When the wall leaps forward by more than `maxJump`, more than the machine slept, that is held for a person: recorded
 *    time goes on at the pace of the monotonic clock as if nothing had been set. So nothing fires for the leap alone,
 *    nothing that is recorded meanwhile is stamped with a false future, and what comes due without it is not kept waiting.
 *    `confirm` lets it follow the wall. A clock that is set back again ends the hold by itself.
 * 3. What it knows is kept as a `ClockMark`: a leap while the process was down is found on its next start, as long as
 *    the machine has not been started anew in between. That a machine was off for a week is no leap: nothing can
 *    tell it from one. A leap that was held already stays so through that too.
 * 4. Soon after the machine's start a forward leap is how a board without a battery learns the time: it is believed.
 *
 * @module
 */
import { type Clock, type Micros, MICROS_PER_MILLI, type Millis } from '@holdfast/core';
import type { ClockMark } from '@holdfast/store';

/** The wall may part this far from the monotonic clock between two looks before the machine is asked whether it slept. */
const NOTICED: Micros = 1_000_000;

export interface JumpLimits {
  /** Forward leaps of the wall beyond this are held, in milliseconds; 0 holds none. */
  readonly maxJump: Millis;
  /** For so long after the machine's start none is, in milliseconds. */
  readonly bootGrace: Millis;
}

/** A leap that waits for a person. */
export interface HeldJump {
  /** How far the wall is ahead of recorded time. */
  readonly by: Micros;
  /** Recorded time when it was noticed. */
  readonly since: Micros;
}

export class RecordedTime {
  readonly #clock: Clock;
  readonly #limits: JumpLimits | null;
  #latest: Micros;
  /** Wall time less the monotonic clock, when last looked at. */
  #parting: Micros;
  /** The machine's uptime less the monotonic clock: grows while it sleeps. */
  #slept: Millis | null;
  #held: Micros = 0;
  #heldSince: Micros = 0;
  #changed: (() => void) | null = null;

  /**
   * @param latest the latest time already recorded, from the store
   * @param limits null: no leap is held
   */
  constructor(clock: Clock, latest: Micros, limits: JumpLimits | null = null) {
    this.#clock = clock;
    this.#latest = latest;
    this.#limits = limits === null || limits.maxJump === 0 ? null : limits;
    this.#parting = clock.now() - clock.monotonic() * MICROS_PER_MILLI;
    this.#slept = this.#sleptSoFar();
  }

  /** Compares the wall with what was known when the last process ended. Before the time is asked for. */
  resume(mark: ClockMark | null): void {
    if (this.#limits !== null && mark !== null) this.#compare(mark, this.#limits);
  }

  now(): Micros {
    const wall = this.#clock.now();
    if (this.#limits !== null) this.#look(wall, this.#limits);
    const time = wall - this.#held;
    if (time > this.#latest) this.#latest = time;
    return this.#latest;
  }

  /**
   * The latest that it may be: with a leap that is held, which may be right. For what must not be done too late, such as
   * a call again after its target has forgotten the key (I4); a virtual machine that was paused looks like that.
   */
  atMost(): Micros {
    return this.now() + this.#held;
  }

  /**
   * Milliseconds until recorded time reaches `due`, if nobody sets the clock meanwhile. While it stands still, that is
   * until the wall has caught up: whoever looked by recorded time would look again and again.
   */
  until(due: Micros): Millis {
    if (due <= this.now()) return 0;
    return Math.ceil((due - (this.#clock.now() - this.#held)) / MICROS_PER_MILLI);
  }

  /** The leap that waits for a person; null for none. */
  get held(): HeldJump | null {
    return this.#held === 0 ? null : { by: this.#held, since: this.#heldSince };
  }

  /** A person has said that the clock is right: recorded time takes the leap, or what of it was confirmed. */
  confirm(by: Micros): void {
    this.#hold(Math.max(0, this.#held - by));
  }

  /** Told when there is something new to be kept; see `mark`. Must not ask for the time. */
  onChanged(listener: () => void): void {
    this.#changed = listener;
  }

  /** What is to be kept for the next start, `held` of it being held; null where the machine tells nothing of its start. */
  mark(held: Micros = this.#held): ClockMark | null {
    const machine = this.#clock.machine?.();
    if (machine === undefined || machine.boot === null) return null;
    const ahead = this.#clock.now() - held - Math.round(machine.uptime * MICROS_PER_MILLI);
    return { boot: machine.boot, ahead, held };
  }

  #look(wall: Micros, limits: JumpLimits): void {
    const parting = wall - this.#clock.monotonic() * MICROS_PER_MILLI;
    const parted = parting - this.#parting;
    this.#parting = parting;
    if (Math.abs(parted) < NOTICED) return;
    const slept = this.#sleptSoFar();
    const asleep =
      slept === null || this.#slept === null ? 0 : (slept - this.#slept) * MICROS_PER_MILLI;
    this.#slept = slept;
    this.#leapt(parted - asleep, limits);
  }

  /** The wall has moved by this much, sleep aside. */
  #leapt(by: Micros, limits: JumpLimits): void {
    const ahead = Math.round(this.#held + by);
    const max = limits.maxJump * MICROS_PER_MILLI;
    if (ahead <= max) {
      // Small enough, or set back.
      this.#hold(0);
      return;
    }
    const uptime = this.#clock.machine?.().uptime;
    this.#hold(uptime !== undefined && uptime < limits.bootGrace ? 0 : ahead);
  }

  #compare(mark: ClockMark, limits: JumpLimits): void {
    const machine = this.#clock.machine?.();
    if (machine === undefined) return;
    if (machine.boot === mark.boot) {
      const expected = mark.ahead + machine.uptime * MICROS_PER_MILLI;
      this.#leapt(this.#clock.now() - expected, limits);
    } else if (mark.held > 0) {
      this.#leapt(this.#clock.now() - this.#latest, limits);
    }
  }

  #hold(held: Micros): void {
    if (held > 0 && this.#held === 0) this.#heldSince = this.#latest;
    this.#held = held;
    this.#changed?.();
  }

  #sleptSoFar(): Millis | null {
    const machine = this.#clock.machine?.();
    return machine === undefined ? null : machine.uptime - this.#clock.monotonic();
  }
}
