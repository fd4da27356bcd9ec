import type { Micros } from '@holdfast/core';
import type { WorkItemRow } from '@holdfast/store';
import type { LoadedEffect } from './releases/loaded-release.ts';

/** A work item in memory. */
export interface ActiveItem {
  readonly row: WorkItemRow;
  effect: LoadedEffect;
  attempts: number;
  firstAttemptAt: Micros | null;
  doubtful: boolean;
  dueAt: Micros;
  /** What the next try does. */
  mode: 'call' | 'check';
  /** When the lease of the running try ends; null while none runs. */
  leaseUntil: Micros | null;
}

export function activate(row: WorkItemRow, effect: LoadedEffect): ActiveItem {
  return {
    row,
    effect,
    attempts: row.attempts,
    firstAttemptAt: row.firstAttemptAt,
    doubtful: row.doubtful,
    dueAt: row.dueAt,
    // A doubtful item of a `check` effect asks before it acts again (I4).
    mode: row.doubtful && effect.settings.inDoubt === 'check' ? 'check' : 'call',
    leaseUntil: null,
  };
}
