import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { migrate } from './migrator.ts';
import type { Migration } from './migrations/migration.ts';

let db: Database.Database;
beforeEach(() => {
  db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
});
afterEach(() => {
  db.close();
});

const parents: Migration = {
  version: 1,
  name: 'parents',
  sql: `CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT) STRICT;
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE) STRICT;
    INSERT INTO parent VALUES (1, 'a'), (2, 'b');
    INSERT INTO child VALUES (10, 1), (11, 1), (12, 2);`,
};
const rebuild: Migration = {
  version: 2,
  name: 'rebuild',
  sql: `CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
    INSERT INTO parent_new SELECT id, name, 0 FROM parent;
    DROP TABLE parent;
    ALTER TABLE parent_new RENAME TO parent;`,
};
const version = () => db.pragma('user_version', { simple: true });
const count = (table: string) =>
  db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n;

test('applies what is missing, once, each with its record', () => {
  expect(migrate(db, [parents], 5)).toEqual([1]);
  expect(migrate(db, [parents], 6)).toEqual([]);
  expect(migrate(db, [parents, rebuild], 7)).toEqual([2]);
  expect(version()).toBe(2);
  expect(
    db.prepare('SELECT version, name, applied_at FROM schema_migrations ORDER BY version').all(),
  ).toEqual([
    { version: 1, name: 'parents', applied_at: 5 },
    { version: 2, name: 'rebuild', applied_at: 7 },
  ]);
});

test('rebuilding a parent table leaves its children where they are', () => {
  migrate(db, [parents, rebuild], 1);
  expect(count('parent')).toBe(2);
  expect(count('child')).toBe(3);
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  expect(() => db.exec('INSERT INTO child VALUES (13, 9)')).toThrow(/FOREIGN KEY/);
});

test('a migration that leaves dangling references is rolled back whole', () => {
  migrate(db, [parents], 1);
  const careless: Migration = {
    version: 2,
    name: 'careless',
    sql: 'DELETE FROM parent WHERE id = 1; CREATE TABLE extra (a);',
  };
  expect(() => migrate(db, [parents, careless], 2)).toThrow(/dangling/);
  expect(version()).toBe(1);
  expect(count('parent')).toBe(2);
  expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'extra'").get()).toBeUndefined();
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
});

test('a migration that fails half way leaves the one before it, and can be applied once mended', () => {
  const broken: Migration = {
    version: 2,
    name: 'broken',
    sql: 'CREATE TABLE made (a); INSERT INTO nowhere VALUES (1);',
  };
  expect(() => migrate(db, [parents, broken], 1)).toThrow(/nowhere/);
  expect(version()).toBe(1);
  expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'made'").get()).toBeUndefined();
  expect(migrate(db, [parents, { ...broken, sql: 'CREATE TABLE made (a);' }], 2)).toEqual([2]);
});

test('a migration whose text was changed after it was applied is refused', () => {
  migrate(db, [parents], 1);
  const edited = { ...parents, sql: `${parents.sql} -- harmless?` };
  expect(() => migrate(db, [edited, rebuild], 2)).toThrow(
    /not the one this database was made with/,
  );
  expect(version()).toBe(1);
});

test('a missing record is refused', () => {
  migrate(db, [parents, rebuild], 1);
  db.exec('DELETE FROM schema_migrations WHERE version = 1');
  expect(() => migrate(db, [parents, rebuild], 2)).toThrow(/no record of migration 1/);
});

test('a newer database is refused, naming the version needed, and not touched', () => {
  migrate(db, [parents, rebuild], 1);
  expect(() => migrate(db, [parents], 2)).toThrow(
    /schema version 2; this program knows versions up to 1/,
  );
  expect(version()).toBe(2);
});

test('numbers with a gap, or out of order, are a mistake of whoever added them', () => {
  expect(() => migrate(db, [rebuild], 1)).toThrow(/has number 2, expected 1/);
  expect(() => migrate(db, [rebuild, parents], 1)).toThrow(/expected 1/);
  expect(version()).toBe(0);
});
