/**
 * The life of workers as records, each on condition of the one before (R15.2).
 *
 * A record is written in the order it was asked for, and its condition is read while the batch is put together, so that
 * two that were asked for at once follow each other.
 *
 * @module
 */
import type { Json } from '@holdfast/core';
import type { Store, StoreOp, WorkerEventKind } from '@holdfast/store';
import type { Unit } from '../journal-writer.ts';

export interface WorkerStep {
  readonly worker: string;
  readonly name: string;
  readonly kind: WorkerEventKind;
  readonly by: string;
  readonly detail: Json;
}

export class WorkerRecords {
  readonly #store: Store;
  /** Resolves after the sync that covers the unit. */
  readonly #commit: (unit: Pick<Unit, 'build'>) => Promise<void>;
  /** The last step of each worker met since the start. */
  readonly #last = new Map<string, WorkerEventKind>();

  constructor(store: Store, commit: (unit: Pick<Unit, 'build'>) => Promise<void>) {
    this.#store = store;
    this.#commit = commit;
  }

  known(worker: string, last: WorkerEventKind): void {
    this.#last.set(worker, last);
  }

  /**
   * @param alongside writes what is to be of the same commit
   * @throws whatever hindered the commit
   */
  async write(step: WorkerStep, alongside?: (into: StoreOp[]) => void): Promise<void> {
    const { worker } = step;
    if (!this.#last.has(worker)) {
      const last = (await this.#store.workerEvents(worker)).at(-1);
      // Another may have asked meanwhile.
      if (last !== undefined && !this.#last.has(worker)) this.#last.set(worker, last.kind);
    }
    await this.#commit({
      build: (into, at) => {
        alongside?.(into);
        into.push({
          op: 'worker.event',
          after: this.#last.get(worker) ?? null,
          row: { ...step, at, detail: JSON.stringify(step.detail) },
        });
        this.#last.set(worker, step.kind);
      },
    });
  }
}
