import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openStore } from './open-store.ts';
import type { SqliteStore } from './sqlite-store.ts';
import { StoreAssertionError, StoreFateUnknownError, StoreFullError } from './store-errors.ts';
import {
  eventOp,
  journalEvent,
  ManualClock,
  START,
  startOps,
  temporaryDirectory,
} from './testing/store-fixtures.ts';
import { listReceipts, readReceipts } from './testing/read-receipts.ts';
import { swapDescriptor } from './testing/swap-descriptor.ts';

let data: ReturnType<typeof temporaryDirectory>;
let store: SqliteStore;
let at = START;

beforeEach(async () => {
  data = temporaryDirectory();
  store = await openStore({ dir: data.dir, clock: new ManualClock() });
  await event(1);
});
afterEach(async () => {
  await store.close();
  data.remove();
});

const event = (seq: number) => store.commit({ at: ++at, ops: [eventOp(journalEvent(seq))] });
const databasePath = () => join(data.dir, 'generations', '000001', 'holdfast.db');

describe('faults of the disk, as the system reports them', () => {
  beforeEach((context) => {
    if (process.platform !== 'linux')
      context.skip('descriptors are swapped through /proc: Linux only');
  });

  test('a sync that fails leaves the commit of unknown fate, and every later one is refused (I1)', async () => {
    const putBack = swapDescriptor(`${databasePath()}-wal`, '/dev/null');
    const failed = await event(2).catch((error: unknown) => error);
    putBack();
    expect(failed).toBeInstanceOf(StoreFateUnknownError);
    expect(failed).toMatchObject({ code: 'store.io', cause: { code: 'SQLITE_IOERR_FSYNC' } });
    // The disk works again, and that changes nothing: what this process believes is not to be trusted.
    await expect(event(2)).rejects.toBe(failed);
    await expect(store.commit({ at: ++at, ops: [] })).rejects.toBe(failed);
    expect(store.counters.seq).toBe(1);
    await store.close();
    store = await openStore({ dir: data.dir, clock: new ManualClock() });
    // Recovered from disk: it is there or it is not, and counting goes on from what is.
    const { seq } = store.counters;
    expect([1, 2]).toContain(seq);
    expect((await store.readEvents([seq, seq + 1])).length).toBe(1);
    await event(seq + 1);
  });

  test('a full disk is definite: nothing is written, and work goes on once there is room (I10)', async () => {
    // All of it in the database file: /dev/full would give zeros to whoever reads the log.
    await store.checkpointWal('truncate');
    const putBack = swapDescriptor(`${databasePath()}-wal`, '/dev/full');
    const before = store.counters;
    for (let tries = 0; tries < 3; tries++) {
      const failed = await store
        .commit({ at: ++at, ops: startOps({ seq: 2, instance: 1, item: 1 }) })
        .catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(StoreFullError);
      expect(failed).toMatchObject({ code: 'store.full' });
    }
    expect(store.counters).toEqual(before);
    // Reading works while there is no room.
    expect((await store.readEvents([1, 2])).map(({ seq }) => seq)).toEqual([1]);
    putBack();
    await store.commit({ at: ++at, ops: startOps({ seq: 2, instance: 1, item: 1 }) });
    await store.close();
    store = await openStore({ dir: data.dir, clock: new ManualClock() });
    expect((await store.readEvents([1, 2])).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('names that a refused batch brought are given out again, not remembered', async () => {
    const fresh = eventOp(journalEvent(2, { type: 'never.seen', tenant: 'new' }));
    const putBack = swapDescriptor(`${databasePath()}-wal`, '/dev/full');
    await expect(store.commit({ at: ++at, ops: [fresh] })).rejects.toBeInstanceOf(StoreFullError);
    putBack();
    await store.commit({ at: ++at, ops: [eventOp(journalEvent(2, { type: 'another' }))] });
    await store.commit({
      at: ++at,
      ops: [eventOp(journalEvent(3, { type: 'never.seen', tenant: 'new' }))],
    });
    const events = await store.readEvents([2, 3]);
    expect(events.map(({ type, tenant }) => [type, tenant])).toEqual([
      ['another', ''],
      ['never.seen', 'new'],
    ]);
  });

  test('receipts that cannot be written stop nothing, and are caught up at the next start', async () => {
    await store.commit({ at: ++at, ops: startOps({ seq: 2, instance: 1, item: 1 }) });
    const [segment] = receipts();
    const putBack = swapDescriptor(segment ?? '', '/dev/full');
    await store.commit({ at: ++at, ops: startOps({ seq: 3, instance: 2, item: 2 }) });
    putBack();
    expect(store.receiptsFault).toMatchObject({ code: 'ENOSPC' });
    await store.commit({ at: ++at, ops: startOps({ seq: 4, instance: 3, item: 3 }) });
    expect(lines().map(({ key }) => key)).toEqual(['order-1']);
    await store.close();
    store = await openStore({ dir: data.dir, clock: new ManualClock() });
    expect([...new Set(lines().map(({ key }) => key))]).toEqual(['order-1', 'order-2', 'order-3']);
  });

  const receipts = () => listReceipts(data.dir);
  const lines = () => readReceipts(data.dir);
});

test('an error at COMMIT that is not of the disk leaves the fate unknown as well', async () => {
  await store.close();
  const fault = new Error('pulled the plug');
  let armed = false;
  store = await openStore({
    dir: data.dir,
    clock: new ManualClock(),
    syncHook: () => {
      if (armed) throw fault;
    },
  });
  await event(2);
  armed = true;
  await expect(event(3)).rejects.toMatchObject({ code: 'store.io', cause: fault });
  armed = false;
  await expect(event(3)).rejects.toBeInstanceOf(StoreFateUnknownError);
});

test('a program that holds the database for a moment is waited for', async () => {
  const main = fileURLToPath(new URL('testing/hold-database-main.ts', import.meta.url));
  const holder = spawn(process.execPath, [main, databasePath(), '1500'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(holder, 'exit');
  await once(holder.stdout, 'data');
  expect(await event(2)).toMatchObject({ lastSeq: 2 });
  await exited;
});

test('a database that another program holds is refused for now, not for good', async () => {
  await store.close();
  store = await openStore({ dir: data.dir, clock: new ManualClock(), lockWait: 20 });
  const other = new Database(databasePath(), { timeout: 0 });
  other.exec('BEGIN IMMEDIATE');
  try {
    await expect(event(2)).rejects.toMatchObject({ code: 'store.locked' });
  } finally {
    other.exec('ROLLBACK');
    other.close();
  }
  await event(2);
});

test('what SQLite refuses is a bug of the caller, and leaves nothing', async () => {
  const bad = { ...eventOp(journalEvent(2)), mark: 'not hex' };
  await expect(store.commit({ at: ++at, ops: [bad] })).rejects.toBeInstanceOf(StoreAssertionError);
  await event(2);
});

test('closing twice is closing once, and leaves no log behind', async () => {
  await store.close();
  await store.close();
  expect(existsSync(`${databasePath()}-wal`)).toBe(false);
});
