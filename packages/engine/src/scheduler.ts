/**
 * The scheduler: durable timers and cron triggers (R9, I8).
 *
 * 1. A schedule fires when recorded time, which never goes backward, reaches its due time; never earlier.
 * 2. A firing is journaled in the commit that removes its schedule, or moves its cron trigger to the next occurrence, so
 *    once, through crash and restart.
 * 3. The next due time wakes it; it looks again at least every 30 s, since timers stand still while a machine sleeps,
 *    overflow past 24.8 days, and wall clocks are set. What leaps too far is held: see `RecordedTime`.
 * 4. A firing that meets a cancellation on its way is recorded and ignored by its instance.
 * 5. Schedules of instances stay in the store: however many are pending, a look takes those that are due, from an index,
 *    a batch at a time.
 *
 * @module
 */
import type { Clock, Micros, Millis } from '@holdfast/core';
import type { ScheduleRow, Store } from '@holdfast/store';
import type { EngineMetrics } from './engine-metrics.ts';
import type { CronTriggers } from './cron/cron-triggers.ts';
import type { RecordedTime } from './recorded-time.ts';

/** Schedules fired per look at the store. */
const BATCH = 500;

export interface SchedulerDeps {
  readonly store: Store;
  readonly time: RecordedTime;
  readonly clock: Clock;
  /** Journals the firing. Resolves after its commit. */
  readonly fire: (schedule: ScheduleRow) => Promise<void>;
  readonly metrics: Pick<EngineMetrics, 'scanned' | 'fired'>;
  readonly crons: CronTriggers;
  readonly failed: (error: unknown) => void;
  /** Longest sleep between looks, in milliseconds. */
  readonly recheckMs: Millis;
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
    deps.crons.onChanged(() => this.#arm());
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
    return Math.min(this.#next, this.#deps.crons.nextDue);
  }

  /** Recorded time has taken a leap: looks again at once. */
  leapt(): void {
    this.#arm();
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
    const next = this.nextDue;
    if (next === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(this.#deps.recheckMs, this.#deps.time.until(next));
    this.#cancelTimer = this.#deps.clock.after(wait, () => {
      this.#cancelTimer = null;
      this.#look().catch(this.#deps.failed);
    });
  }

  async #fire(schedule: ScheduleRow): Promise<void> {
    await this.#deps.fire(schedule);
    this.#deps.metrics.fired(schedule.dueAt);
  }

  async #look(): Promise<void> {
    const { store, time, clock, metrics, crons } = this.#deps;
    this.#firing = true;
    try {
      while (!this.#stopped && !this.#held) {
        const now = time.now();
        const begun = clock.monotonic();
        const due = await store.dueSchedules(now, BATCH);
        metrics.scanned(clock.monotonic() - begun);
        await Promise.all(due.map((schedule) => this.#fire(schedule)));
        if (due.length < BATCH) break;
      }
      if (!this.#stopped && !this.#held) await crons.fireDue();
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
