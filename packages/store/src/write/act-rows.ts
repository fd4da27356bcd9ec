import { unreachable } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type { ActOp } from '../port.ts';
import { assertion } from './commit-scope.ts';

type Op<K extends ActOp['op']> = Extract<ActOp, { op: K }>;

/** What operators made of the quarantine, reprocesses, and counts of deliveries. */
export class ActRows {
  readonly #names: Names;
  readonly #resolve: Statement<unknown[]>;
  readonly #open: Statement<unknown[]>;
  readonly #advance: Statement<unknown[]>;
  readonly #end: Statement<unknown[]>;
  readonly #count: Statement<unknown[]>;
  readonly #forget: Statement<unknown[]>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    // The tenant is the entry's. A second resolution is refused by the key: an entry is resolved once.
    this.#resolve = db.prepare(
      `INSERT INTO quarantine_resolutions (quarantine_id, tenant, at, seq, state, by, reason)
       SELECT q.id, q.tenant, ?, ?, ?, ?, ? FROM quarantine q WHERE q.id = ?`,
    );
    this.#open = db.prepare(
      `INSERT INTO reprocesses (id, tenant, saga, up_to, total, position, done, at, ended_at, by, reason, selection)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#advance = db.prepare(
      'UPDATE reprocesses SET position = ?, done = done + 1 WHERE id = ? AND position < ? AND ended_at IS NULL',
    );
    this.#end = db.prepare('UPDATE reprocesses SET ended_at = ? WHERE id = ? AND ended_at IS NULL');
    this.#count = db.prepare(
      `INSERT INTO deliveries (saga, seq, count) VALUES (?, ?, ?)
       ON CONFLICT (saga, seq) DO UPDATE SET count = excluded.count`,
    );
    this.#forget = db.prepare('DELETE FROM deliveries WHERE saga = ? AND seq = ?');
  }

  apply(op: ActOp): void {
    switch (op.op) {
      case 'quarantine.resolve':
        return this.#resolveEntry(op);
      case 'reprocess.open':
        return this.#openReprocess(op);
      case 'reprocess.advance':
        if (this.#advance.run(op.position, op.id, op.position).changes !== 1)
          assertion(`reprocess ${op.id} has ended, or stands at ${op.position} or after it`);
        return;
      case 'reprocess.end':
        if (this.#end.run(op.at, op.id).changes !== 1)
          assertion(`reprocess ${op.id} has ended, or there is none`);
        return;
      case 'delivery.count':
        this.#count.run(this.#names.idFor(op.saga), op.seq, op.count);
        return;
      case 'delivery.forget':
        this.#forget.run(this.#names.idFor(op.saga), op.seq);
        return;
      default:
        unreachable(op);
    }
  }

  #resolveEntry({ id, resolution }: Op<'quarantine.resolve'>): void {
    const { at, seq, state, by, reason } = resolution;
    if (this.#resolve.run(at, seq, state, by, reason, id).changes !== 1)
      assertion(`the quarantine has no entry ${id}`);
  }

  #openReprocess({ row }: Op<'reprocess.open'>): void {
    this.#open.run(
      row.id,
      this.#names.idFor(row.tenant),
      this.#names.idFor(row.saga),
      row.upTo,
      row.total,
      row.position,
      row.done,
      row.at,
      row.endedAt,
      row.by,
      row.reason,
      row.selection,
    );
  }
}
