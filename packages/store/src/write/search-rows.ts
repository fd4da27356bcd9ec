import type { Database, Statement } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type { StoreOp } from '../port.ts';

interface FieldRecord {
  readonly name: number;
  readonly value: string;
}

/** Search fields of instances. Only what differs is written: most decisions change none of them. */
export class SearchRows {
  readonly #names: Names;
  readonly #read: Statement<[number], FieldRecord>;
  readonly #put: Statement<[number, number, number, number, string]>;
  readonly #remove: Statement<[number, number]>;
  readonly #forget: Statement<[number]>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#read = db.prepare('SELECT name, value FROM search_fields WHERE instance_id = ?');
    this.#put = db.prepare(
      `INSERT INTO search_fields (instance_id, name, tenant, saga, value) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (instance_id, name) DO UPDATE SET value = excluded.value`,
    );
    this.#remove = db.prepare('DELETE FROM search_fields WHERE instance_id = ? AND name = ?');
    this.#forget = db.prepare('DELETE FROM search_fields WHERE instance_id = ?');
  }

  set({ instanceId, tenant, saga, values, lastRun }: Extract<StoreOp, { op: 'search.set' }>): void {
    if (lastRun !== null) this.#forget.run(lastRun);
    const had = new Map(this.#read.all(instanceId).map(({ name, value }) => [name, value]));
    for (const [field, value] of Object.entries(values)) {
      const name = this.#names.idFor(field);
      if (had.get(name) !== value) {
        const [tenantId, sagaId] = [this.#names.idFor(tenant), this.#names.idFor(saga)];
        this.#put.run(instanceId, name, tenantId, sagaId, value);
      }
      had.delete(name);
    }
    for (const name of had.keys()) this.#remove.run(instanceId, name);
  }
}
