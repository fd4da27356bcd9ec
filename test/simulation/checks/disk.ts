/** The database as it lies on the disk, by another SQLite than the store's. */
import { createHash } from 'node:crypto';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

export type Row = Readonly<Record<string, unknown>>;

export class Disk {
  readonly #path: string;
  #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#path = path;
    this.#db = new DatabaseSync(path, { readOnly: true });
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  reopen(): void {
    this.#db = new DatabaseSync(this.#path, { readOnly: true });
  }

  /** Hash of a row that may never change (I7). */
  rowHash(table: string, key: number): string {
    const row = this.one(
      table === 'events'
        ? 'SELECT * FROM events WHERE seq = ?'
        : 'SELECT * FROM transitions WHERE id = ?',
      key,
    );
    return createHash('sha256')
      .update(
        JSON.stringify(row, (_, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
        ),
      )
      .digest('hex');
  }

  max(table: string, column: string): number {
    const row = this.one(`SELECT max(${column}) AS n FROM ${table}`);
    return row === null ? 0 : Number(row['n']);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  one(sql: string, ...values: SQLInputValue[]): Row | null {
    return (this.#statement(sql).get(...values) as Row | undefined) ?? null;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`${column} is no text: ${String(value)}`);
  return value;
}

export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`${column} is no number: ${String(value)}`);
  return value;
}
