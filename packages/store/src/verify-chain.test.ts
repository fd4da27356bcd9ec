import Database from 'better-sqlite3';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { openStore } from './open-store.ts';
import {
  eventOp,
  journalEvent,
  ManualClock,
  outcomeOps,
  START,
  startOps,
  temporaryDirectory,
  transitionOp,
  transitionRow,
} from './testing/store-fixtures.ts';
import { verifyChain } from './verify-chain.ts';
import type { ChainProgress } from './verify-chain.ts';

let pristine: ReturnType<typeof temporaryDirectory>;
let data: ReturnType<typeof temporaryDirectory>;

beforeAll(async () => {
  pristine = temporaryDirectory();
  const store = await openStore({ dir: pristine.dir, clock: new ManualClock() });
  for (let n = 1; n <= 40; n += 2) {
    await store.commit({
      at: START + n,
      ops: [
        ...startOps({ seq: n, instance: n, item: n }),
        ...startOps({ seq: n + 1, instance: n + 1, item: n + 1 }),
      ],
    });
  }
  for (let n = 1; n <= 40; n++) {
    const seq = 40 + n;
    await store.commit({
      at: START + seq,
      ops: [
        ...outcomeOps({ seq, instance: n, item: n, attempt: 1 }),
        transitionOp(transitionRow(n, 2, seq)),
      ],
    });
  }
  const strange = {
    data: '{"é":"😀","lone":"\uD800"}',
    tenant: 'other',
    subject: '',
    extensions: '{}',
  };
  await store.commit({ at: START + 1000, ops: [eventOp(journalEvent(81, strange))] });
  await store.close();
});
afterAll(() => pristine.remove());
beforeEach(() => {
  data = temporaryDirectory();
  cpSync(pristine.dir, data.dir, { recursive: true });
});
afterEach(() => data.remove());

/** Changes the database behind the store's back and verifies it. */
async function tampered(sql: string): Promise<readonly string[]> {
  const db = new Database(join(data.dir, 'generations', '000001', 'holdfast.db'));
  db.pragma('foreign_keys = OFF');
  expect(db.prepare(sql).run().changes).toBeGreaterThan(0);
  db.close();
  return (await verifyChain({ dir: data.dir })).faults.map(({ message }) => message);
}

test('an untouched store verifies, closed and while it is open, across epochs', async () => {
  expect(await verifyChain({ dir: data.dir })).toMatchObject({
    commits: 62,
    events: 81,
    transitions: 80,
    attemptRecords: 80,
    faults: [],
  });
  const store = await openStore({ dir: data.dir, clock: new ManualClock() });
  try {
    const last = store.lastCommit;
    expect(await verifyChain({ dir: data.dir })).toMatchObject({ commits: 63, faults: [], last });
  } finally {
    await store.close();
  }
});

test.each([
  ['an event changed', 'UPDATE events SET data = \'{"n":4}\' WHERE seq = 3'],
  [
    'an event moved to another tenant',
    "UPDATE events SET tenant = (SELECT id FROM names WHERE name = 'other') WHERE seq = 3",
  ],
  ['an event given another time', 'UPDATE events SET received_at = received_at + 1 WHERE seq = 3'],
  ['an event addressed to another instance', 'UPDATE events SET target = 2 WHERE seq = 41'],
  ['an event removed', 'DELETE FROM events WHERE seq = 40'],
  ['the last event removed', 'DELETE FROM events WHERE seq = 81'],
  [
    'an event added',
    "INSERT INTO events (seq, stream, tenant, type, received_at, id, source, data) VALUES (82, 1, 1, 2, 1, 'x', 'x', '1')",
  ],
  ['an absent subject made empty', "UPDATE events SET subject = '' WHERE seq = 3"],
  ['a decision changed', "UPDATE transitions SET decision = '{}' WHERE id = 7"],
  ['a state changed', "UPDATE transitions SET state = '{}' WHERE id = 7"],
  [
    'a state and its hash changed',
    "UPDATE transitions SET state = '1', state_hash = unhex('6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b') WHERE id = 7",
  ],
  ['gas changed', 'UPDATE transitions SET gas_used = 0 WHERE id = 7'],
  ['a transition removed', 'DELETE FROM transitions WHERE id = 80'],
  [
    'a transition moved to another commit',
    'UPDATE transitions SET commit_no = commit_no + 1 WHERE id = 7',
  ],
  ['a transition moved out of every commit', 'UPDATE transitions SET commit_no = 999 WHERE id = 7'],
  [
    'a try made to have succeeded',
    "UPDATE attempts SET outcome = 'failed' WHERE item_id = 5 AND ended = 1",
  ],
  ['a try removed', 'DELETE FROM attempts WHERE item_id = 5 AND ended = 0'],
  [
    'a try added',
    'INSERT INTO attempts (item_id, no, ended, commit_no, at) VALUES (5, 2, 0, 3, 1)',
  ],
  ['a name changed', "UPDATE names SET name = 'order.replaced' WHERE name = 'order.placed'"],
  ['a commit removed', 'DELETE FROM commits WHERE no = 9'],
  ['a commit given another time', 'UPDATE commits SET at = at + 1 WHERE no = 9'],
  ['a commit given another epoch', 'UPDATE commits SET epoch = 0 WHERE no = 9'],
  ['a digest replaced', 'UPDATE commits SET digest = randomblob(32) WHERE no = 9'],
])('%s is found', async (_what, sql) => {
  expect(await tampered(sql)).not.toEqual([]);
});

test('says at which commit', async () => {
  await tampered("UPDATE transitions SET decision = '{}' WHERE id = 7");
  const { faults } = await verifyChain({ dir: data.dir });
  // The epoch's own commit is the first; transitions 7 and 8 were written by the fifth.
  expect(faults).toEqual([
    { commit: 5, message: 'its digest is not that of its events, transitions and attempt records' },
  ]);
});

test('a worker that was written into an attempt afterwards is found', async () => {
  const faults = await tampered('UPDATE attempts SET worker = 1 WHERE item_id = 7 AND ended = 0');
  expect(faults).not.toEqual([]);
});

test('an attempt of a worker verifies', async () => {
  const store = await openStore({ dir: data.dir, clock: new ManualClock() });
  const ops = startOps({ seq: 82, instance: 41, item: 41 });
  await store.commit({
    at: START + 2000,
    ops: ops.map((op) => (op.op === 'attempt.start' ? { ...op, worker: 'w_1' } : op)),
  });
  await store.close();
  expect((await verifyChain({ dir: data.dir })).faults).toEqual([]);
  expect(await tampered('UPDATE attempts SET worker = NULL WHERE worker IS NOT NULL')).not.toEqual(
    [],
  );
});

test('tells how far it is, and ends when it is told to', async () => {
  const seen: ChainProgress[] = [];
  await verifyChain({ dir: data.dir, progress: (progress) => seen.push(progress) });
  expect(seen.map(({ phase }) => phase)).toEqual(
    seen.map(({ phase }) => phase).toSorted((a, b) => a.localeCompare(b)),
  );
  expect(seen.at(-1)).toEqual({ phase: 'verifying', done: 62, of: 62 });
  const ordered = seen.findLast(({ phase }) => phase === 'ordering');
  expect(ordered?.done).toBe(ordered?.of);
  expect(seen.every(({ done, of }) => done <= of)).toBe(true);
  const stop = new AbortController();
  const ended = verifyChain({
    dir: data.dir,
    progress: () => stop.abort(new Error('enough')),
    signal: stop.signal,
  });
  await expect(ended).rejects.toThrow('enough');
});
