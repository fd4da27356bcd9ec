import { afterEach, beforeEach, expect, test } from 'vitest';

import type { StoreOp } from '../port.ts';
import { ReadBench, SteppedClock } from '../testing/read-bench.ts';
import {
  attemptStartOp,
  instanceRow,
  itemRow,
  quarantineRow,
  scheduleRow,
  START,
} from '../testing/store-fixtures.ts';
import { Gauges, GAUGE_QUERIES } from './gauges.ts';
import { readContext } from './read-context.ts';

let bench: ReadBench;
let clock: SteppedClock;

beforeEach(async () => {
  bench = await ReadBench.open();
  clock = new SteppedClock();
});
afterEach(() => bench.close());

const commit = (...ops: readonly StoreOp[]) => bench.commit(...ops);
const gaugesOf = () => new Gauges(readContext(bench.reader), clock);

test('counts what is open, blocked, due and quarantined, and tells the oldest', async () => {
  await commit({ op: 'instance.create', row: instanceRow(1) });
  await commit({ op: 'instance.create', row: instanceRow(2) });
  await commit({ op: 'instance.create', row: instanceRow(3, { status: 'waiting' }) });
  await commit(
    { op: 'item.add', row: itemRow(1, instanceRow(1), 's1', { createdAt: START + 7 }) },
    { op: 'item.add', row: itemRow(2, instanceRow(1), 's2', { createdAt: START + 8 }) },
    { op: 'item.add', row: itemRow(3, instanceRow(2), 's1', { createdAt: START + 9 }) },
    attemptStartOp(1, 1),
    { op: 'instance.status', instanceId: 2, status: 'blocked', blockedBy: '{}', at: bench.at },
    { op: 'schedule.set', row: scheduleRow(1, instanceRow(1), 'one', START + 50) },
    { op: 'schedule.set', row: scheduleRow(2, instanceRow(1), 'two', START + 51) },
    {
      op: 'quarantine',
      row: {
        id: 1,
        tenant: 'north',
        at: bench.at,
        origin: 'mqtt',
        code: 'event.not_json',
        reason: 'r',
        context: '{}',
        head: null,
        seq: null,
        itemId: null,
      },
    },
  );
  const gauges = gaugesOf().read();
  expect(gauges).toMatchObject({
    outbox: { pending: 2, leased: 1, held: 0 },
    oldestPendingAt: START + 8,
    instances: { running: 1, waiting: 1, blocked: 1 },
    quarantine: 1,
    schedules: { set: 2, due: 1 },
  });
  expect(gauges.bytes.database).toBeGreaterThan(0);
  expect(gauges.bytes.wal).toBeGreaterThan(0);
});

test('of the quarantine what is open counts: resolved, it counts no more', async () => {
  const gauges = gaugesOf();
  await commit({ op: 'quarantine', row: quarantineRow(1) });
  await commit({ op: 'quarantine', row: { ...quarantineRow(2), tenant: 'north' } });
  expect(gauges.read().quarantine).toBe(2);
  const how = { at: START, by: 'k', reason: null, seq: null };
  await commit({ op: 'quarantine.resolve', id: 1, resolution: { ...how, state: 'discarded' } });
  expect(gauges.read().quarantine).toBe(1);
  await commit({ op: 'quarantine.resolve', id: 2, resolution: { ...how, state: 'redriven' } });
  expect(gauges.read().quarantine).toBe(0);
});

test('what took time to count stands for a hundred times as long', async () => {
  const gauges = gaugesOf();
  clock.step = 1;
  // Begun at 1, ended at 2: the next count is made from 102 on.
  expect(gauges.read().instances.running).toBeUndefined();
  await commit({ op: 'instance.create', row: instanceRow(1) });
  clock.elapsed = 100;
  expect(gauges.read().instances.running).toBeUndefined();
  clock.elapsed = 101;
  expect(gauges.read().instances.running).toBe(1);
});

const plan = (query: keyof typeof GAUGE_QUERIES): string =>
  bench.reader
    .prepare(`EXPLAIN QUERY PLAN ${GAUGE_QUERIES[query]}`)
    .all({ state: 'pending', id: 1, now: 1, most: 1 })
    .map((row) => (row as { detail: string }).detail)
    .join('; ');

test.each([
  ['items', 'work_items USING COVERING INDEX work_items_open (state=?)'],
  ['itemCreated', 'work_items USING INTEGER PRIMARY KEY (rowid=?)'],
  ['live', 'instances USING INDEX instances_live'],
  ['blocked', 'instances USING COVERING INDEX instances_blocked'],
  ['quarantine', 'quarantine_groups'],
  ['schedules', 'schedules USING COVERING INDEX schedules_due'],
  ['schedulesDue', 'schedules USING COVERING INDEX schedules_due (due_at<?)'],
] as const)('%s is answered by the index of the rows it counts', (query, index) => {
  expect(plan(query)).toContain(index);
});
