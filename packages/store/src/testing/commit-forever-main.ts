/**
 * Commits batches as fast as it can until it is killed, and says so after each commit: `NO LAST_SEQ` a line. Arguments:
 * the data directory, and a seed for the sizes. For the crash test.
 *
 * Each batch starts as many runs as its size, with keys `COMMIT:SIZE:INDEX`, and answers all effects of the batch before.
 * So whoever looks later can tell from any row how much must be there with it.
 */
import { writeSync } from 'node:fs';

import { openStore } from '../open-store.ts';
import type { StoreOp } from '../port.ts';
import {
  ManualClock,
  outcomeOps,
  startOps,
  transitionOp,
  transitionRow,
} from './store-fixtures.ts';

const LARGEST_BATCH = 24;
const [dir = '', seedText = '1'] = process.argv.slice(2);
let seed = Number(seedText);
/** Park and Miller's minimal standard generator: which sizes come is of no matter, that they come again is. */
const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;

const clock = new ManualClock();
const store = await openStore({ dir, clock });
let { seq, instance, item, at } = store.counters;
let open: { instance: number; item: number }[] = [];

for (;;) {
  const size = 1 + Math.floor(random() * LARGEST_BATCH);
  const no = store.lastCommit.no + 1;
  const ops: StoreOp[] = [];
  for (const of of open) {
    seq++;
    ops.push(
      ...outcomeOps({ seq, attempt: 1, ...of }),
      transitionOp(transitionRow(of.instance, 2, seq)),
    );
  }
  open = [];
  for (let i = 0; i < size; i++) {
    seq++;
    instance++;
    item++;
    ops.push(...startOps({ seq, instance, item }, `${no}:${size}:${i}`));
    open.push({ instance, item });
  }
  at++;
  const receipt = await store.commit({ at, ops });
  writeSync(1, `${receipt.no} ${receipt.lastSeq}\n`);
  if (store.walUsed() > 4_000_000) await store.checkpointWal('passive');
}
