import { initial } from './0001-initial.ts';
import { cronTriggers } from './0002-cron-triggers.ts';
import { operatorActs } from './0003-operator-acts.ts';
import { rehearsals } from './0004-rehearsals.ts';
import { workers } from './0005-workers.ts';
import { keptRecords } from './0006-kept-records.ts';
import { sparedTries } from './0007-spared-tries.ts';
import { sessions } from './0008-sessions.ts';
import { searchFields } from './0009-search-fields.ts';
import { countedRuns } from './0010-counted-runs.ts';
import { audit } from './0011-audit.ts';
import type { Migration } from './migration.ts';

/** Every migration there is, in order. */
export const allMigrations: readonly Migration[] = [
  initial,
  cronTriggers,
  operatorActs,
  rehearsals,
  workers,
  keptRecords,
  sparedTries,
  sessions,
  searchFields,
  countedRuns,
  audit,
];
