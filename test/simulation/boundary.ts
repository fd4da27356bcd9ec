import type { CommitBatch, CommitReceipt, SqliteStore, Store, StoreOp } from '@holdfast/store';
import { StoreAssertionError, StoreFateUnknownError, StoreFullError } from '@holdfast/store';
import { type Mutant, mutated } from './mutants.ts';
import { Violation } from './violation.ts';

/** What becomes of a commit. A failed sync ends the process as well; for room the engine waits (I10). */
export type Fate = 'committed' | 'sync_failed_kept' | 'sync_failed_lost' | 'full';

interface PendingCommit {
  readonly batch: CommitBatch;
  readonly resolve: (receipt: CommitReceipt) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Stands between the engine and its store: a commit is made when the simulation says so, and ends as it says. All else
 * goes through.
 */
export class Boundary {
  readonly store: Store;
  readonly #real: SqliteStore;
  readonly #mutant: Mutant | null;
  readonly #mutantName: string;
  readonly #pending: PendingCommit[] = [];

  constructor(real: SqliteStore, mutantName: string, mutant: Mutant | null) {
    this.#real = real;
    this.#mutant = mutant;
    this.#mutantName = mutantName;
    this.store = new Proxy<Store>(real, {
      get: (target, name) => {
        if (name === 'commit') return (batch: CommitBatch) => this.#take(batch);
        if (name === 'parked' && mutant?.unordered === true) {
          return async (...of: Parameters<Store['parked']>) =>
            (await real.parked(...of)).toReversed();
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  get isPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Lets the oldest pending commit come to its end. */
  async settle(fate: Fate): Promise<void> {
    const pending = this.#pending.shift();
    if (pending === undefined) return;
    const { batch, resolve, reject } = pending;
    switch (fate) {
      case 'committed':
        try {
          resolve(await this.#commit(batch));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        return;
      case 'sync_failed_kept':
        await this.#commit(batch);
        break;
      case 'sync_failed_lost':
        break;
      case 'full':
        reject(new StoreFullError('simulated'));
        return;
    }
    if (this.#mutant?.deaf === true) resolve({ no: 0, lastSeq: lastSeq(batch.ops), syncMs: 0 });
    else reject(new StoreFateUnknownError('simulated'));
  }

  /** The process ends: what was being committed is on the disk, or is not, or a part is where a mutant splits it. */
  async crash(cut: 'before' | 'between' | 'after'): Promise<void> {
    const pending = this.#pending.shift();
    this.#pending.length = 0;
    if (pending === undefined || cut === 'before') return;
    const { batch } = pending;
    const [first, second] = this.#parts(batch);
    if (cut === 'between' && this.#mutant?.split === undefined) return;
    try {
      await this.#real.commit({ at: batch.at, ops: first });
      if (cut === 'after' && second.length > 0)
        await this.#real.commit({ at: batch.at, ops: second });
    } catch (error) {
      if (!(error instanceof StoreAssertionError)) throw error;
      throw new Violation('run', `the store refuses a batch: ${error.message}`);
    }
  }

  #take(batch: CommitBatch): Promise<CommitReceipt> {
    if (this.#mutant?.early === true) {
      this.#pending.push({ batch, resolve: () => undefined, reject: () => undefined });
      return Promise.resolve({ no: 0, lastSeq: lastSeq(batch.ops), syncMs: 0 });
    }
    return new Promise((resolve, reject) => {
      this.#pending.push({ batch, resolve, reject });
    });
  }

  async #commit(taken: CommitBatch): Promise<CommitReceipt> {
    const batch = this.#mutant?.pinsAll === true ? await this.#pinned(taken) : taken;
    const [first, second] = this.#parts(batch);
    const receipt = await this.#real.commit({ at: batch.at, ops: first });
    return second.length === 0 ? receipt : this.#real.commit({ at: batch.at, ops: second });
  }

  /** The batch, with every instance in flight pinned to the release it activates. */
  async #pinned({ at, ops }: CommitBatch): Promise<CommitBatch> {
    const pins: StoreOp[] = [];
    for (const op of ops) {
      if (op.op !== 'release.activate') continue;
      const { app, digest: release } = op;
      const page = await this.#real.pinnedElsewhere({ app, release, after: null, limit: 1000 });
      const found = await this.#real.loadInstancesById(page.instances.map(({ id }) => id));
      for (const each of found) {
        if (each === null) continue;
        const { id: instanceId, version } = each.row;
        pins.push({ op: 'instance.pin', instanceId, version, release });
      }
    }
    return { at, ops: [...pins, ...ops] };
  }

  #parts({ ops }: CommitBatch): readonly [StoreOp[], StoreOp[]] {
    const kept = mutated(this.#mutant, this.#mutantName, ops);
    const [first, second] = this.#mutant?.split?.(kept) ?? [kept, []];
    return [[...first], [...second]];
  }
}

function lastSeq(ops: readonly StoreOp[]): number {
  let last = 0;
  for (const op of ops) if (op.op === 'event') last = op.event.seq;
  return last;
}
