import Database from 'better-sqlite3';
import { expect, test } from 'vitest';

import { allMigrations } from './migrations/all-migrations.ts';
import { migrate } from './migrator.ts';

test.each([
  "UPDATE activations SET by = 'somebody else'",
  'DELETE FROM activations',
  'UPDATE rehearsals SET moved = 0',
  'DELETE FROM rehearsals',
  "UPDATE worker_events SET kind = 'left'",
  "UPDATE quarantine_resolutions SET by = 'somebody else'",
])('the database itself refuses: %s', (sql) => {
  const db = new Database(':memory:');
  migrate(db, allMigrations, 1);
  db.exec(`
    INSERT INTO releases (digest, app, registered_at, manifest) VALUES ('d', 'shop', 1, '{}');
    INSERT INTO activations (app, digest, at, by, act) VALUES ('shop', 'd', 1, 'local', 'activated');
    INSERT INTO rehearsals (activation_id, at, moved, stayed, ended) VALUES (1, 1, 1, 0, 0);
    INSERT INTO worker_events (commit_no, at, worker, name, kind, by, detail)
      VALUES (1, 1, 'w_1', 'one', 'joined', 'k', '{}');
    PRAGMA foreign_keys = OFF;
    INSERT INTO quarantine_resolutions (quarantine_id, tenant, at, state, by)
      VALUES (1, 1, 1, 'discarded', 'local');`);
  expect(() => db.exec(sql)).toThrow('are only ever added to');
});
