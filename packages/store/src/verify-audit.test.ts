import Database from 'better-sqlite3';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { auditEntry, auditHash, FIRST_AUDIT_HASH } from './audit-chain.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { migrate } from './migrator.ts';
import { openReadModel } from './open-read-model.ts';
import { openStore } from './open-store.ts';
import {
  eventOp,
  journalEvent,
  ManualClock,
  START,
  temporaryDirectory,
} from './testing/store-fixtures.ts';
import { verifyAudit } from './verify-audit.ts';
import { verifyChain } from './verify-chain.ts';

/** Positions of the acts: an event of an outside party stands between each two. */
const ACTS = [1, 3, 5, 7, 9];

function act(seq: number, over: Partial<ReturnType<typeof journalEvent>> = {}) {
  return journalEvent(seq, {
    stream: 'CONTROL_EVENTS',
    type: 'operator.cancel',
    subject: `order/o-${seq}`,
    data: JSON.stringify({
      key: `o-${seq}`,
      before: { status: 'running' },
      after: null,
      by: 'k1',
      reason: `reason ${seq}`,
    }),
    ...over,
  });
}

let pristine: ReturnType<typeof temporaryDirectory>;
let data: ReturnType<typeof temporaryDirectory>;

beforeAll(async () => {
  pristine = temporaryDirectory();
  const store = await openStore({ dir: pristine.dir, clock: new ManualClock() });
  for (const seq of ACTS) {
    await store.commit({
      at: START + seq,
      ops: [eventOp(act(seq)), eventOp(journalEvent(seq + 1))],
    });
  }
  await store.close();
});
afterAll(() => pristine.remove());
beforeEach(() => {
  data = temporaryDirectory();
  cpSync(pristine.dir, data.dir, { recursive: true });
});
afterEach(() => data.remove());

function database(): Database.Database {
  const db = new Database(join(data.dir, 'generations', '000001', 'holdfast.db'));
  db.pragma('foreign_keys = OFF');
  // Whoever can write the file can take these away.
  db.exec('DROP TRIGGER audit_kept; DROP TRIGGER audit_not_removed;');
  return db;
}

/** Changes the database behind the store's back and verifies the audit. */
async function tampered(...statements: readonly string[]) {
  const db = database();
  for (const sql of statements) expect(db.prepare(sql).run().changes).toBeGreaterThan(0);
  db.close();
  const report = await verifyAudit({ dir: data.dir });
  expect(report.ok).toBe(false);
  return report.faults.map(({ no, what }) => `${no}: ${what}`);
}

const NOT_ITS = 'its digest is not that of what it says and of the entry before it';

test('an untouched audit verifies, and its head is the last entry’s digest', async () => {
  let previous = FIRST_AUDIT_HASH;
  for (const seq of ACTS) previous = auditHash(previous, auditEntry(act(seq)));
  expect(await verifyAudit({ dir: data.dir })).toEqual({
    ok: true,
    entries: 5,
    head: previous,
    faults: [],
  });
  expect((await verifyChain({ dir: data.dir })).faults).toEqual([]);
});

test('it goes on over restarts, beside a working store, and through the read model', async () => {
  const store = await openStore({ dir: data.dir, clock: new ManualClock() });
  const reader = await openReadModel({ dir: data.dir });
  try {
    await store.commit({ at: START + 20, ops: [eventOp(act(11)), eventOp(act(12))] });
    expect(await reader.verifyAudit()).toMatchObject({ ok: true, entries: 7 });
    expect(await verifyAudit({ dir: data.dir })).toMatchObject({ ok: true, entries: 7 });
  } finally {
    await reader.close();
    await store.close();
  }
});

test.each([
  [
    'a reason changed',
    ["UPDATE audit SET entry = replace(entry, 'reason 5', 'no reason') WHERE no = 3"],
    [`3: ${NOT_ITS}`, '3: it says other than the event of its act'],
  ],
  [
    'an entry removed',
    ['DELETE FROM audit WHERE no = 3'],
    ['3: is missing', '4: the act at seq 5 of the journal has no entry'],
  ],
  [
    'the last entry removed',
    ['DELETE FROM audit WHERE no = 5'],
    [
      '5: the act at seq 9 of the journal has no entry',
      '5: is missing: its head was kept, for the act at seq 9',
    ],
  ],
  [
    'the last entry removed, and its event and commit with it',
    [
      'DELETE FROM audit WHERE no = 5',
      'DELETE FROM events WHERE seq >= 9',
      'DELETE FROM commits WHERE last_seq >= 9',
    ],
    ['5: is missing: its head was kept, for the act at seq 9'],
  ],
  [
    'an entry put in at the end',
    [
      "INSERT INTO audit (no, commit_no, hash, entry) SELECT 6, commit_no, hash, replace(entry, 'reason 9', 'another') FROM audit WHERE no = 5",
    ],
    [`6: ${NOT_ITS}`, '6: it says other than the event of its act', '6: no head of it was kept'],
  ],
  [
    'a digest changed',
    ["UPDATE audit SET hash = unhex('00') WHERE no = 2"],
    [`2: ${NOT_ITS}`, '2: is not the entry whose head was kept', `3: ${NOT_ITS}`],
  ],
  [
    'an act moved to another commit',
    ['UPDATE audit SET commit_no = commit_no - 1 WHERE no = 4'],
    ['4: it does not stand in the commit of its act'],
  ],
])('it finds %s', async (_what, statements, faults) => {
  expect(await tampered(...statements)).toEqual(faults);
});

