/**
 * The scheduler: durable timers (R9, I8).
 *
 * 1. A schedule fires when recorded time, which never goes backward, reaches its due time; never earlier.
 * 2. A firing is journaled in the commit that removes its schedule, so once, through crash and restart.
 * 3. The next due time wakes it; it looks again at least every 30 s, since timers stand still while a machine sleeps,
 *    overflow past 24.8 days, and wall clocks are set.
 * 4. A firing that meets a cancellation on its way is recorded and ignored by its instance.
 *
 * @module
 */
import type { Clock, Micros } from '@holdfast/core';
import type { ScheduleRow, Store } from '@holdfast/store';
import type { RecordedTime } from './recorded-time.ts';

/** Longest sleep between looks. */
const RECHECK_MS = 30_000;
/** Schedules fired per look at the store. */
const BATCH = 500;

export interface SchedulerDeps {
  readonly store: Store;
  readonly time: RecordedTime;
  readonly clock: Clock;
  /** Journals the firing. Resolves after its commit. */
  readonly fire: (schedule: ScheduleRow) => Promise<void>;
  readonly failed: (error: unknown) => void;
  readonly recheckMs?: number;
}

export class Scheduler {
  readonly #deps: SchedulerDeps;
  #next: Micros = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;
  #firing = false;
  #stopped = false;
  #held = false;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  /** Begins to fire what is due. */
  async start(): Promise<void> {
    this.#next = (await this.#deps.store.nextScheduleDue()) ?? Number.POSITIVE_INFINITY;
    this.#arm();
  }

  /** Fires nothing more for now: what is due stays in the store. */
  hold(): void {
    this.#held = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** Fires again, and what has become due meanwhile. */
  goOn(): void {
    this.#held = false;
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  /** Earliest due time known; for metrics. */
  get nextDue(): Micros {
    return this.#next;
  }

  /** A schedule has been committed. */
  set(schedule: ScheduleRow): void {
    if (schedule.dueAt >= this.#next) return;
    this.#next = schedule.dueAt;
    this.#arm();
  }

  #arm(): void {
    if (this.#stopped || this.#held || this.#firing) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    // Nothing scheduled: nothing to look for. `set` arms it again.
    if (this.#next === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(this.#deps.recheckMs ?? RECHECK_MS, this.#deps.time.until(this.#next));
    this.#cancelTimer = this.#deps.clock.after(wait, () => {
      this.#cancelTimer = null;
      this.#look().catch(this.#deps.failed);
    });
  }

  async #look(): Promise<void> {
    const { store, time, fire } = this.#deps;
    this.#firing = true;
    try {
      while (!this.#stopped && !this.#held) {
        const now = time.now();
        const due = await store.dueSchedules(now, BATCH);
        await Promise.all(due.map((schedule) => fire(schedule)));
        if (due.length < BATCH) break;
      }
      // What is set while the store answers lowers it again.
      this.#next = Number.POSITIVE_INFINITY;
      const stored = await store.nextScheduleDue();
      if (stored !== null && stored < this.#next) this.#next = stored;
    } finally {
      this.#firing = false;
    }
    this.#arm();
  }
}
