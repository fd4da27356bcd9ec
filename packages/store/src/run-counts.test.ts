import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { CommitWriter } from './commit-writer.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { migrate } from './migrator.ts';
import { Names } from './names.ts';
import type { InstanceStatus, StoreOp } from './port.ts';
import {
  eventOp,
  instanceRow,
  journalEvent,
  START,
  transitionOp,
  transitionRow,
} from './testing/store-fixtures.ts';

let db: Database.Database;
let writer: CommitWriter;
let statements: string[];
let commit: (...ops: readonly StoreOp[]) => void;

beforeEach(() => {
  statements = [];
  db = new Database(':memory:', { verbose: (sql) => void statements.push(String(sql)) });
  migrate(db, allMigrations, 1);
  statements = [];
  writer = new CommitWriter(db, new Names(db));
  const counters = {
    seq: 0,
    instance: 0,
    item: 0,
    schedule: 0,
    wait: 0,
    quarantine: 0,
    owed: 0,
    timeline: 1,
    epoch: 1,
    at: 0,
  };
  const head = { digest: '00', audit: { no: 0, hash: '' } };
  let no = 0;
  commit = (...ops) => {
    no += 1;
    const at = START + no;
    db.transaction(() => {
      const { scope } = writer.write({ at, ops }, no, { ...counters, at: 0 }, head);
      counters.seq = scope.lastSeq;
      counters.instance = scope.instance;
    })();
  };
});
afterEach(() => db.close());

const columns =
  'tenant, accepted, in_progress, needs_you, completed, compensated, failed, cancelled';
const kept = (): unknown => db.prepare(`SELECT ${columns} FROM run_counts ORDER BY tenant`).all();
/** What migration 10 fills in, over all that there is. */
const counted = (): unknown =>
  db
    .prepare(
      `SELECT tenant, count(*) AS accepted, sum(status IN ('running', 'waiting', 'retrying', 'compensating')) AS in_progress,
        sum(status = 'blocked') AS needs_you, sum(status = 'completed') AS completed,
        sum(status = 'compensated') AS compensated, sum(status = 'failed') AS failed, sum(status = 'cancelled') AS cancelled
       FROM instances GROUP BY tenant ORDER BY tenant`,
    )
    .all();
const groups = (): unknown =>
  db.prepare('SELECT code, saga, effect, release, count FROM blocked_groups').all();
const grouped = (): unknown =>
  db
    .prepare(
      `SELECT coalesce(json_extract(blocked_by, '$.code'), '') AS code, saga,
        coalesce(json_extract(blocked_by, '$.effect'), '') AS effect, release, count(*) AS count
       FROM instances WHERE status = 'blocked' GROUP BY 1, 2, 3, 4`,
    )
    .all();
const writes = (): readonly string[] =>
  statements.filter((sql) => sql.startsWith('INSERT INTO run_counts'));

function status(instanceId: number, to: InstanceStatus): StoreOp {
  const blockedBy = to === 'blocked' ? '{"code":"program.threw","message":"a bug"}' : null;
  return { op: 'instance.status', instanceId, status: to, blockedBy, at: START + 500 };
}

let seq = 0;
beforeEach(() => {
  seq = 0;
});
const decide = (instance: number, version: number, to: InstanceStatus): readonly StoreOp[] => {
  seq += 1;
  return [
    eventOp(journalEvent(seq)),
    transitionOp(transitionRow(instance, version, seq), { status: to }),
  ];
};
const begin = (id: number, to: InstanceStatus, tenant = ''): readonly StoreOp[] => [
  { op: 'instance.create', row: instanceRow(id, { tenant }) },
  ...decide(id, 1, to),
];

