import type { Migration } from './migration.ts';

/**
 * The first schema. `docs/reference/data.md` says what each table holds.
 *
 * What shaped it: a commit writes whole 4 KiB pages, so what counts is how many pages one batch touches. Rows are
 * appended in the order of integer keys wherever possible. An index over random values (hashes, correlation ids) would
 * touch a page per row; those two are cut into stretches of neighbouring rows (`seq >> 10`, `id >> 10`), so that
 * inserts stay within a few hot pages and a look-up walks the stretches from the newest back.
 *
 * Words that repeat in every row (tenants, sagas, types, effects, digests of releases) are numbers into `names`.
 */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  sql: `
CREATE TABLE names (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE commits (
  no INTEGER PRIMARY KEY,
  timeline INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  digest BLOB NOT NULL,
  last_instance INTEGER NOT NULL,
  last_item INTEGER NOT NULL,
  last_schedule INTEGER NOT NULL,
  last_wait INTEGER NOT NULL,
  last_quarantine INTEGER NOT NULL,
  last_owed INTEGER NOT NULL,
  attempt_records INTEGER NOT NULL,
  settled INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  tenant INTEGER NOT NULL,
  type INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  target INTEGER,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  subject TEXT,
  time TEXT,
  data_schema TEXT,
  correlation_id TEXT,
  causation_id TEXT,
  traceparent TEXT,
  extensions TEXT,
  data TEXT NOT NULL
) STRICT;
-- Filter by type, and consumers that catch up: one growing edge per type.
CREATE INDEX events_type ON events (tenant, type);
-- Filter by correlation.
CREATE INDEX events_correlation ON events (seq >> 10, correlation_id) WHERE correlation_id IS NOT NULL;

CREATE TABLE marks (
  bucket INTEGER NOT NULL,
  mark BLOB NOT NULL,
  seq INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (bucket, mark)
) STRICT, WITHOUT ROWID;

CREATE TABLE instances (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  saga INTEGER NOT NULL,
  run INTEGER NOT NULL,
  app INTEGER NOT NULL,
  release INTEGER NOT NULL,
  version INTEGER NOT NULL,
  phase INTEGER NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  key TEXT NOT NULL,
  correlation_id TEXT,
  traceparent TEXT,
  parent_id INTEGER,
  parent_step TEXT,
  result TEXT,
  blocked_by TEXT,
  failure TEXT,
  undo TEXT NOT NULL
) STRICT;
-- The latest run of a key; also keeps runs apart.
CREATE UNIQUE INDEX instances_key ON instances (tenant, saga, key, run);
-- Lists of what has not ended. \`phase\` (0 goes on, 1 blocked, 2 ended) rather than \`status\`, so that an index is
-- touched when a run begins, blocks or ends, and not by each transition.
CREATE INDEX instances_live ON instances (tenant, id) WHERE phase < 2;
-- Blocked instances at start, and what an operator asks for first.
CREATE INDEX instances_blocked ON instances (id) WHERE phase = 1;
-- Lists and counts of what has ended, by how.
CREATE INDEX instances_ended ON instances (tenant, status) WHERE phase = 2;

CREATE TABLE transitions (
  id INTEGER PRIMARY KEY,
  commit_no INTEGER NOT NULL,
  instance_id INTEGER NOT NULL REFERENCES instances (id),
  version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  saga INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  gas_limit INTEGER NOT NULL,
  gas_used INTEGER NOT NULL,
  release INTEGER NOT NULL,
  sandbox INTEGER NOT NULL,
  state_hash BLOB NOT NULL,
  seed TEXT NOT NULL,
  decision TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
-- State at a version.
CREATE UNIQUE INDEX transitions_version ON transitions (instance_id, version);
-- A repeated event makes no second transition (R6.4); what became of an event.
CREATE UNIQUE INDEX transitions_event ON transitions (seq, saga);

CREATE TABLE work_items (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  instance_id INTEGER NOT NULL REFERENCES instances (id),
  app INTEGER NOT NULL,
  effect INTEGER NOT NULL,
  state TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  lease_until INTEGER,
  attempts INTEGER NOT NULL,
  first_attempt_at INTEGER,
  doubtful INTEGER NOT NULL,
  outcome TEXT,
  outcome_seq INTEGER,
  created_at INTEGER NOT NULL,
  command_id BLOB NOT NULL,
  digest BLOB NOT NULL,
  kind TEXT NOT NULL,
  step TEXT NOT NULL,
  undoes TEXT,
  traceparent TEXT,
  input TEXT NOT NULL
) STRICT;
-- The items of an instance; one command per step of a run (I4).
CREATE UNIQUE INDEX work_items_step ON work_items (instance_id, step);
-- The outbox: small, holds only what is not settled.
CREATE INDEX work_items_open ON work_items (state, due_at) WHERE state <> 'settled';
-- By command id, settled ones included.
CREATE UNIQUE INDEX work_items_command ON work_items (id >> 10, command_id);

CREATE TABLE attempts (
  item_id INTEGER NOT NULL REFERENCES work_items (id),
  no INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  commit_no INTEGER NOT NULL,
  at INTEGER NOT NULL,
  mode TEXT,
  lease_until INTEGER,
  epoch INTEGER,
  release INTEGER,
  outcome TEXT,
  error TEXT,
  PRIMARY KEY (item_id, no, ended)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedules (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  instance_id INTEGER NOT NULL REFERENCES instances (id),
  due_at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL
) STRICT;
-- Setting a name again replaces it.
CREATE UNIQUE INDEX schedules_name ON schedules (instance_id, name);
-- What is due, and the next due time.
CREATE INDEX schedules_due ON schedules (due_at);

CREATE TABLE waits (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  instance_id INTEGER NOT NULL REFERENCES instances (id),
  state TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  expires_at INTEGER,
  closed_at INTEGER,
  command_id BLOB NOT NULL,
  token_hash BLOB NOT NULL,
  step TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT
) STRICT;
-- The waits of an instance.
CREATE INDEX waits_instance ON waits (instance_id);
-- By token, closed ones included: their loser is told so.
CREATE INDEX waits_token ON waits (id >> 10, token_hash);
-- Lists of open waits.
CREATE INDEX waits_open ON waits (tenant, id) WHERE state = 'open';

CREATE TABLE dispositions (
  seq INTEGER NOT NULL,
  saga INTEGER NOT NULL,
  status TEXT NOT NULL,
  instance_id INTEGER,
  reason TEXT NOT NULL,
  PRIMARY KEY (seq, saga)
) STRICT, WITHOUT ROWID;
-- An instance's story.
CREATE INDEX dispositions_instance ON dispositions (instance_id) WHERE instance_id IS NOT NULL;

CREATE TABLE parked (
  instance_id INTEGER NOT NULL REFERENCES instances (id),
  seq INTEGER NOT NULL,
  saga INTEGER NOT NULL,
  PRIMARY KEY (instance_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  saga INTEGER NOT NULL,
  tenant INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (saga, tenant)
) STRICT, WITHOUT ROWID;

CREATE TABLE logs (
  id INTEGER PRIMARY KEY,
  instance_id INTEGER NOT NULL REFERENCES instances (id),
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  line TEXT NOT NULL
) STRICT;
CREATE INDEX logs_instance ON logs (instance_id);

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  at INTEGER NOT NULL,
  seq INTEGER,
  item_id INTEGER,
  origin TEXT NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  context TEXT NOT NULL,
  head BLOB
) STRICT;
CREATE INDEX quarantine_tenant ON quarantine (tenant);

CREATE TABLE releases (
  digest TEXT PRIMARY KEY,
  app TEXT NOT NULL,
  registered_at INTEGER NOT NULL,
  manifest TEXT NOT NULL
) STRICT;

CREATE TABLE activations (
  id INTEGER PRIMARY KEY,
  app TEXT NOT NULL,
  digest TEXT NOT NULL REFERENCES releases (digest),
  previous TEXT REFERENCES releases (digest),
  at INTEGER NOT NULL,
  by TEXT NOT NULL
) STRICT;
CREATE INDEX activations_app ON activations (app);

CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  tenant TEXT NOT NULL,
  scopes TEXT NOT NULL,
  topics TEXT,
  types TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE TABLE mqtt_retained (
  topic TEXT PRIMARY KEY,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  meta TEXT NOT NULL,
  payload BLOB NOT NULL
) STRICT;

CREATE TABLE mqtt_subscriptions (
  client TEXT NOT NULL,
  filter TEXT NOT NULL,
  options TEXT NOT NULL,
  PRIMARY KEY (client, filter)
) STRICT, WITHOUT ROWID;

CREATE TABLE mqtt_owed (
  id INTEGER PRIMARY KEY,
  client TEXT NOT NULL,
  message_id INTEGER,
  phase TEXT NOT NULL,
  topic TEXT NOT NULL,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  meta TEXT NOT NULL,
  payload BLOB NOT NULL
) STRICT;
-- Forgetting a client.
CREATE INDEX mqtt_owed_client ON mqtt_owed (client);

CREATE TABLE mqtt_incoming (
  client TEXT NOT NULL,
  message_id INTEGER NOT NULL,
  topic TEXT NOT NULL,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  meta TEXT NOT NULL,
  payload BLOB NOT NULL,
  PRIMARY KEY (client, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mqtt_wills (
  client TEXT PRIMARY KEY,
  topic TEXT NOT NULL,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  meta TEXT NOT NULL,
  payload BLOB NOT NULL
) STRICT;
`,
};
