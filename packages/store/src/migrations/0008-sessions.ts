import type { Migration } from './migration.ts';

/** Who is signed in to the console. Of a session only the hash of its secret is kept, as of a key. */
export const sessions: Migration = {
  version: 8,
  name: 'sessions',
  sql: `
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  key_id TEXT NOT NULL REFERENCES keys (id),
  opened_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_key ON sessions (key_id);
`,
};
