import type { Database, Statement } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type { AttemptRow, WorkerEventRow } from '../port.ts';

interface AttemptRecord {
  readonly mode: AttemptRow['mode'];
  readonly at: number;
  readonly worker: number | null;
  readonly release: number;
  readonly outcome: AttemptRow['outcome'];
  readonly error: string | null;
}

const EVENT_COLUMNS = 'id, at, worker, name, kind, by, detail';

/** The writer's reads of workers, and of the tries that are leased to them. */
export class WorkerReads {
  readonly #names: Names;
  readonly #attempt: Statement<[number, number], AttemptRecord>;
  readonly #open: Statement<[], WorkerEventRow>;
  readonly #of: Statement<[string], WorkerEventRow>;
  readonly #placement: Statement<[string], WorkerEventRow>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#attempt = db.prepare(
      `SELECT s.mode, s.at, s.worker, s.release, e.outcome, e.error
       FROM attempts s LEFT JOIN attempts e ON e.item_id = s.item_id AND e.no = s.no AND e.ended = 1
       WHERE s.item_id = +? AND s.no = +? AND s.ended = 0`,
    );
    this.#open = db.prepare(
      `SELECT ${EVENT_COLUMNS} FROM worker_events
       WHERE id IN (SELECT max(id) FROM worker_events GROUP BY worker) AND kind NOT IN ('left', 'lost') ORDER BY id`,
    );
    this.#of = db.prepare(
      `SELECT ${EVENT_COLUMNS} FROM worker_events WHERE worker = ? ORDER BY id`,
    );
    this.#placement = db.prepare(
      `SELECT ${EVENT_COLUMNS} FROM worker_events WHERE name = ? AND kind = 'placed' ORDER BY id DESC LIMIT 1`,
    );
  }

  attempt(itemId: number, no: number): AttemptRow | null {
    const row = this.#attempt.get(itemId, no);
    if (row === undefined) return null;
    const { mode, at, outcome } = row;
    return {
      mode,
      at,
      worker: row.worker === null ? null : this.#names.nameOf(row.worker),
      release: this.#names.nameOf(row.release),
      outcome,
      errorCode: row.error === null ? null : (JSON.parse(row.error) as { code: string }).code,
    };
  }

  open(): readonly WorkerEventRow[] {
    return this.#open.all();
  }

  of(worker: string): readonly WorkerEventRow[] {
    return this.#of.all(worker);
  }

  lastPlacement(name: string): WorkerEventRow | null {
    return this.#placement.get(name) ?? null;
  }
}
