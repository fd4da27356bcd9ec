/**
 * A million pending schedules are to cost next to nothing: what the scheduler asks is answered from an index, by as many
 * rows as are due and no more. SQLite itself is asked how it would answer.
 */
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { allMigrations } from './migrations/all-migrations.ts';
import { migrate } from './migrator.ts';
import { Names } from './names.ts';
import { InstanceReads } from './read/instance-reads.ts';

/** Enough for the planner to prefer a bad plan if there were one. */
const PENDING = 20_000;
const FUTURE = 1_900_000_000_000_000;

let db: Database.Database;
/** Every statement that was run, with its parameters written out. */
let statements: string[];

beforeEach(() => {
  statements = [];
  db = new Database(':memory:', { verbose: (sql) => void statements.push(String(sql)) });
  migrate(db, allMigrations, 1);
  db.pragma('foreign_keys = OFF');
  db.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${PENDING})
     INSERT INTO schedules (id, tenant, instance_id, due_at, kind, name)
     SELECT i, 1, i, ${FUTURE} + i, 'timer', 't' FROM n`,
  );
  statements = [];
});
afterEach(() => db.close());

function plansOf(run: () => void): string[] {
  run();
  const ran = statements.filter((sql) => sql.includes('schedules'));
  expect(ran.length).toBeGreaterThan(0);
  return ran.flatMap((sql) =>
    db
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail),
  );
}

test.each([
  ['what is due', (reads: InstanceReads) => reads.dueSchedules(FUTURE + 10, 500)],
  ['what is due next', (reads: InstanceReads) => reads.nextScheduleDue()],
  ['how much is due', (reads: InstanceReads) => reads.countDueSchedules(FUTURE + 10, 1000)],
] as const)('%s is read from the index of due times, in its order', (_what, ask) => {
  const reads = new InstanceReads(db, new Names(db));
  const plans = plansOf(() => void ask(reads));
  expect(plans.some((detail) => /schedules_due|s USING.*schedules_due/.test(detail))).toBe(true);
  // Neither the table from end to end, nor a sort of what was found.
  expect(
    plans.filter((detail) =>
      /TEMP B-TREE|^SCAN s\b(?!.*INDEX)|^SCAN schedules\b(?!.*INDEX)/.test(detail),
    ),
  ).toEqual([]);
});

test('a look takes a batch, however much is due', () => {
  const reads = new InstanceReads(db, new Names(db));
  db.exec(`INSERT INTO names (id, name) VALUES (1, 'x');
    INSERT INTO instances (id, tenant, saga, run, app, release, version, phase, status, started_at, updated_at, key, undo)
    SELECT id, 1, 1, 1, 1, 1, 1, 0, 'waiting', 1, 1, id, '[]' FROM schedules`);
  expect(reads.dueSchedules(Number.MAX_SAFE_INTEGER, 500)).toHaveLength(500);
  expect(reads.countDueSchedules(Number.MAX_SAFE_INTEGER, 1000)).toBe(1000);
});
