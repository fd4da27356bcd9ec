/**
 * Shares the sandbox's threads among programs: one that takes its time, or fails at every event, holds up no other.
 *
 * 1. A program has no more calls before the threads than a slice of time is worth, by what its calls have cost so far; the
 *    others wait in its lane. So a call waits for one slice of each program at most, however much another has to do.
 * 2. A program whose failures are costly (gas, memory, a thread held up) is a suspect: one call at a time, in a thread
 *    aside, and from the second failure in a row on with growing pauses between, so that it takes a tenth of a core at
 *    most. What it is to decide waits. A row of good answers clears it.
 * 3. Time decides when a call is made, and never what it answers (I6).
 *
 * @module
 */
import type { Clock, Millis } from '@holdfast/core';
import { isCostlyFailure } from './costly-failure.ts';
import type { Answer, ProgramNumber } from './protocol.ts';
import type { PendingCall } from './thread-link.ts';

/** What the calls of one program that are before a thread may cost together. */
const SLICE_MS: Millis = 20;
/** Enough to keep a thread busy while it hears of what comes next. */
const MAX_WINDOW = 64;
/** Cost of a call of which nothing is known yet: should it be a bad one, not many of its kind are before it. */
const FIRST_COST_MS: Millis = 1;
/** Weight of the latest call in the cost that is expected of the next. */
const COST_WEIGHT = 1 / 8;
/** Pause after a costly failure, in times of its cost: a tenth of a core is left to it. */
const MAX_PAUSE_FACTOR = 9;
const MAX_PAUSE_MS: Millis = 10_000;
/** Good answers in a row that clear a suspect. */
const CLEARED_AFTER = 10;

export interface ProgramLanesOptions {
  readonly clock: Clock;
  /** How many threads share the calls of programs that are no suspects. */
  readonly threads: number;
  /** Hands a call to a thread; `aside`: to the one for suspects. */
  readonly dispatch: (pending: PendingCall, aside: boolean) => void;
}

class Lane {
  /** Calls that a thread handed back, oldest first: they go before the queue. */
  returned: PendingCall[] = [];
  queue: PendingCall[] = [];
  head = 0;
  /** Calls before a thread. */
  outstanding = 0;
  /** What a call is expected to cost. */
  cost: Millis = FIRST_COST_MS;
  isSuspect = false;
  /** Costly failures since the last good answer. */
  failures = 0;
  /** Good answers since the last costly failure. */
  good = 0;
  /** Ends the pause it is in; null when it is in none. */
  endPause: (() => void) | null = null;

  get waiting(): number {
    return this.returned.length + this.queue.length - this.head;
  }

  takeAll(): readonly PendingCall[] {
    const all = [...this.returned, ...this.queue.slice(this.head)];
    this.returned = [];
    this.queue = [];
    this.head = 0;
    return all;
  }

  next(): PendingCall | undefined {
    if (this.returned.length > 0) return this.returned.shift();
    const pending = this.queue[this.head];
    if (pending === undefined) return undefined;
    this.head += 1;
    if (this.head === this.queue.length) {
      this.queue = [];
      this.head = 0;
    }
    return pending;
  }
}

export class ProgramLanes {
  readonly #options: ProgramLanesOptions;
  readonly #lanes = new Map<ProgramNumber, Lane>();

  constructor(options: ProgramLanesOptions) {
    this.#options = options;
  }

  /** Makes the call now, or when it is its turn. */
  submit(pending: PendingCall): void {
    const lane = this.#lane(pending.program.program);
    if (lane.waiting === 0 && this.#mayGo(lane)) {
      this.#go(lane, pending);
      return;
    }
    lane.queue.push(pending);
  }

  /**
   * A call has its answer.
   *
   * @param cost how long it ran; for one that held its thread up, until that was ended
   */
  answered(program: ProgramNumber, answer: Answer, cost: Millis): void {
    const lane = this.#lane(program);
    lane.outstanding -= 1;
    lane.cost += (cost - lane.cost) * COST_WEIGHT;
    this.#judge(lane, answer, cost);
    this.#pump(lane);
  }

  /** A thread hands a call back that it has not made. They come in the order they were submitted. */
  handedBack(pending: PendingCall): void {
    const lane = this.#lane(pending.program.program);
    lane.outstanding -= 1;
    lane.returned.push(pending);
    // What it was not made for comes in the same message.
    queueMicrotask(() => this.#pump(lane));
  }

  /** Takes out the calls of a program that wait, and may be recalled. */
  recall(program: ProgramNumber): readonly PendingCall[] {
    const lane = this.#lanes.get(program);
    const waiting = lane?.takeAll() ?? [];
    lane?.queue.push(...waiting.filter(({ recallable }) => !recallable));
    return waiting.filter(({ recallable }) => recallable);
  }

  /** Forgets what a program's calls were like, once it has none any more. */
  forget(program: ProgramNumber): void {
    const lane = this.#lanes.get(program);
    if (lane !== undefined && lane.waiting === 0 && lane.outstanding === 0)
      this.#lanes.delete(program);
  }

  /** Takes out all that waits, in no order between programs. */
  close(): readonly PendingCall[] {
    for (const { endPause } of this.#lanes.values()) endPause?.();
    const left = [...this.#lanes.values()].flatMap((lane) => lane.takeAll());
    this.#lanes.clear();
    return left;
  }

  #lane(program: ProgramNumber): Lane {
    let lane = this.#lanes.get(program);
    if (lane === undefined) {
      lane = new Lane();
      this.#lanes.set(program, lane);
    }
    return lane;
  }

  #mayGo(lane: Lane): boolean {
    if (lane.endPause !== null) return false;
    if (lane.isSuspect) return lane.outstanding === 0;
    const window = Math.min(MAX_WINDOW, Math.max(1, Math.floor(SLICE_MS / lane.cost)));
    return lane.outstanding < window * this.#options.threads;
  }

  #go(lane: Lane, pending: PendingCall): void {
    lane.outstanding += 1;
    this.#options.dispatch(pending, lane.isSuspect);
  }

  #pump(lane: Lane): void {
    while (lane.waiting > 0 && this.#mayGo(lane)) {
      const pending = lane.next();
      if (pending === undefined) return;
      this.#go(lane, pending);
    }
  }

  #judge(lane: Lane, answer: Answer, cost: Millis): void {
    if (!isCostlyFailure(answer, cost)) {
      lane.failures = 0;
      if (!lane.isSuspect) return;
      lane.good += 1;
      if (lane.good < CLEARED_AFTER) return;
      lane.isSuspect = false;
      lane.cost = FIRST_COST_MS;
      return;
    }
    lane.isSuspect = true;
    lane.good = 0;
    const factor = Math.min(MAX_PAUSE_FACTOR, 2 ** Math.min(lane.failures, 8) - 1);
    lane.failures += 1;
    if (factor > 0) this.#pause(lane, Math.min(MAX_PAUSE_MS, cost * factor));
  }

  #pause(lane: Lane, pause: Millis): void {
    lane.endPause?.();
    lane.endPause = this.#options.clock.after(pause, () => {
      lane.endPause = null;
      this.#pump(lane);
    });
  }
}
