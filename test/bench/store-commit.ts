/**
 * What a commit costs the store's writer, per transition, in batches of 1, 10 and 100. Run by hand:
 *
 *     node test/bench/store-commit.ts [--dir DIR] [--orders N]
 *
 * One order is four fused commits, as the engine makes them: event, instance, decision, item, started attempt; three
 * outcomes with the next decision each. DIR on a RAM disk (`/dev/shm`) leaves the sync out. Left out: building the
 * batches (done beforehand), the engine, the sandbox, checkpoints (given apart).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { canonicalJson } from '../../packages/core/src/index.ts';
import { openStore } from '../../packages/store/src/index.ts';
import type { StoreOp } from '../../packages/store/src/index.ts';
import {
  attemptStartOp,
  eventOp,
  instanceRow,
  itemRow,
  journalEvent,
  START,
  transitionOp,
  transitionRow,
} from '../../packages/store/src/testing/store-fixtures.ts';

const { values } = parseArgs({
  options: { dir: { type: 'string' }, orders: { type: 'string', default: '20000' } },
});
const ORDERS = Number(values.orders);
/** How far the write-ahead log may grow between two checkpoints. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;
const STEPS = ['kitchen.reserve#1', 'payment.charge#2', 'courier.dispatch#3'] as const;
/** Texts arrive in one piece, as from a socket or a sandbox, not as ropes that the first reader would have to join. */
const flat = (text: string): string => Buffer.from(text).toString();
const DATA = flat(
  canonicalJson({
    orderId: '018f3a52-7c1e-7d4a-9b7e-2f6d6f1f0a11',
    customer: 'A customer with a name',
    items: [
      { sku: 'margherita', qty: 2 },
      { sku: 'tiramisu', qty: 1 },
    ],
    amount: 4200,
  }),
);
const decision = (step: string): string =>
  flat(
    canonicalJson({
      items: [{ step, effect: step.split('#')[0], input: JSON.parse(DATA) as unknown }],
      schedules: [],
      cancelSchedules: [],
      waits: [],
      closeWaits: [],
      children: [],
      publishes: [],
      logs: [],
      status: 'running',
      undo: [{ step, effect: step.split('#')[0], state: 'armed', doubtful: false }],
      failure: null,
      ending: null,
      ignored: false,
    }),
  );

/** The ops of the four commits of one batch of orders. */
function batchesOf(
  size: number,
  base: { seq: number; instance: number; item: number },
): StoreOp[][] {
  const rounds: StoreOp[][] = [[], [], [], []];
  let { seq, item } = base;
  const items = new Map<number, number>();
  for (let round = 0; round < 4; round++) {
    const ops = rounds[round] ?? [];
    for (let i = 0; i < size; i++) {
      const id = base.instance + 1 + i;
      const key = flat(`order-${crypto.randomUUID()}`);
      const instance = instanceRow(id, { key, correlationId: key });
      const mine = ++seq;
      const step = STEPS[round];
      if (round === 0) {
        ops.push(
          eventOp(journalEvent(mine, { correlationId: key, data: DATA, id: crypto.randomUUID() })),
        );
        ops.push({ op: 'instance.create', row: instance });
      } else {
        const before = items.get(id) ?? 0;
        ops.push({
          op: 'attempt.end',
          itemId: before,
          no: 1,
          at: START,
          outcome: 'succeeded',
          error: null,
        });
        ops.push({
          ...eventOp(
            journalEvent(mine, {
              stream: 'WORKFLOW_EVENTS',
              type: 'effect.succeeded',
              data: '{"chargeId":"ch_018f3a527c1e7d4a9b7e"}',
              correlationId: key,
            }),
            id,
          ),
          mark: null,
          content: null,
        });
        ops.push({ op: 'item.settle', itemId: before, outcome: 'succeeded', outcomeSeq: mine });
      }
      const state = flat(`{"steps":${DATA},"n":${round}}`);
      ops.push(
        transitionOp(
          transitionRow(id, round + 1, mine, { decision: decision(step ?? 'end#4'), state }),
          step === undefined ? { status: 'completed', result: '{"courier":"c"}' } : {},
        ),
      );
      if (step !== undefined) {
        const next = ++item;
        items.set(id, next);
        ops.push({
          op: 'item.add',
          row: itemRow(next, { ...instance, key: `${key}${round}` }, step, { input: DATA }),
        });
        ops.push(attemptStartOp(next, 1));
      }
    }
  }
  return rounds;
}

for (const size of [1, 10, 100]) {
  const dir = mkdtempSync(join(values.dir ?? tmpdir(), 'holdfast-bench-'));
  const clock = {
    now: () => START,
    monotonic: () => performance.now(),
    after: (delay: number, run: () => void) => {
      const timer = setTimeout(run, delay);
      return () => clearTimeout(timer);
    },
  };
  const store = await openStore({ dir, clock });
  const orders = size === 1 ? Math.ceil(ORDERS / 10) : ORDERS;
  let seq = 0;
  let instance = 0;
  let item = 0;
  let transitions = 0;
  let ops = 0;
  let spent = 0;
  let cpu = 0;
  let checkpointing = 0;
  let longest = 0;
  let commits = 0;
  while (instance < orders) {
    const rounds = batchesOf(size, { seq, instance, item });
    seq += size * 4;
    instance += size;
    item += size * 3;
    for (const round of rounds) {
      const cpuBefore = process.cpuUsage();
      const before = performance.now();
      store.commitNow({ at: START, ops: round });
      spent += performance.now() - before;
      const used = process.cpuUsage(cpuBefore);
      cpu += used.user + used.system;
      commits++;
      ops += round.length;
    }
    transitions += size * 4;
    if (store.walUsed() > CHECKPOINT_BYTES) {
      const before = performance.now();
      await store.checkpointWal('passive');
      const took = performance.now() - before;
      checkpointing += took;
      longest = Math.max(longest, took);
    }
  }
  console.log(
    `batch ${String(size).padStart(3)}: ${((spent * 1000) / transitions).toFixed(1)} µs per transition, ${(cpu / transitions).toFixed(1)} of CPU` +
      ` (${((spent * 1000) / ops).toFixed(2)} µs per op, ${((spent * 1000) / commits).toFixed(0)} µs per commit),` +
      ` checkpoints ${((checkpointing * 1000) / transitions).toFixed(1)} µs per transition, longest ${longest.toFixed(1)} ms`,
  );
  await store.close();
  rmSync(dir, { recursive: true, force: true });
}
