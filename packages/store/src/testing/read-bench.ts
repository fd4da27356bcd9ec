/** A store in a temporary folder and what reads it, for tests of what is read. */
import { openReader } from '../connection.ts';
import { locateGeneration } from '../data-directory.ts';
import { openReadModel } from '../open-read-model.ts';
import { openStore } from '../open-store.ts';
import type { StoreOp } from '../port.ts';
import type { ReadModel } from '../read-port.ts';
import type { SqliteStore } from '../sqlite-store.ts';
import { ManualClock, START, temporaryDirectory } from './store-fixtures.ts';

export class ReadBench {
  readonly dir: string;
  readonly store: SqliteStore;
  readonly model: ReadModel;
  /** A connection that reads, for what is asked of SQLite itself. */
  readonly reader: ReturnType<typeof openReader>;
  /** Of the last commit; each is a microsecond later than the one before. */
  at = START;
  readonly #remove: () => void;

  private constructor(store: SqliteStore, model: ReadModel, data: { dir: string; remove(): void }) {
    const paths = locateGeneration(data.dir);
    if (paths === null) throw new Error('the store made no generation');
    this.dir = data.dir;
    this.store = store;
    this.model = model;
    this.reader = openReader(paths.database);
    this.#remove = () => data.remove();
  }

  static async open(): Promise<ReadBench> {
    const data = temporaryDirectory();
    const store = await openStore({ dir: data.dir, clock: new ManualClock() });
    return new ReadBench(store, await openReadModel({ dir: data.dir }), data);
  }

  readonly commit = (...ops: readonly StoreOp[]) => this.store.commit({ at: ++this.at, ops });

  async close(): Promise<void> {
    this.reader.close();
    await this.model.close();
    await this.store.close();
    this.#remove();
  }
}

/** What a reader's clock shows: one step more at each look. */
export class SteppedClock {
  elapsed = 0;
  step = 0;

  readonly now = (): number => START + 50;
  readonly monotonic = (): number => (this.elapsed += this.step);
}