test('an entry put in between, with all digests after it made anew, is found by the heads that were kept', async () => {
  const db = database();
  const rows = db
    .prepare<[], { commit_no: number; entry: string }>(
      'SELECT commit_no, entry FROM audit ORDER BY no',
    )
    .all();
  const forged = { ...rows[1], entry: rows[1]?.entry.replace('reason 3', 'forged') ?? '' };
  const chain = [...rows.slice(0, 2), forged, ...rows.slice(2)];
  db.exec('DELETE FROM audit');
  let previous = FIRST_AUDIT_HASH;
  const insert = db.prepare(
    'INSERT INTO audit (no, commit_no, hash, entry) VALUES (?, ?, unhex(?), ?)',
  );
  chain.forEach(({ commit_no: commitNo, entry }, i) => {
    previous = auditHash(previous, entry);
    insert.run(i + 1, commitNo, previous, entry);
  });
  db.close();
  const { faults } = await verifyAudit({ dir: data.dir });
  expect(faults).toContainEqual({ no: 3, what: 'is not the entry whose head was kept' });
  expect(faults).toContainEqual({ no: 3, what: 'it says other than the event of its act' });
  expect((await verifyChain({ dir: data.dir })).faults.length).toBeGreaterThan(0);
});

test('an entry changed together with its event and its digest is found by the commit and by the heads', async () => {
  const db = database();
  db.exec("UPDATE events SET data = replace(data, 'reason 9', 'no reason') WHERE seq = 9");
  const before = db
    .prepare<[], { hash: string }>('SELECT lower(hex(hash)) AS hash FROM audit WHERE no = 4')
    .get();
  const event = act(9);
  const entry = auditEntry({ ...event, data: event.data.replace('reason 9', 'no reason') });
  db.prepare('UPDATE audit SET entry = ?, hash = unhex(?) WHERE no = 5').run(
    entry,
    auditHash(before?.hash ?? '', entry),
  );
  db.close();
  expect((await verifyAudit({ dir: data.dir })).faults).toEqual([
    { no: 5, what: 'is not the entry whose head was kept' },
  ]);
  expect((await verifyChain({ dir: data.dir })).faults).toHaveLength(1);
});

test('heads that a full disk or a loss of power cost are written again, and a line cut short is skipped', async () => {
  const path = join(data.dir, 'receipts', 'audit-heads.log');
  const lines = readFileSync(path, 'utf8');
  writeFileSync(path, lines.slice(0, lines.lastIndexOf('{') + 9));
  expect(await verifyAudit({ dir: data.dir })).toMatchObject({
    faults: [{ no: 5, what: 'no head of it was kept' }],
  });
  await (await openStore({ dir: data.dir, clock: new ManualClock() })).close();
  expect(await verifyAudit({ dir: data.dir })).toMatchObject({ ok: true, entries: 5 });
  rmSync(path);
  const store = await openStore({ dir: data.dir, clock: new ManualClock() });
  await store.commit({ at: START + 20, ops: [eventOp(act(11))] });
  await store.close();
  expect(await verifyAudit({ dir: data.dir })).toMatchObject({ ok: true, entries: 6 });
});

test('a store goes on from a removed entry without hiding that it is gone', async () => {
  const db = database();
  db.exec('DELETE FROM audit WHERE no = 5');
  db.close();
  const store = await openStore({ dir: data.dir, clock: new ManualClock() });
  await store.commit({ at: START + 20, ops: [eventOp(act(11))] });
  await store.close();
  const { faults } = await verifyAudit({ dir: data.dir });
  expect(faults).toContainEqual({ no: 5, what: 'is not the entry whose head was kept' });
});

test('the database itself refuses to change or remove an entry', () => {
  const db = new Database(join(data.dir, 'generations', '000001', 'holdfast.db'));
  try {
    expect(() => db.exec("UPDATE audit SET entry = '{}'")).toThrow('are only ever added to');
    expect(() => db.exec('DELETE FROM audit')).toThrow('are only ever added to');
  } finally {
    db.close();
  }
});

test('acts of before there was a chain are chained by the migration, and verify', async () => {
  const path = join(data.dir, 'generations', '000001', 'holdfast.db');
  const db = database();
  // As the version before left it: with acts, and no audit.
  const version = allMigrations.findIndex(({ name }) => name === 'audit');
  db.exec(`DROP TABLE audit; PRAGMA user_version = ${version};
    DELETE FROM schema_migrations WHERE version > ${version};`);
  db.close();
  rmSync(join(data.dir, 'receipts', 'audit-heads.log'));
  const again = new Database(path);
  expect(migrate(again, allMigrations, 1)).toEqual([version + 1]);
  again.close();
  const store = await openStore({ dir: data.dir, clock: new ManualClock() });
  await store.commit({ at: START + 20, ops: [eventOp(act(11))] });
  await store.close();
  let previous = FIRST_AUDIT_HASH;
  for (const seq of [...ACTS, 11]) previous = auditHash(previous, auditEntry(act(seq)));
  expect(await verifyAudit({ dir: data.dir })).toEqual({
    ok: true,
    entries: 6,
    head: previous,
    faults: [],
  });
});

test('nothing recorded is nothing wrong, and no file is made for it', async () => {
  const empty = temporaryDirectory();
  try {
    await (await openStore({ dir: empty.dir, clock: new ManualClock() })).close();
    expect(await verifyAudit({ dir: empty.dir })).toEqual({
      ok: true,
      entries: 0,
      head: null,
      faults: [],
    });
    await expect(verifyAudit({ dir: join(empty.dir, 'nowhere') })).rejects.toMatchObject({
      code: 'store.missing',
    });
  } finally {
    empty.remove();
  }
});
