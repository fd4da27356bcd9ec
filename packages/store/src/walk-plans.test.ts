/**
 * The activation of a release walks over all that is in flight, of any app. Each page is to cost what it holds, however
 * many came before it. SQLite itself is asked how it would answer.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';

import { Names } from './names.ts';
import { InstanceReads } from './read/instance-reads.ts';
import { AskedDatabase } from './testing/asked-database.ts';

const INSTANCES = 300;
const LIMIT = 40;

let asked: AskedDatabase;

beforeEach(() => {
  asked = new AskedDatabase(
    `INSERT INTO names (id, name) VALUES (1, ''), (2, 'order'), (3, 'stock'), (4, 'app'), (5, 'r1'), (6, 'b');
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${INSTANCES})
     INSERT INTO instances (id, tenant, saga, run, app, release, version, phase, status, started_at, updated_at, key, undo)
     SELECT i, iif(i % 5 = 0, 6, 1), iif(i % 3 = 0, 3, 2), 1, 4, 5, 1, 0, 'running', i, i, 'key-' || i, '[]' FROM n`,
  );
});
afterEach(() => asked.close());

test('a page begins where the last one ended, and the pages hold each instance once', () => {
  const reads = new InstanceReads(asked.db, new Names(asked.db));
  asked.forget();
  const found: number[] = [];
  let after: string | null = null;
  do {
    const page = reads.pinnedElsewhere({ app: 'app', release: 'r2', after, limit: LIMIT });
    found.push(...page.instances.map(({ id }) => id));
    after = page.next;
  } while (after !== null);
  expect(found.toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: INSTANCES }, (_, n) => n + 1),
  );
  const steps = new Set(asked.plans(/FROM instances/));
  expect([...steps].toSorted()).toEqual([
    'SEARCH instances USING INDEX instances_live ((tenant,saga)>(?,?))',
    'SEARCH instances USING INDEX instances_live (tenant=? AND saga=? AND id>?)',
  ]);
});
