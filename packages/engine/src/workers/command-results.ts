/**
 * Results that workers bring (I3, I4): each is taken once, answered when it is synced, and may be brought again.
 *
 * @module
 */
import { type EffectResult, HoldfastError, type HeldCommand } from '@holdfast/core';
import type { AttemptRow, Store, WorkItemRow } from '@holdfast/store';
import type { ActiveItem } from '../active-item.ts';
import type { EffectWorker } from '../effect-worker.ts';
import { type LeaseTable, tryText } from './lease-table.ts';
import type { WorkerCaller } from './worker-api.ts';

export interface CommandResultsDeps {
  readonly store: Store;
  readonly leases: LeaseTable;
  readonly worker: () => EffectWorker;
}

/** Who brings a result. */
interface Bringer extends WorkerCaller {
  /** Whether the worker it speaks for joined with its key. */
  readonly isIts: boolean;
}

export class CommandResults {
  readonly #deps: CommandResultsDeps;
  /** Those whose sync is under way, by command and attempt: a repeated one waits for the first. */
  readonly #syncing = new Map<string, Promise<void>>();

  constructor(deps: CommandResultsDeps) {
    this.#deps = deps;
  }

  isSyncing(which: HeldCommand): boolean {
    return this.#syncing.has(tryText(which));
  }

  /**
   * Resolves once it is synced. Answers whether it had been brought before.
   *
   * @throws HoldfastError `lease.lost`, `not_found`
   */
  async take(
    id: string,
    which: HeldCommand,
    result: EffectResult,
    caller: Bringer,
  ): Promise<{ readonly duplicate: boolean }> {
    const lease = this.#deps.leases.running(id, which);
    const first = this.#syncing.get(tryText(which));
    if (first !== undefined) await first;
    else if (lease !== undefined && caller.isIts && mayTake(caller, lease.item.row)) {
      await this.#record(which, lease.item, result);
      return { duplicate: false };
    }
    await this.#checkRecorded(id, which, result, caller);
    return { duplicate: true };
  }

  async #record(which: HeldCommand, item: ActiveItem, result: EffectResult): Promise<void> {
    const synced = new Promise<void>((resolve) => {
      item.recorded = resolve;
    });
    this.#syncing.set(tryText(which), synced);
    this.#deps.worker().answered(item, result);
    await synced;
    this.#syncing.delete(tryText(which));
  }

  /** @throws HoldfastError `lease.lost` unless this very answer of this worker is on record */
  async #checkRecorded(
    id: string,
    { commandId, attempt }: HeldCommand,
    result: EffectResult,
    caller: Bringer,
  ): Promise<void> {
    const { store } = this.#deps;
    const row = await store.itemByCommand(commandId);
    if (row === null || !mayTake(caller, row))
      throw new HoldfastError('not_found', `there is no command ${commandId}`);
    const recorded = await store.attempt(row.id, attempt);
    if (caller.isIts && recorded?.worker === id && isSame(recorded, result)) return;
    throw new HoldfastError(
      'lease.lost',
      `attempt ${attempt} of command ${commandId} is not, or no longer, leased to ${id}`,
      { hint: 'Drop the result: what follows is decided without it.' },
    );
  }
}

function mayTake({ tenant }: WorkerCaller, row: WorkItemRow): boolean {
  return tenant === null || tenant === row.tenant;
}

/** An output that could not be read was recorded as doubt. */
function isSame({ outcome, errorCode }: AttemptRow, { kind }: EffectResult): boolean {
  return outcome === kind || (kind === 'succeeded' && errorCode === 'output.invalid');
}
