import type { Migration } from './migration.ts';

/** Which tries are not held against a work item outlives the process: an answered check uses up none. */
export const sparedTries: Migration = {
  version: 7,
  name: 'spared-tries',
  sql: 'ALTER TABLE work_items ADD COLUMN spared INTEGER NOT NULL DEFAULT 0;\n',
};
