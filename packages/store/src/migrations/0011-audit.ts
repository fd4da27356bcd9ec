import type { Migration } from './migration.ts';

/**
 * The audit: an entry for each event of CONTROL_EVENTS, each chained to the one before (`audit-chain.ts`).
 *
 * The entry's text is all that is kept; the columns are read out of it, so that none can say anything else. Acts of
 * before are chained here, in their order; they stand in no commit's digest (`commit_no` 0), their events do.
 *
 * `audit_entry` and `audit_hash` are functions of the connection that migrates.
 */
export const audit: Migration = {
  version: 11,
  name: 'audit',
  sql: `
CREATE TABLE audit (
  no INTEGER PRIMARY KEY,
  commit_no INTEGER NOT NULL,
  hash BLOB NOT NULL,
  entry TEXT NOT NULL,
  seq INTEGER GENERATED ALWAYS AS (entry ->> 'seq') VIRTUAL,
  at INTEGER GENERATED ALWAYS AS (entry ->> 'at') VIRTUAL,
  tenant TEXT GENERATED ALWAYS AS (entry ->> 'tenant') VIRTUAL,
  act TEXT GENERATED ALWAYS AS (entry ->> 'act') VIRTUAL,
  by TEXT GENERATED ALWAYS AS (entry ->> 'by') VIRTUAL,
  target TEXT GENERATED ALWAYS AS (entry ->> 'target') VIRTUAL
) STRICT;
-- Lists, newest first, by whom, what and on what.
CREATE INDEX audit_tenant ON audit (tenant);
CREATE INDEX audit_by ON audit (tenant, by);
CREATE INDEX audit_act ON audit (tenant, act);
CREATE INDEX audit_target ON audit (tenant, target);

CREATE TEMP TABLE acts_before (no INTEGER PRIMARY KEY, entry TEXT NOT NULL);
INSERT INTO acts_before (entry)
  SELECT audit_entry(e.seq, t.name, y.name, e.subject, e.received_at, e.data)
  FROM events e JOIN names t ON t.id = e.tenant JOIN names y ON y.id = e.type
  WHERE e.stream = 3 ORDER BY e.seq;
INSERT INTO audit (no, commit_no, hash, entry)
  WITH RECURSIVE chained (no, hash, entry) AS (
    SELECT a.no, audit_hash('0000000000000000000000000000000000000000000000000000000000000000', a.entry), a.entry
    FROM acts_before a WHERE a.no = 1
    UNION ALL
    SELECT a.no, audit_hash(c.hash, a.entry), a.entry FROM chained c JOIN acts_before a ON a.no = c.no + 1
  )
  SELECT no, 0, unhex(hash), entry FROM chained;
DROP TABLE temp.acts_before;

CREATE TRIGGER audit_kept BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added to'); END;
CREATE TRIGGER audit_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added to'); END;
`,
};
