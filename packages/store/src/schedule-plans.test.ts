/**
 * A million pending schedules are to cost next to nothing: what the scheduler asks is answered from an index, by as many
 * rows as are due and no more. SQLite itself is asked how it would answer.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';

import { Names } from './names.ts';
import { InstanceReads } from './read/instance-reads.ts';
import { AskedDatabase } from './testing/asked-database.ts';

/** Enough for the planner to prefer a bad plan if there were one. */
const PENDING = 20_000;
const FUTURE = 1_900_000_000_000_000;

let asked: AskedDatabase;

beforeEach(() => {
  asked = new AskedDatabase(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${PENDING})
     INSERT INTO schedules (id, tenant, instance_id, due_at, kind, name)
     SELECT i, 1, i, ${FUTURE} + i, 'timer', 't' FROM n`,
  );
});
afterEach(() => asked.close());

test.each([
  ['what is due', (reads: InstanceReads) => reads.dueSchedules(FUTURE + 10, 500)],
  ['what is due next', (reads: InstanceReads) => reads.nextScheduleDue()],
  ['how much is due', (reads: InstanceReads) => reads.countDueSchedules(FUTURE + 10, 1000)],
] as const)('%s is read from the index of due times, in its order', (_what, ask) => {
  ask(new InstanceReads(asked.db, new Names(asked.db)));
  const plans = asked.plans(/schedules/);
  expect(plans.some((detail) => /schedules_due|s USING.*schedules_due/.test(detail))).toBe(true);
  // Neither the table from end to end, nor a sort of what was found.
  expect(
    plans.filter((detail) =>
      /TEMP B-TREE|^SCAN s\b(?!.*INDEX)|^SCAN schedules\b(?!.*INDEX)/.test(detail),
    ),
  ).toEqual([]);
});

test('a look takes a batch, however much is due', () => {
  const reads = new InstanceReads(asked.db, new Names(asked.db));
  asked.db.exec(`INSERT INTO names (id, name) VALUES (1, 'x');
    INSERT INTO instances (id, tenant, saga, run, app, release, version, phase, status, started_at, updated_at, key, undo)
    SELECT id, 1, 1, 1, 1, 1, 1, 0, 'waiting', 1, 1, id, '[]' FROM schedules`);
  expect(reads.dueSchedules(Number.MAX_SAFE_INTEGER, 500)).toHaveLength(500);
  expect(reads.countDueSchedules(Number.MAX_SAFE_INTEGER, 1000)).toBe(1000);
});
