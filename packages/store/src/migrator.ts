/**
 * Brings a database to the newest schema (DESIGN, Store).
 *
 * 1. Each migration is one transaction with its record and its `user_version`: a crash leaves whole migrations.
 * 2. Foreign keys are off while a migration runs, set outside its transaction where the pragma has effect, so that
 *    rebuilding a parent table does not empty its children; `foreign_key_check` must then find nothing.
 * 3. A migration that was applied must still have the text it was applied with.
 * 4. A newer database is refused, naming the version needed; a migration that came late is refused as a gap.
 */
import { hash } from 'node:crypto';

import { HoldfastError } from '@holdfast/core';
import type { Micros } from '@holdfast/core';
import type { Database } from 'better-sqlite3';

import { auditEntry, auditHash } from './audit-chain.ts';
import type { Migration } from './migrations/migration.ts';

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

const CREATE_RECORD = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`;

/** SHA-256 of a migration's text, 64 hex digits. */
function migrationChecksum(migration: Migration): string {
  return hash('sha256', migration.sql);
}

/**
 * Applies what is missing. Nothing is written when there is nothing to apply.
 *
 * @returns the versions applied now
 * @throws HoldfastError `store.newer` when the database knows a version that `migrations` does not;
 *   `store.corrupt` when an applied migration's text differs, is missing, or leaves dangling references.
 */
export function migrate(
  db: Database,
  migrations: readonly Migration[],
  at: Micros,
): readonly number[] {
  checkNumbers(migrations);
  const version = Number(db.pragma('user_version', { simple: true }));
  const known = migrations.length;
  if (version > known) {
    throw new HoldfastError(
      'store.newer',
      `the database has schema version ${version}; this program knows versions up to ${known}`,
      { hint: `Use a Holdfast that knows schema version ${version}.`, operation: 'open store' },
    );
  }
  if (version > 0) checkApplied(db, migrations, version);
  const applied: number[] = [];
  if (version < known) lendFunctions(db);
  const hadForeignKeys = Number(db.pragma('foreign_keys', { simple: true })) === 1;
  for (const migration of migrations.slice(version)) {
    db.pragma('foreign_keys = OFF');
    try {
      apply(db, migration, at);
    } finally {
      if (db.inTransaction) db.exec('ROLLBACK');
      if (hadForeignKeys) db.pragma('foreign_keys = ON');
    }
    applied.push(migration.version);
  }
  return applied;
}

/** What a migration's SQL cannot say by itself. Part of what was applied, as its text is: never changed. */
function lendFunctions(db: Database): void {
  const options = { deterministic: true, directOnly: true } as const;
  db.function(
    'audit_entry',
    options,
    (
      seq: number,
      tenant: string,
      type: string,
      subject: string | null,
      receivedAt: number,
      data: string,
    ) => auditEntry({ seq, tenant, type, subject, receivedAt, data }),
  );
  db.function('audit_hash', options, (previous: string, entry: string) =>
    auditHash(previous, entry),
  );
}

function apply(db: Database, migration: Migration, at: Micros): void {
  db.exec('BEGIN IMMEDIATE');
  db.exec(CREATE_RECORD);
  db.exec(migration.sql);
  const dangling = db.pragma('foreign_key_check') as unknown[];
  if (dangling.length > 0) {
    throw new HoldfastError(
      'store.corrupt',
      `migration ${migration.version} (${migration.name}) leaves ${dangling.length} dangling references; it was rolled back`,
      { operation: 'migrate' },
    );
  }
  db.prepare(
    'INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)',
  ).run(migration.version, migration.name, migrationChecksum(migration), at);
  db.pragma(`user_version = ${migration.version}`);
  db.exec('COMMIT');
}

function checkNumbers(migrations: readonly Migration[]): void {
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) {
      throw new Error(
        `migration ${migration.name} has number ${migration.version}, expected ${index + 1}`,
      );
    }
  });
}

function checkApplied(db: Database, migrations: readonly Migration[], version: number): void {
  const rows = db
    .prepare<[], AppliedRow>(
      'SELECT version, name, checksum FROM schema_migrations ORDER BY version',
    )
    .all();
  const byVersion = new Map(rows.map((row) => [row.version, row]));
  for (const migration of migrations.slice(0, version)) {
    const row = byVersion.get(migration.version);
    if (row === undefined) {
      throw new HoldfastError(
        'store.corrupt',
        `the database claims schema version ${version} but has no record of migration ${migration.version} (${migration.name})`,
        { operation: 'migrate' },
      );
    }
    if (row.checksum !== migrationChecksum(migration)) {
      throw new HoldfastError(
        'store.corrupt',
        `migration ${migration.version} (${migration.name}) is not the one this database was made with`,
        { hint: 'Use the Holdfast that made it, or restore from a backup.', operation: 'migrate' },
      );
    }
  }
}
