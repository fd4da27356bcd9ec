import type { Migration } from './migration.ts';

/** Steps in the life of workers, and what operators made of the quarantine, are never changed (I7). */
export const keptRecords: Migration = {
  version: 6,
  name: 'kept-records',
  sql: `
CREATE TRIGGER worker_events_kept BEFORE UPDATE ON worker_events
BEGIN SELECT RAISE(ABORT, 'worker_events are only ever added to'); END;
CREATE TRIGGER quarantine_resolutions_kept BEFORE UPDATE ON quarantine_resolutions
BEGIN SELECT RAISE(ABORT, 'quarantine_resolutions are only ever added to'); END;
`,
};
