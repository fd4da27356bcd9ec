import Database from 'better-sqlite3';
import { allMigrations } from '../migrations/all-migrations.ts';
import { migrate } from '../migrator.ts';

/** A migrated database in memory that says what it was asked, and how SQLite would answer that. */
export class AskedDatabase {
  readonly db: Database.Database;
  #statements: string[] = [];

  /** @param rows SQL that fills it; parents may be missing */
  constructor(rows: string) {
    const verbose = (sql: unknown): void => void this.#statements.push(String(sql));
    this.db = new Database(':memory:', { verbose });
    migrate(this.db, allMigrations, 1);
    this.db.pragma('foreign_keys = OFF');
    this.db.exec(rows);
    this.forget();
  }

  /** Every statement since the last `forget`, with its parameters written out. */
  get statements(): readonly string[] {
    return this.#statements;
  }

  forget(): void {
    this.#statements = [];
  }

  /** Steps of the plans of all that was asked about one of these tables. */
  plans(tables: RegExp): readonly string[] {
    // Said before it is asked how: asking is a statement too.
    const asked = this.#statements.filter((sql) => tables.test(sql) && !sql.startsWith('EXPLAIN'));
    return asked.flatMap((sql) => this.planOf(sql));
  }

  planOf(sql: string): readonly string[] {
    return this.db
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail);
  }

  close(): void {
    this.db.close();
  }
}