test('counts follow each way a run can go, and equal a real count after every commit', () => {
  const check = (...ops: readonly StoreOp[]): void => {
    commit(...ops);
    expect(kept()).toEqual(counted());
    expect(groups()).toEqual(grouped());
  };
  check(...begin(1, 'running'), ...begin(2, 'completed'), ...begin(3, 'waiting', 'other'));
  check(...decide(1, 2, 'waiting'));
  check(status(1, 'retrying'));
  check(status(1, 'blocked'));
  check(status(1, 'blocked'));
  check(status(1, 'running'), ...decide(1, 3, 'compensating'));
  check(...decide(1, 4, 'blocked'), status(1, 'blocked'));
  check(...decide(1, 5, 'compensated'));
  check(...decide(3, 2, 'cancelled'));
  check({ op: 'instance.create', row: instanceRow(4, { status: 'blocked', blockedBy: '{}' }) });
  expect(groups()).toHaveLength(1);
  check(...decide(4, 1, 'failed'));
  expect(kept()).toMatchObject([
    { accepted: 3, in_progress: 0, needs_you: 0, completed: 1, compensated: 1, failed: 1 },
    { accepted: 1, cancelled: 1 },
  ]);
});

test('a commit writes one row a tenant by its net difference, and none where that is nothing', () => {
  commit(...begin(1, 'running'), ...begin(2, 'running'), ...begin(3, 'completed'));
  expect(writes()).toHaveLength(1);
  statements = [];
  commit(...decide(1, 2, 'waiting'), status(2, 'retrying'));
  expect(writes()).toHaveLength(0);
  commit(status(1, 'blocked'), status(1, 'running'));
  expect(writes()).toHaveLength(0);
});

test('what a rolled-back batch would have counted is not counted', () => {
  commit(...begin(1, 'running'));
  expect(() => commit(...begin(2, 'running'), status(99, 'blocked'))).toThrow('no instance 99');
  expect(kept()).toEqual(counted());
});

test('it is known since when a run is blocked, until it goes on', () => {
  const since = (): unknown => db.prepare('SELECT blocked_at AS at FROM instances').pluck().get();
  commit(...begin(1, 'running'));
  expect(since()).toBeNull();
  commit(status(1, 'blocked'));
  expect(since()).toBe(START + 500);
  commit(...decide(1, 2, 'running'));
  expect(since()).toBeNull();
});

test('migration 10 counts what is there', () => {
  const old = new Database(':memory:');
  migrate(old, allMigrations.slice(0, 9), 1);
  const insert = old.prepare(
    `INSERT INTO instances (id, tenant, saga, run, app, release, version, phase, status, started_at, updated_at, key, blocked_by, undo)
     VALUES (?, ?, 1, 1, 1, 1, 1, ?, ?, 1, ?, ?, ?, '[]')`,
  );
  const statuses = ['running', 'waiting', 'blocked', 'completed', 'completed', 'failed'];
  for (const [at, one] of statuses.entries()) {
    const phase = one === 'blocked' ? 1 : at > 2 ? 2 : 0;
    insert.run(at + 1, 1, phase, one, 70 + at, `k${at}`, one === 'blocked' ? '{}' : null);
  }
  const quarantined = old.prepare(
    `INSERT INTO quarantine (id, tenant, at, origin, code, reason, context) VALUES (?, 1, 5, 'runner', 'c', 'r', ?)`,
  );
  quarantined.run(1, '{"saga":"order"}');
  quarantined.run(2, '{"saga":7}');
  old.exec(
    `INSERT INTO quarantine_resolutions (quarantine_id, tenant, at, state, by) VALUES (2, 1, 6, 'discarded', 'k')`,
  );
  migrate(old, allMigrations, 2);
  expect(old.prepare(`SELECT ${columns} FROM run_counts`).all()).toEqual([
    {
      tenant: 1,
      accepted: 6,
      in_progress: 2,
      needs_you: 1,
      completed: 2,
      compensated: 0,
      failed: 1,
      cancelled: 0,
    },
  ]);
  expect(old.prepare('SELECT id, blocked_at FROM instances WHERE phase = 1').all()).toEqual([
    { id: 3, blocked_at: 72 },
  ]);
  expect(old.prepare('SELECT id, code, saga FROM open_quarantine').all()).toEqual([
    { id: 1, code: 'c', saga: 'order' },
  ]);
  quarantined.run(3, '{"topic":"x"}');
  old.exec(
    `INSERT INTO quarantine_resolutions (quarantine_id, tenant, at, state, by) VALUES (1, 1, 6, 'redriven', 'k')`,
  );
  expect(old.prepare('SELECT id, saga FROM open_quarantine').all()).toEqual([{ id: 3, saga: '' }]);
  old.close();
});
