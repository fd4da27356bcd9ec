/** The store alone on a disk without room: in turn, what a drill meets by chance. */
import { expect, test } from 'vitest';
import { openStore, StoreFullError, verifyChain } from '@holdfast/store';
import {
  eventOp,
  journalEvent,
  ManualClock,
  outcomeOps,
  START,
  startOps,
} from '../../../packages/store/src/testing/store-fixtures.ts';
import { receiptsFaults } from './receipts-check.ts';
import { SmallDisk, smallDiskUnable } from './small-disk.ts';

const MOST = 2000;
const LARGE = JSON.stringify('x'.repeat(50_000));

test('receipts that find no room are caught up in the same process, once there is some', async (context) => {
  const unable = smallDiskUnable();
  if (unable !== null) return context.skip(unable);
  using disk = new SmallDisk(64);
  const dir = `${disk.path}/data`;
  const store = await openStore({ dir, clock: new ManualClock() });
  let n = 0;
  const start = () => {
    n += 1;
    const ops = startOps({ seq: n, instance: n, item: n });
    return store.commit({ at: START + n, ops });
  };
  try {
    // A log that commits can be made in without another block, which receipts need.
    while (n < 400) await start();
    await store.checkpointWal('passive');
    disk.fill();
    while (!store.receiptsBehind && n < MOST) await start();
    expect(store.receiptsBehind).toBe(true);
    await start();
    expect(await store.catchUpReceipts()).toBe(false);
    expect(store.receiptsBehind).toBe(true);
    disk.clear();
    expect(await store.catchUpReceipts()).toBe(true);
    const outcome = outcomeOps({ seq: n + 1, instance: 1, item: 1, attempt: 1 });
    await store.commit({ at: START + n + 1, ops: outcome });
    expect(receiptsFaults(dir, `${dir}/generations/000001/holdfast.db`)).toEqual([]);
  } finally {
    await store.close();
  }
});

test('a commit without room can be made again as it was; so can moving the log', async (context) => {
  const unable = smallDiskUnable();
  if (unable !== null) return context.skip(unable);
  using disk = new SmallDisk(16);
  const dir = `${disk.path}/data`;
  const store = await openStore({ dir, clock: new ManualClock() });
  try {
    let n = 0;
    // Room for some commits in the log, and so for none of their pages in the file.
    disk.fill(1_000_000);
    let refused: unknown = null;
    while (refused === null && n < MOST) {
      n += 1;
      const batch = { at: START + n, ops: [eventOp(journalEvent(n, { data: LARGE }))] };
      refused = await store.commit(batch).then(
        () => null,
        (error: unknown) => error,
      );
      if (refused === null) continue;
      expect(refused).toBeInstanceOf(StoreFullError);
      await expect(store.commit(batch)).rejects.toBeInstanceOf(StoreFullError);
      await expect(store.checkpointWal('passive')).rejects.toBeInstanceOf(StoreFullError);
      expect(store.counters.seq).toBe(n - 1);
      disk.clear();
      await store.commit(batch);
      await store.checkpointWal('passive');
    }
    expect(store.counters.seq).toBe(n);
    expect(refused).not.toBeNull();
  } finally {
    await store.close();
  }
  expect((await verifyChain({ dir })).faults).toEqual([]);
});
