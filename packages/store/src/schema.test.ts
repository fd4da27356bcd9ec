import Database from 'better-sqlite3';
import { is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';

import { allMigrations } from './migrations/all-migrations.ts';
import { migrate } from './migrator.ts';
import * as schema from './schema.ts';

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}

function migrated(): Database.Database {
  const db = new Database(':memory:');
  migrate(db, allMigrations, 1);
  return db;
}

const tables = Object.values<SQLiteTable>(schema)
  .filter((value) => is(value, SQLiteTable))
  .map((table) => getTableConfig(table));

test('the drizzle schema and the migrated database have the same tables', () => {
  const made = migrated()
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    )
    .all()
    .map(({ name }) => name);
  expect(tables.map(({ name }) => name).toSorted()).toEqual(made);
});

test.each(tables.map((table) => [table.name, table] as const))(
  '%s agrees column by column',
  (name, table) => {
    const db = migrated();
    // With the columns that are read out of others.
    const made = db.pragma(`table_xinfo(${name})`) as ColumnInfo[];
    const composite = table.primaryKeys[0]?.columns.map((column) => column.name) ?? [];
    const described = table.columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().toUpperCase(),
      // A rowid primary key is never null, though SQLite does not say so.
      notNull: column.notNull,
      primary: column.primary || composite.includes(column.name),
    }));
    const inDatabase = made.map((column) => ({
      name: column.name,
      type: column.type,
      notNull: column.notnull === 1 || column.pk > 0,
      primary: column.pk > 0,
    }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(described.toSorted(byName)).toEqual(inDatabase.toSorted(byName));
  },
);

test.each(tables.map((table) => [table.name, table] as const))(
  '%s agrees in its indexes',
  (name, table) => {
    const db = migrated();
    const list = db.pragma(`index_list(${name})`) as {
      name: string;
      unique: number;
      origin: string;
      partial: number;
    }[];
    const made = list
      .filter(({ origin }) => origin === 'c')
      .map((one) => ({
        name: one.name,
        unique: one.unique === 1,
        partial: one.partial === 1,
        columns: (db.pragma(`index_info(${one.name})`) as { name: string | null }[]).map(
          (c) => c.name,
        ),
      }));
    const described = table.indexes.map(({ config }) => ({
      name: config.name,
      unique: config.unique,
      partial: config.where !== undefined,
      columns: config.columns.map((column) => ('name' in column ? column.name : null)),
    }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(described.toSorted(byName)).toEqual(made.toSorted(byName));
    const uniques = list.filter(({ origin }) => origin === 'u').length;
    expect(table.columns.filter((column) => column.isUnique).length).toBe(uniques);
  },
);

test('every table is STRICT, and references agree', () => {
  const db = migrated();
  const loose = db
    .prepare<[], { name: string }>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0",
    )
    .all()
    .filter(({ name }) => !name.startsWith('sqlite_'));
  expect(loose).toEqual([]);
  for (const table of tables) {
    const made = db.pragma(`foreign_key_list(${table.name})`) as {
      table: string;
      from: string;
      to: string;
    }[];
    const described = table.foreignKeys.map((key) => {
      const { columns, foreignTable, foreignColumns } = key.reference();
      return `${columns[0]?.name}>${getTableConfig(foreignTable).name}.${foreignColumns[0]?.name}`;
    });
    expect(described.toSorted()).toEqual(
      made.map((one) => `${one.from}>${one.table}.${one.to}`).toSorted(),
    );
  }
});
