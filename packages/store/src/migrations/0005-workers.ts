import type { Migration } from './migration.ts';

/** Which worker makes an attempt, and the life of workers. */
export const workers: Migration = {
  version: 5,
  name: 'workers',
  sql: `
-- The worker that a try is leased to (a name); null where the server makes the call itself. On starts only.
ALTER TABLE attempts ADD COLUMN worker INTEGER;

-- Append-only: each step in the life of a worker. The last one of a worker is its state.
CREATE TABLE worker_events (
  id INTEGER PRIMARY KEY,
  commit_no INTEGER NOT NULL,
  at INTEGER NOT NULL,
  worker TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  by TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX worker_events_worker ON worker_events (worker);
CREATE INDEX worker_events_name ON worker_events (name, id) WHERE kind = 'placed';
`,
};
