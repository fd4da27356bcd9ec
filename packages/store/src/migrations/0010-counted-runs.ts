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

-- How many are blocked for one reason at one place: kept by triggers, which look at nothing but what is blocked. Empty
-- texts stand for none.
CREATE TABLE blocked_groups (
  tenant INTEGER NOT NULL,
  code TEXT NOT NULL,
  saga INTEGER NOT NULL,
  effect TEXT NOT NULL,
  release INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (tenant, code, saga, effect, release)
) STRICT, WITHOUT ROWID;
INSERT INTO blocked_groups (tenant, code, saga, effect, release, count)
SELECT tenant, coalesce(json_extract(blocked_by, '$.code'), ''), saga,
  coalesce(json_extract(blocked_by, '$.effect'), ''), release, count(*)
FROM instances WHERE phase = 1 GROUP BY 1, 2, 3, 4, 5;
CREATE TRIGGER instance_begun_blocked AFTER INSERT ON instances WHEN NEW.phase = 1
BEGIN
  INSERT INTO blocked_groups (tenant, code, saga, effect, release, count) VALUES (
    NEW.tenant, coalesce(json_extract(NEW.blocked_by, '$.code'), ''), NEW.saga,
    coalesce(json_extract(NEW.blocked_by, '$.effect'), ''), NEW.release, 1)
  ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER instance_unblocked AFTER UPDATE OF phase, blocked_by, release ON instances WHEN OLD.phase = 1
BEGIN
  UPDATE blocked_groups SET count = count - 1 WHERE (tenant, code, saga, effect, release) = (
    OLD.tenant, coalesce(json_extract(OLD.blocked_by, '$.code'), ''), OLD.saga,
    coalesce(json_extract(OLD.blocked_by, '$.effect'), ''), OLD.release);
  DELETE FROM blocked_groups WHERE (tenant, code, saga, effect, release) = (
    OLD.tenant, coalesce(json_extract(OLD.blocked_by, '$.code'), ''), OLD.saga,
    coalesce(json_extract(OLD.blocked_by, '$.effect'), ''), OLD.release)
    AND count = 0;
END;
CREATE TRIGGER instance_blocked AFTER UPDATE OF phase, blocked_by, release ON instances WHEN NEW.phase = 1
BEGIN
  INSERT INTO blocked_groups (tenant, code, saga, effect, release, count) VALUES (
    NEW.tenant, coalesce(json_extract(NEW.blocked_by, '$.code'), ''), NEW.saga,
    coalesce(json_extract(NEW.blocked_by, '$.effect'), ''), NEW.release, 1)
  ON CONFLICT DO UPDATE SET count = count + 1;
END;

-- Lists of what goes on, and of what has ended by how: with the saga in them, each stretch is in order of number.
DROP INDEX instances_live;
CREATE INDEX instances_live ON instances (tenant, saga, id) WHERE phase < 2;
DROP INDEX instances_ended;
CREATE INDEX instances_ended ON instances (tenant, saga, status) WHERE phase = 2;
-- Lists of what few are: no other run's way touches it.
CREATE INDEX instances_troubled ON instances (tenant, saga, status) WHERE status IN ('retrying', 'compensating');
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
CREATE TABLE quarantine_groups (
  tenant INTEGER NOT NULL,
  code TEXT NOT NULL,
  saga TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (tenant, code, saga)
) STRICT, WITHOUT ROWID;
INSERT INTO quarantine_groups (tenant, code, saga, count)
SELECT tenant, code, saga, count(*) FROM open_quarantine GROUP BY 1, 2, 3;
CREATE TRIGGER open_quarantine_added AFTER INSERT ON open_quarantine
BEGIN
  INSERT INTO quarantine_groups (tenant, code, saga, count) VALUES (NEW.tenant, NEW.code, NEW.saga, 1)
  ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER open_quarantine_removed AFTER DELETE ON open_quarantine
BEGIN
  UPDATE quarantine_groups SET count = count - 1 WHERE (tenant, code, saga) = (OLD.tenant, OLD.code, OLD.saga);
  DELETE FROM quarantine_groups WHERE (tenant, code, saga) = (OLD.tenant, OLD.code, OLD.saga) AND count = 0;
END;
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
