import { afterEach, beforeEach, expect } from 'vitest';
import type { Micros } from '@holdfast/core';
import type { CommitReceipt, LoadedInstance, Store, StoreOp } from '../../port.ts';
import { ManualClock, START } from '../store-fixtures.ts';

export interface StoreHarness {
  /** Opens the store on the same data each time; the one before is closed. */
  open(clock: ManualClock): Promise<Store>;
  /** Removes all of it. */
  remove(): Promise<void>;
}

/** A store of its own for each test, new and empty. To be made where the tests are declared. */
export class ContractBench {
  #harness!: StoreHarness;
  clock!: ManualClock;
  store!: Store;
  /** When the last commit was. */
  at: Micros = START;

  constructor(makeHarness: () => StoreHarness) {
    beforeEach(async () => {
      this.#harness = makeHarness();
      this.clock = new ManualClock();
      this.store = await this.#harness.open(this.clock);
      this.at = START;
    });
    afterEach(async () => {
      await this.store.close();
      await this.#harness.remove();
    });
  }

  readonly commit = (...ops: readonly StoreOp[]): Promise<CommitReceipt> =>
    this.store.commit({ at: ++this.at, ops });

  readonly reopen = async (): Promise<void> => {
    await this.store.close();
    this.store = await this.#harness.open(this.clock);
  };

  /** What a batch is refused with. A refused batch moves no counter. */
  readonly refusal = async (...ops: readonly StoreOp[]): Promise<unknown> => {
    const before = this.store.counters;
    const error = await this.commit(...ops).catch((reason: unknown) => reason);
    expect(this.store.counters).toEqual(before);
    return error;
  };

  readonly load = async (key: string): Promise<LoadedInstance | null> =>
    (await this.store.loadInstances([{ tenant: '', saga: 'order', key }]))[0] ?? null;
}
