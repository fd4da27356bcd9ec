/**
 * The dictionary of words that repeat in every row: tenants, sagas, event types, apps, effects, digests of releases.
 *
 * 1. A name's number never changes and is never used again.
 * 2. What a rolled-back batch added is forgotten with it.
 * 3. Memory is bounded: whoever sends endless new event types costs rows, not memory.
 */
import type { Database, Statement } from 'better-sqlite3';

const CACHED_NAMES = 20_000;

/** The writer's side: gives a number to any name. */
export class Names {
  readonly #byName = new Map<string, number>();
  readonly #byId = new Map<number, string>();
  readonly #find: Statement<[string], { id: number }>;
  readonly #read: Statement<[number], { name: string }>;
  readonly #insert: Statement<[string]>;
  #dirty = false;

  constructor(db: Database) {
    this.#find = db.prepare('SELECT id FROM names WHERE name = ?');
    this.#read = db.prepare('SELECT name FROM names WHERE id = ?');
    this.#insert = db.prepare('INSERT INTO names (name) VALUES (?)');
  }

  /** The number of a name, made now where it has none. Only inside a transaction. */
  idFor(name: string): number {
    const cached = this.#byName.get(name);
    if (cached !== undefined) return cached;
    const row = this.#find.get(name);
    if (row !== undefined) return this.#remember(name, row.id);
    const id = Number(this.#insert.run(name).lastInsertRowid);
    this.#dirty = true;
    return this.#remember(name, id);
  }

  /** The number of a name; null where no row can hold it. */
  findId(name: string): number | null {
    const cached = this.#byName.get(name);
    if (cached !== undefined) return cached;
    const row = this.#find.get(name);
    return row === undefined ? null : this.#remember(name, row.id);
  }

  /** @throws Error when the number names nothing: the database is damaged. */
  nameOf(id: number): string {
    const cached = this.#byId.get(id);
    if (cached !== undefined) return cached;
    const row = this.#read.get(id);
    if (row === undefined) throw new Error(`names has no row ${id}`);
    this.#remember(row.name, id);
    return row.name;
  }

  committed(): void {
    this.#dirty = false;
  }

  rolledBack(): void {
    if (!this.#dirty) return;
    this.#byName.clear();
    this.#byId.clear();
    this.#dirty = false;
  }

  #remember(name: string, id: number): number {
    // Emptied at once rather than one by one: this is not reached in sane use.
    if (this.#byName.size >= CACHED_NAMES) {
      this.#byName.clear();
      this.#byId.clear();
    }
    this.#byName.set(name, id);
    this.#byId.set(id, name);
    return id;
  }
}
