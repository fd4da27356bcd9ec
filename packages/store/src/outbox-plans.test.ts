/**
 * A start walks over what is unsettled. However much has been settled before, and however long the backlog, it is to ask
 * for that once, from the index that holds nothing else. SQLite itself is asked how it would answer.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';

import { Names } from './names.ts';
import { OutboxReads } from './read/outbox-reads.ts';
import { AskedDatabase } from './testing/asked-database.ts';

const ITEMS = 5000;
/** Every so many of them is pending, and the oldest is due last. */
const PENDING_EVERY = 100;

let asked: AskedDatabase;

beforeEach(() => {
  asked = new AskedDatabase(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ITEMS})
     INSERT INTO work_items (id, tenant, instance_id, app, effect, state, due_at, attempts, doubtful, created_at,
       command_id, digest, kind, step, input)
     SELECT i, 1, i, 1, 1, iif(i % ${PENDING_EVERY} = 0, 'pending', 'settled'), ${ITEMS} - i, 0, 0, i,
       CAST(i AS BLOB), x'00', 'effect', 's', '{}' FROM n`,
  );
});
afterEach(() => asked.close());

test('ids of what is unsettled come from the index of the outbox alone, in order', () => {
  const reads = new OutboxReads(asked.db, new Names(asked.db));
  asked.forget();
  const ids = reads.unsettledIds('pending');
  expect(ids).toEqual(
    Array.from({ length: ITEMS / PENDING_EVERY }, (_, n) => (n + 1) * PENDING_EVERY),
  );
  expect(asked.statements).toHaveLength(1);
  expect(asked.plans(/work_items/)[0]).toMatch(
    /^SEARCH work_items USING COVERING INDEX work_items_open \(state=\?/,
  );
});
