import type { Database, Statement } from 'better-sqlite3';

import type { StoreOp } from '../port.ts';
import { assertion, type CommitScope } from './commit-scope.ts';

type Op<K extends StoreOp['op']> = Extract<StoreOp, { op: K }>;

/** The life of workers: only ever appended to, each step on condition of the one before (R15.2). */
export class WorkerRows {
  readonly #append: Statement<unknown[]>;

  constructor(db: Database) {
    this.#append = db.prepare(
      `INSERT INTO worker_events (commit_no, at, worker, name, kind, by, detail)
       SELECT ?, ?, ?, ?, ?, ?, ?
       WHERE (SELECT kind FROM worker_events WHERE worker = ? ORDER BY id DESC LIMIT 1) IS ?`,
    );
  }

  append({ row, after }: Op<'worker.event'>, scope: CommitScope): void {
    const { at, worker, name, kind, by, detail } = row;
    const values = [scope.no, at, worker, name, kind, by, detail];
    if (this.#append.run(...values, worker, after).changes !== 1)
      assertion(`the last step of worker ${worker} is not ${after ?? 'none'}`);
  }
}
