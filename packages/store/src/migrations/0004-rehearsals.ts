import type { Migration } from './migration.ts';

/**
 * Who registered a release, by which act and why it became active, and what the rehearsal of the instances in flight
 * found. What these tables say of the past can only be added to.
 */
export const rehearsals: Migration = {
  version: 4,
  name: 'rehearsals',
  sql: `
ALTER TABLE releases ADD COLUMN registered_by TEXT;
-- Null in rows of before: their instances were not rehearsed.
ALTER TABLE activations ADD COLUMN act TEXT;
ALTER TABLE activations ADD COLUMN reason TEXT;

CREATE TABLE rehearsals (
  id INTEGER PRIMARY KEY,
  activation_id INTEGER NOT NULL REFERENCES activations (id),
  at INTEGER NOT NULL,
  moved INTEGER NOT NULL,
  stayed INTEGER NOT NULL,
  ended INTEGER NOT NULL
) STRICT;
CREATE INDEX rehearsals_activation ON rehearsals (activation_id);

CREATE TRIGGER activations_kept BEFORE UPDATE ON activations
BEGIN SELECT RAISE(ABORT, 'activations are only ever added to'); END;
CREATE TRIGGER activations_never_removed BEFORE DELETE ON activations
BEGIN SELECT RAISE(ABORT, 'activations are only ever added to'); END;
CREATE TRIGGER rehearsals_kept BEFORE UPDATE ON rehearsals
BEGIN SELECT RAISE(ABORT, 'rehearsals are only ever added to'); END;
CREATE TRIGGER rehearsals_never_removed BEFORE DELETE ON rehearsals
BEGIN SELECT RAISE(ABORT, 'rehearsals are only ever added to'); END;
`,
};
