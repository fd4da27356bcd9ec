/**
 * The journal writer: group commit. Whatever waits is written in one transaction with one sync (I1).
 *
 * 1. Units are committed whole and in the order they were submitted; a batch is a prefix of the queue.
 * 2. `committed` of a unit is called only after the sync that covers it (I1); acknowledgements hang on it.
 * 3. A unit takes its positions while its batch is put together, so positions are dense and in commit order.
 * 4. After a commit of unknown fate, or one that broke a precondition, nothing more is committed or acknowledged:
 *    `fatal` is told, and the process is expected to end and recover from disk.
 * 5. A commit for which there is no room (`store.full`) is kept and made again, the same batch, when `noRoom` says so:
 *    what its units made of memory stays true. Nothing else is committed before it, and nothing of it acknowledged.
 * 6. A commit that is definitely refused because another program holds the database for longer than the store waits
 *    fails its units; memory that ran ahead of the disk is then worthless, so this too ends in `fatal`, with the code
 *    of its own (`store.locked`).
 *
 * @module
 */
import type { Micros } from '@holdfast/core';
import { StoreFullError } from '@holdfast/store';
import type { CommitReceipt, Store, StoreOp } from '@holdfast/store';
import type { RecordedTime } from './recorded-time.ts';

/** A piece of work that is committed whole. */
export interface Unit {
  /** Appends its ops. Called once, synchronously, just before the commit. */
  build(into: StoreOp[], at: Micros): void;
  /** Called once its sync has returned. Must not throw. */
  committed(receipt: CommitReceipt): void;
  /** Called when it is certain or possible that it was not written. */
  failed(error: Error): void;
}

export interface JournalWriterOptions {
  readonly store: Store;
  readonly time: RecordedTime;
  /** Ops that close each batch, checkpoints for one. */
  readonly closing: (into: StoreOp[]) => void;
  /** Called after each commit, when its units have been told. */
  readonly after: (receipt: CommitReceipt, ops: readonly StoreOp[]) => void;
  /** The store can no longer be trusted or written. Called once. */
  readonly fatal: (error: Error) => void;
  /** There is no room for a commit: `retry` makes it again. */
  readonly noRoom: (error: StoreFullError, retry: () => void) => void;
  /** Runs a function soon, after what is already queued. Default `setImmediate`. */
  readonly defer?: (run: () => void) => void;
  /** Told when a batch is begun, and when it is synced, before its units are; for metrics. */
  readonly meter?: {
    commitBegun(): void;
    committed(ops: number, receipt: CommitReceipt): void;
  };
  /** Most units in one batch. Default 2048. */
  readonly maxUnits?: number;
}

const DEFAULT_MAX_UNITS = 2048;

/** Units with the positions they have taken. */
interface Batch {
  readonly units: readonly Unit[];
  readonly at: Micros;
  readonly ops: readonly StoreOp[];
}

export class JournalWriter {
  readonly #options: JournalWriterOptions;
  readonly #defer: (run: () => void) => void;
  readonly #maxUnits: number;
  #queue: Unit[] = [];
  /** `stalled`: a batch waits for room. */
  #state: 'idle' | 'scheduled' | 'committing' | 'stalled' | 'broken' = 'idle';
  #error: Error | null = null;
  #idleWaiters: (() => void)[] = [];

  constructor(options: JournalWriterOptions) {
    this.#options = options;
    this.#defer = options.defer ?? ((run) => void setImmediate(run));
    this.#maxUnits = options.maxUnits ?? DEFAULT_MAX_UNITS;
  }

  get broken(): boolean {
    return this.#state === 'broken';
  }

  /** Units not yet committed. */
  get depth(): number {
    return this.#queue.length;
  }

  submit(unit: Unit): void {
    if (this.#error !== null) {
      unit.failed(this.#error);
      return;
    }
    this.#queue.push(unit);
    this.#schedule();
  }

  /** Resolves when nothing waits to be committed, or nothing can be. */
  async idle(): Promise<void> {
    if (this.#state !== 'scheduled' && this.#state !== 'committing') return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  #schedule(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'scheduled';
    this.#defer(() => void this.#commit());
  }

  async #commit(): Promise<void> {
    const units = this.#takeBatch();
    this.#state = 'committing';
    const { time, closing, meter } = this.#options;
    meter?.commitBegun();
    const at = time.now();
    const ops: StoreOp[] = [];
    try {
      for (const unit of units) unit.build(ops, at);
      closing(ops);
    } catch (error) {
      this.#break(error instanceof Error ? error : new Error(String(error)), units);
      return;
    }
    await this.#write({ units, at, ops });
  }

  async #write(batch: Batch): Promise<void> {
    const { store, after, noRoom, meter } = this.#options;
    const { units, at, ops } = batch;
    let receipt: CommitReceipt;
    try {
      receipt = await store.commit({ at, ops });
    } catch (error) {
      if (error instanceof StoreFullError) {
        this.#state = 'stalled';
        this.#tellIdle();
        noRoom(error, () => {
          if (this.#state !== 'stalled') return;
          this.#state = 'committing';
          void this.#write(batch);
        });
      } else this.#break(error instanceof Error ? error : new Error(String(error)), units);
      return;
    }
    meter?.committed(ops.length, receipt);
    for (const unit of units) unit.committed(receipt);
    after(receipt, ops);
    this.#state = 'idle';
    if (this.#queue.length > 0) this.#schedule();
    else this.#tellIdle();
  }

  #takeBatch(): Unit[] {
    if (this.#queue.length <= this.#maxUnits) {
      const all = this.#queue;
      this.#queue = [];
      return all;
    }
    return this.#queue.splice(0, this.#maxUnits);
  }

  #break(error: Error, units: readonly Unit[]): void {
    this.#state = 'broken';
    this.#error = error;
    const waiting = this.#queue;
    this.#queue = [];
    for (const unit of units) unit.failed(error);
    for (const unit of waiting) unit.failed(error);
    this.#tellIdle();
    this.#options.fatal(error);
  }

  #tellIdle(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const tell of waiters) tell();
  }
}
