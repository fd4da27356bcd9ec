import { type Micros, MICROS_PER_MILLI, type Millis } from '@holdfast/core';
import type { WorkItemRow } from '@holdfast/store';
import type { KeySlot } from './key-slot.ts';
import type { LoadedEffect } from './releases/loaded-release.ts';
import type { Admission } from './upstream.ts';

/** A work item in memory. */
export interface ActiveItem {
  readonly row: WorkItemRow;
  effect: LoadedEffect;
  /** Whose items it waits with, see `LoadedEffect.partitionOf`. */
  partition: string;
  attempts: number;
  firstAttemptAt: Micros | null;
  doubtful: boolean;
  dueAt: Micros;
  /** Tries that are not held against it, see `WorkItemRow.spared`. */
  spared: number;
  /** A person asked for the next try: it is made, however late. */
  released: boolean;
  /** What the next try does. */
  mode: 'call' | 'check';
  /** When the lease of the running try ends, by recorded time, as its holder is told; null while none runs. */
  leaseUntil: Micros | null;
  /**
   * When the running try counts as lost, in monotonic milliseconds: a clock that is set ends no lease. Null while none
   * runs, or its start is being synced: it has not been made then.
   */
  lostAt: Millis | null;
  /** When the running try was made, in monotonic milliseconds; null while none runs, or where a crash hides it. */
  calledAt: Millis | null;
  /** The worker that makes the running try; null where the executor does, or none runs. */
  worker: string | null;
  /** Told once the end of the running try is synced. */
  recorded: (() => void) | null;
  /** Its upstream's leave for the running try; null without a breaker, or while none runs. */
  admission: Admission | null;
  /** Its key's room for the running try; null without limits by key, or while none runs. */
  slot: KeySlot<ActiveItem> | null;
}

export function activate(row: WorkItemRow, effect: LoadedEffect): ActiveItem {
  return {
    row,
    effect,
    partition: effect.partitionOf(row),
    attempts: row.attempts,
    firstAttemptAt: row.firstAttemptAt,
    doubtful: row.doubtful,
    dueAt: row.dueAt,
    spared: row.spared,
    released: false,
    mode: modeOf(row.doubtful, effect),
    leaseUntil: null,
    lostAt: null,
    calledAt: null,
    worker: null,
    recorded: null,
    admission: null,
    slot: null,
  };
}

/** Its next try goes by the settings of a release that has become active since. */
export function renew(item: ActiveItem, effect: LoadedEffect): void {
  item.effect = effect;
  item.partition = effect.partitionOf(item.row);
  item.mode = modeOf(item.doubtful, effect);
}

/** A doubtful item of a `check` effect asks before it acts again (I4). */
function modeOf(doubtful: boolean, effect: LoadedEffect): ActiveItem['mode'] {
  return doubtful && effect.settings.inDoubt === 'check' ? 'check' : 'call';
}

/** Whether its effect allows another try. Whoever used up the last one may still be asked what came of it. */
export function hasTriesLeft({ attempts, spared, mode, effect }: ActiveItem): boolean {
  const most = effect.settings.retry.attempts + (mode === 'check' ? 1 : 0);
  return attempts - spared < most;
}

/**
 * Whether its next try would come after the target has forgotten its idempotency key: a call that is in doubt and
 * relies on the key must then not be made again, however long it waited (I4).
 */
export function isPastWindow(item: ActiveItem, at: Micros): boolean {
  const { doubtful, released, mode, firstAttemptAt } = item;
  const { inDoubt, idempotencyWindow } = item.effect.settings;
  return (
    doubtful &&
    !released &&
    mode === 'call' &&
    inDoubt === 'retry' &&
    firstAttemptAt !== null &&
    at >= firstAttemptAt + (idempotencyWindow ?? 0) * MICROS_PER_MILLI
  );
}
