import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { openStore } from './open-store.ts';
import { openWalMover } from './open-wal-mover.ts';
import {
  eventOp,
  journalEvent,
  ManualClock,
  START,
  temporaryDirectory,
} from './testing/store-fixtures.ts';
import { verifyChain } from './verify-chain.ts';

/** What the log may grow to here: what is committed between two moves, several times over. */
const CEILING_BYTES = 2 * 1024 * 1024;

test('while the writer goes on, another connection moves the log and the writer reuses it', async () => {
  const data = temporaryDirectory();
  const store = await openStore({ dir: data.dir, clock: new ManualClock() });
  const mover = openWalMover({ dir: data.dir });
  try {
    const text = JSON.stringify('x'.repeat(2000));
    let largest = 0;
    for (let seq = 1; seq <= 3000; seq++) {
      await store.commit({ at: START + seq, ops: [eventOp(journalEvent(seq, { data: text }))] });
      if (seq % 50 !== 0) continue;
      mover.move();
      expect(store.walState.left).toBe(0);
      largest = Math.max(
        largest,
        statSync(join(data.dir, 'generations/000001/holdfast.db-wal')).size,
      );
    }
    expect(largest).toBeLessThan(CEILING_BYTES);
    expect((await verifyChain({ dir: data.dir })).faults).toEqual([]);
  } finally {
    mover.close();
    await store.close();
    data.remove();
  }
});

test('where there was never a store there is nothing to move', () => {
  const data = temporaryDirectory();
  try {
    expect(() => openWalMover({ dir: data.dir })).toThrow(/there is no database/);
  } finally {
    data.remove();
  }
});
