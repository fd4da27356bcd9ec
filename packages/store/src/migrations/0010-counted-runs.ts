import type { Migration } from './migration.ts';

/**
 * What an operator's first look asks for, so that its answer does not grow with the data: runs counted as they begin,
 * block and end; what needs a person in groups; lists by saga, status and release in order of number.
 */
export const countedRuns: Migration = {
  version: 10,
  name: 'counted-runs',
  sql: `
-- Runs of a tenant by where they stand. Moved by the commit that moves them, by its net difference.
CREATE TABLE run_counts (
  tenant INTEGER PRIMARY KEY,
  accepted INTEGER NOT NULL,
  in_progress INTEGER NOT NULL,
  needs_you INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  compensated INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL
) STRICT;
INSERT INTO run_counts (tenant, accepted, in_progress, needs_you, completed, compensated, failed, cancelled)
SELECT tenant, count(*), sum(phase = 0), sum(phase = 1), sum(phase = 2 AND status = 'completed'),
  sum(phase = 2 AND status = 'compensated'), sum(phase = 2 AND status = 'failed'), sum(phase = 2 AND status = 'cancelled')
FROM instances GROUP BY tenant;

-- Since when it is blocked; null while it is not.
ALTER TABLE instances ADD COLUMN blocked_at INTEGER;
UPDATE instances SET blocked_at = updated_at WHERE phase = 1;
-- What is blocked, in groups, each in order of time.
CREATE INDEX instances_attention ON instances
  (tenant, json_extract(blocked_by, '$.code'), saga, json_extract(blocked_by, '$.effect'), release, blocked_at)
  WHERE phase = 1;

-- Lists of what goes on, and of what has ended by how: with the saga in them, each stretch is in order of number.
DROP INDEX instances_live;
CREATE INDEX instances_live ON instances (tenant, saga, id) WHERE phase < 2;
DROP INDEX instances_ended;
CREATE INDEX instances_ended ON instances (tenant, saga, status) WHERE phase = 2;
-- Lists by release.
CREATE INDEX instances_release ON instances (tenant, release);
-- Effects that did not succeed.
CREATE INDEX work_items_failed ON work_items (tenant) WHERE outcome <> 'succeeded';

-- Entries of the quarantine that nobody has resolved.
CREATE TABLE open_quarantine (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  saga TEXT NOT NULL
) STRICT;
CREATE INDEX open_quarantine_group ON open_quarantine (tenant, code, saga, at);
INSERT INTO open_quarantine (id, tenant, at, code, saga)
SELECT id, tenant, at, code, iif(json_type(context, '$.saga') = 'text', json_extract(context, '$.saga'), '')
FROM quarantine WHERE id NOT IN (SELECT quarantine_id FROM quarantine_resolutions);
CREATE TRIGGER quarantine_opened AFTER INSERT ON quarantine
BEGIN
  INSERT INTO open_quarantine (id, tenant, at, code, saga)
  VALUES (NEW.id, NEW.tenant, NEW.at, NEW.code,
    iif(json_type(NEW.context, '$.saga') = 'text', json_extract(NEW.context, '$.saga'), ''));
END;
CREATE TRIGGER quarantine_resolved AFTER INSERT ON quarantine_resolutions
BEGIN
  DELETE FROM open_quarantine WHERE id = NEW.quarantine_id;
END;
`,
};
