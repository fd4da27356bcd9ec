import type { Migration } from './migration.ts';

/** Cron triggers of active releases with their next occurrence, and what is known of the machine's clock (I8). */
export const cronTriggers: Migration = {
  version: 2,
  name: 'cron-triggers',
  sql: `
CREATE TABLE cron_triggers (
  app TEXT NOT NULL,
  name TEXT NOT NULL,
  tenant INTEGER NOT NULL,
  cron TEXT NOT NULL,
  zone TEXT NOT NULL,
  missed TEXT NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  next_at INTEGER NOT NULL,
  last_at INTEGER,
  PRIMARY KEY (app, name)
) STRICT, WITHOUT ROWID;
-- What is due, and the next due time.
CREATE INDEX cron_triggers_next ON cron_triggers (next_at);

-- One row: how far wall time was ahead of the machine's uptime when it was last trusted.
CREATE TABLE clock_marks (
  id INTEGER PRIMARY KEY,
  boot TEXT NOT NULL,
  ahead INTEGER NOT NULL,
  held INTEGER NOT NULL
) STRICT;
`,
};
