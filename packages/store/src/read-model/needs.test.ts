import { afterEach, beforeEach, expect, test } from 'vitest';

import type { QuarantineRow, StoreOp } from '../port.ts';
import { ReadBench, SteppedClock } from '../testing/read-bench.ts';
import {
  attemptStartOp,
  eventOp,
  instanceRow,
  itemRow,
  journalEvent,
  RELEASE,
  scheduleRow,
  START,
  transitionOp,
  transitionRow,
} from '../testing/store-fixtures.ts';
import { attention } from './attention-queries.ts';
import { Needs } from './needs.ts';
import { overviewOf } from './overview-queries.ts';
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
const blocked = (instanceId: number, blockedBy: object): StoreOp => ({
  op: 'instance.status',
  instanceId,
  status: 'blocked',
  blockedBy: JSON.stringify(blockedBy),
  at: bench.at + 1,
});
const block = (instanceId: number, code: string, message: string) =>
  commit(blocked(instanceId, { code, message }));
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
      since,
    },
    expect.objectContaining({ ...of, tenant, code: 'program.gas', count: 1 }),
    expect.objectContaining({ ...of, tenant: 'north', code: 'program.failed', count: 1 }),
  ]);
});

const held = (itemId: number, instanceId: number, step: string): readonly StoreOp[] => [
  { op: 'item.add', row: itemRow(itemId, instanceRow(instanceId), step) },
  attemptStartOp(itemId, 1),
  {
    op: 'attempt.end',
    itemId,
    no: 1,
    at: START + 40,
    outcome: 'in_doubt',
    error: '{"code":"timeout"}',
  },
  { op: 'item.hold', itemId, doubtful: true },
];

test('an instance that is blocked at held effects is told of once, under the effect that blocks it', async () => {
  await create(1);
  await commit(...held(1, 1, 's1'), ...held(2, 1, 's2'));
  const { effect } = itemRow(1, instanceRow(1), 's1');
  const doubt = { code: 'effect.in_doubt', message: 'it may or may not have happened', effect };
  await commit(blocked(1, doubt));
  expect(needs().groups).toEqual([
    expect.objectContaining({
      kind: 'doubtful',
      effect,
      release: RELEASE,
      count: 1,
      since: bench.at,
      message: 'it may or may not have happened',
    }),
  ]);
});

test('a run that has ended needs nobody, also where an effect of its is still held', async () => {
  const model = readContext(bench.reader);
  await create(1);
  await commit(...held(1, 1, 's1'));
  await commit(blocked(1, { code: 'effect.in_doubt', message: 'm', effect: 'payment.charge' }));
  expect(needs().groups).toHaveLength(1);
  expect(overviewOf(model, '').runs).toMatchObject({ needsYou: 1 });
  await commit(
    eventOp(journalEvent(1)),
    transitionOp(transitionRow(1, 1, 1), { status: 'cancelled' }),
  );
  expect(needs().groups).toEqual([]);
  expect(attention(model, '')).toEqual({ total: 0, more: false, groups: [] });
  expect(overviewOf(model, '').runs).toMatchObject({ needsYou: 0, cancelled: 1 });
});

test('alerts tell of the groups that are shown, by the same names and counts', async () => {
  const model = readContext(bench.reader);
  for (const id of [1, 2, 3]) await create(id);
  await block(1, 'program.failed', 'a');
  await block(2, 'program.failed', 'b');
  await commit(blocked(3, { code: 'undo', message: 'c', effect: 'kitchen.release' }));
  await commit(quarantined(1, { tenant: '' }), quarantined(2, { tenant: '' }));
  const names = (groups: readonly { id: string; kind: string; count: number }[]) =>
    groups.map(({ id, kind, count }) => `${id} ${kind} ${count}`).toSorted();
  expect(needs().groups).toHaveLength(3);
  expect(names(needs().groups)).toEqual(names(attention(model, '').groups));
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
