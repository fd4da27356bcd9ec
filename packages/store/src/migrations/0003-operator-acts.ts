import type { Migration } from './migration.ts';

/**
 * What operators decide about what went wrong, and what is known of events that nobody could deal with.
 *
 * Records of the quarantine stay as they were written; what became of each is a row of its own. A reprocess has one row
 * that says where it stands, moved in the commit that journals each event it runs again. `deliveries` is empty unless
 * events stayed undecided through several starts.
 */
export const operatorActs: Migration = {
  version: 3,
  name: 'operator-acts',
  sql: `
CREATE TABLE quarantine_resolutions (
  quarantine_id INTEGER PRIMARY KEY REFERENCES quarantine (id),
  tenant INTEGER NOT NULL,
  at INTEGER NOT NULL,
  seq INTEGER,
  state TEXT NOT NULL,
  by TEXT NOT NULL,
  reason TEXT
) STRICT;
-- How many entries of a tenant are still open.
CREATE INDEX quarantine_resolutions_tenant ON quarantine_resolutions (tenant);

CREATE TABLE reprocesses (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  saga INTEGER NOT NULL,
  up_to INTEGER NOT NULL,
  total INTEGER NOT NULL,
  position INTEGER NOT NULL,
  done INTEGER NOT NULL,
  at INTEGER NOT NULL,
  ended_at INTEGER,
  by TEXT NOT NULL,
  reason TEXT,
  selection TEXT NOT NULL
) STRICT;
-- What a start goes on with.
CREATE INDEX reprocesses_open ON reprocesses (id) WHERE ended_at IS NULL;

CREATE TABLE deliveries (
  saga INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (saga, seq)
) STRICT, WITHOUT ROWID;
`,
};
