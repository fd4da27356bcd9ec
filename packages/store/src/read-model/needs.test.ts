import { afterEach, beforeEach, expect, test } from 'vitest';

import type { QuarantineRow, StoreOp } from '../port.ts';
import { ReadBench, SteppedClock } from '../testing/read-bench.ts';
import {
  attemptStartOp,
  instanceRow,
  itemRow,
  RELEASE,
  scheduleRow,
  START,
} from '../testing/store-fixtures.ts';
import { NEED_QUERIES, Needs } from './needs.ts';
import { readContext } from './read-context.ts';

let bench: ReadBench;
let clock: SteppedClock;

beforeEach(async () => {
  bench = await ReadBench.open();
  clock = new SteppedClock();
});
afterEach(() => bench.close());

const commit = (...ops: readonly StoreOp[]) => bench.commit(...ops);
const needs = () => new Needs(readContext(bench.reader), clock).read();
const create = (id: number, over: Parameters<typeof instanceRow>[1] = {}) =>
  commit({ op: 'instance.create', row: instanceRow(id, over) });
const block = (instanceId: number, code: string, message: string) =>
  commit({
    op: 'instance.status',
    instanceId,
    status: 'blocked',
    blockedBy: JSON.stringify({ code, message }),
    at: bench.at,
  });
const quarantined = (id: number, over: Partial<QuarantineRow> = {}): StoreOp => ({
  op: 'quarantine',
  row: {
    id,
    tenant: 'north',
    at: ++bench.at,
    origin: 'mqtt',
    code: 'event.not_json',
    reason: `no JSON in ${id}`,
    context: '{}',
    head: null,
    seq: null,
    itemId: null,
    ...over,
  },
});

test('nothing needs a person where all goes on', async () => {
  await create(1);
  expect(needs()).toEqual({ groups: [], nextDueAt: null });
});

test('instances that are blocked for one reason are one group, with the words of the oldest', async () => {
  for (const id of [1, 2, 3]) await create(id);
  await create(4, { tenant: 'north' });
  await block(2, 'program.failed', 'no price for a');
  const since = bench.at;
  await block(1, 'program.failed', 'no price for b');
  await block(3, 'program.gas', 'too long');
  await block(4, 'program.failed', 'no price for c');
  const { tenant, saga } = instanceRow(1);
  const of = { kind: 'blocked', saga, release: RELEASE, effect: null, origin: null };
  const group = JSON.stringify(['r', 'program.failed', saga, null, RELEASE]);
  expect(needs().groups).toEqual([
    {
      ...of,
      id: Buffer.from(group).toString('base64url'),
      tenant,
      code: 'program.failed',
      message: 'no price for a',
      count: 2,
      isCapped: false,
      since: since - 1,
    },
    expect.objectContaining({ ...of, tenant, code: 'program.gas', count: 1 }),
    expect.objectContaining({ ...of, tenant: 'north', code: 'program.failed', count: 1 }),
  ]);
});

test('an instance that is blocked at a held effect is not told of twice', async () => {
  await create(1);
  await commit(
    { op: 'item.add', row: itemRow(1, instanceRow(1), 's1') },
    attemptStartOp(1, 1),
    {
      op: 'attempt.end',
      itemId: 1,
      no: 1,
      at: START + 40,
      outcome: 'in_doubt',
      error: '{"code":"timeout"}',
    },
    { op: 'item.hold', itemId: 1, doubtful: true },
  );
  await block(1, 'effect.in_doubt', 'it may or may not have happened');
  const { effect } = itemRow(1, instanceRow(1), 's1');
  expect(needs().groups).toEqual([
    expect.objectContaining({
      kind: 'doubtful',
      effect,
      release: RELEASE,
      count: 1,
      since: START + 40,
      message: 'it may or may not have happened',
    }),
  ]);
});

test('of quarantine what is open counts, by code and saga', async () => {
  await commit(
    quarantined(1),
    quarantined(2),
    quarantined(3, { origin: 'runner', code: 'program.failed', context: '{"saga":"order"}' }),
  );
  await commit({
    op: 'quarantine.resolve',
    id: 1,
    resolution: { state: 'discarded', at: ++bench.at, by: 'k1', reason: null, seq: null },
  });
  expect(needs().groups).toEqual([
    expect.objectContaining({
      code: 'event.not_json',
      origin: 'mqtt',
      saga: null,
      count: 1,
      message: 'no JSON in 2',
      id: Buffer.from('["q","event.not_json",""]').toString('base64url'),
    }),
    expect.objectContaining({ code: 'program.failed', origin: 'runner', saga: 'order', count: 1 }),
  ]);
});

test('tells when the next schedule is due', async () => {
  await create(1);
  await commit(
    { op: 'schedule.set', row: scheduleRow(1, instanceRow(1), 'one', START + 70) },
    { op: 'schedule.set', row: scheduleRow(2, instanceRow(1), 'two', START + 50) },
  );
  expect(needs().nextDueAt).toBe(START + 50);
});

test('what took time to find out stands for a hundred times as long', async () => {
  const found = new Needs(readContext(bench.reader), clock);
  clock.step = 1;
  expect(found.read().groups).toHaveLength(0);
  await commit(quarantined(1));
  clock.elapsed = 100;
  expect(found.read().groups).toHaveLength(0);
  clock.elapsed = 101;
  expect(found.read().groups).toHaveLength(1);
});

test.each([
  ['blocked', 'instances USING INDEX instances_blocked'],
  ['doubtful', 'w USING INDEX work_items_open (state=?)'],
  ['quarantine', 'r USING INTEGER PRIMARY KEY (rowid=?)'],
  ['due', 'schedules USING COVERING INDEX schedules_due'],
] as const)('%s looks at no more rows than it must', (query, index) => {
  const plan = bench.reader
    .prepare(`EXPLAIN QUERY PLAN ${NEED_QUERIES[query]}`)
    .all({ most: 1, groups: 1 })
    .map((row) => (row as { detail: string }).detail)
    .join('; ');
  expect(plan).toContain(index);
});
