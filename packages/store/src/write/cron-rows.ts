import type { Database, Statement } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type { StoreOp } from '../port.ts';
import { assertion } from './commit-scope.ts';

type Op<K extends StoreOp['op']> = Extract<StoreOp, { op: K }>;

/** Cron triggers, and the mark of the machine's clock (I8). */
export class CronRows {
  readonly #names: Names;
  readonly #set: Statement<unknown[]>;
  readonly #remove: Statement<[string, string]>;
  readonly #move: Statement<unknown[]>;
  readonly #mark: Statement<unknown[]>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#set = db.prepare(
      `INSERT INTO cron_triggers (app, name, tenant, cron, zone, missed, type, data, next_at, last_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (app, name) DO UPDATE SET tenant = excluded.tenant, cron = excluded.cron, zone = excluded.zone,
         missed = excluded.missed, type = excluded.type, data = excluded.data, next_at = excluded.next_at,
         last_at = excluded.last_at`,
    );
    this.#remove = db.prepare('DELETE FROM cron_triggers WHERE app = ? AND name = ?');
    this.#move = db.prepare(
      `UPDATE cron_triggers SET next_at = ?, last_at = coalesce(?, last_at)
       WHERE app = ? AND name = ? AND next_at = ?`,
    );
    this.#mark = db.prepare(
      `INSERT INTO clock_marks (id, boot, ahead, held) VALUES (1, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET boot = excluded.boot, ahead = excluded.ahead, held = excluded.held`,
    );
  }

  set({ row }: Op<'cron.set'>): void {
    this.#set.run(
      row.app,
      row.name,
      this.#names.idFor(row.tenant),
      row.cron,
      row.zone,
      row.missed,
      row.type,
      row.data,
      row.nextAt,
      row.lastAt,
    );
  }

  remove({ app, name }: Op<'cron.remove'>): void {
    this.#remove.run(app, name);
  }

  move({ app, name, from, to, fired }: Op<'cron.move'>): void {
    if (this.#move.run(to, fired ? from : null, app, name, from).changes !== 1)
      assertion(`the cron trigger ${app}/${name} is not due next at ${from}`);
  }

  mark({ mark }: Op<'clock.mark'>): void {
    this.#mark.run(mark.boot, mark.ahead, mark.held);
  }
}
