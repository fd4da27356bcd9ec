import { type Clock, type Micros, MICROS_PER_MILLI, type Millis } from '@holdfast/core';
import type { StoreOp } from '@holdfast/store';
import type { ActiveItem } from './active-item.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import type { Placement } from './placement.ts';
import type { RecordedTime } from './recorded-time.ts';

/** Beyond an effect's timeout, how long a lease holds before its try counts as lost. */
export const LEASE_GRACE_MS = 15_000;

/** A try whose start is in a batch. */
export interface StartedTry {
  readonly item: ActiveItem;
  readonly no: number;
}

export interface TryStarterDeps {
  readonly time: RecordedTime;
  readonly clock: Clock;
  readonly epoch: number;
  readonly placement: Placement;
  /** Makes the try; its started attempt is synced. */
  readonly run: (item: ActiveItem) => void;
  readonly metrics: Pick<EngineMetrics, 'dispatched'>;
}

/** Starts tries in two steps: lease and started attempt go into a batch; once that is synced, the try is made (I4). */
export class TryStarter {
  readonly #deps: TryStarterDeps;

  constructor(deps: TryStarterDeps) {
    this.#deps = deps;
  }

  /** Puts the item's next try into a batch. The answer is for `make`, after the sync. */
  start(item: ActiveItem, into: StoreOp[], at: Micros): StartedTry {
    item.attempts += 1;
    if (item.firstAttemptAt === null) {
      item.firstAttemptAt = at;
      this.#deps.metrics.dispatched(item.row, item.row.createdAt, at);
    }
    item.leaseUntil = at + this.#leaseOf(item) * MICROS_PER_MILLI;
    into.push({
      op: 'attempt.start',
      itemId: item.row.id,
      no: item.attempts,
      mode: item.mode,
      at,
      leaseUntil: item.leaseUntil,
      epoch: this.#deps.epoch,
      release: item.effect.release,
      worker: item.worker,
    });
    return { item, no: item.attempts };
  }

  /**
   * The lease of a try counts from here: its sync may have waited for room for minutes. One that was given back while it
   * was being synced is not made.
   */
  make(started: readonly StartedTry[]): void {
    if (started.length === 0) return;
    const { run, time, clock } = this.#deps;
    const now = time.now();
    for (const { item, no } of started) {
      if (item.attempts !== no || item.leaseUntil === null) continue;
      const lease = this.#leaseOf(item);
      item.leaseUntil = now + lease * MICROS_PER_MILLI;
      item.lostAt = clock.monotonic() + lease;
      run(item);
    }
  }

  #leaseOf({ effect, worker }: ActiveItem): Millis {
    const longest = effect.settings.timeout + LEASE_GRACE_MS;
    return worker === null ? longest : Math.min(longest, this.#deps.placement.ackWait);
  }
}
