import { hash } from 'node:crypto';

import { commandId } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { openReadModel } from './open-read-model.ts';
import { openStore } from './open-store.ts';
import type { StoreOp } from './port.ts';
import type { AttentionPage, ReadModel } from './read-port.ts';
import type { SqliteStore } from './sqlite-store.ts';
import {
  instanceRow,
  itemRow,
  ManualClock,
  quarantineRow,
  RELEASE,
  START,
  temporaryDirectory,
} from './testing/store-fixtures.ts';

let data: ReturnType<typeof temporaryDirectory>;
let store: SqliteStore;
let model: ReadModel;
let at: number;

beforeEach(async () => {
  at = START;
  data = temporaryDirectory();
  const clock = new ManualClock();
  store = await openStore({ dir: data.dir, clock });
  model = await openReadModel({ dir: data.dir, clock });
});
afterEach(async () => {
  await model.close();
  await store.close();
  data.remove();
});

const commit = (...ops: readonly StoreOp[]) => store.commit({ at: (at += 1), ops });
const block = (instanceId: number, blockedBy: object): StoreOp => ({
  op: 'instance.status',
  instanceId,
  status: 'blocked',
  blockedBy: JSON.stringify(blockedBy),
  at: at + 1,
});
const sha256 = (text: string): string => hash('sha256', text);

test('groups are by reason, saga, effect and release, and of one tenant; newest first within', async () => {
  const program = { code: 'program.failed', message: 'a bug' };
  const doubt = { code: 'effect.in_doubt', message: 'who knows', effect: 'payment.charge' };
  const rows = [
    instanceRow(1),
    instanceRow(2),
    instanceRow(3, { saga: 'stock' }),
    instanceRow(4),
    instanceRow(5, { tenant: 'other' }),
    instanceRow(6),
  ];
  await commit(...rows.map((row): StoreOp => ({ op: 'instance.create', row })));
  for (const id of [1, 2, 3, 5]) await commit(block(id, program));
  await commit(block(4, { ...doubt, commandId: 'aa' }));
  const { total, groups } = await model.attention('');
  expect(total).toBe(4);
  expect(
    groups.map(({ kind, reason, saga, effect, count }) => [kind, reason, saga, effect, count]),
  ).toEqual([
    ['blocked', 'program.failed', 'order', null, 2],
    ['doubtful', 'effect.in_doubt', 'order', 'payment.charge', 1],
    ['blocked', 'program.failed', 'stock', null, 1],
  ]);
  const [first] = groups;
  expect(first).toMatchObject({ message: 'a bug', release: RELEASE });
  expect(Date.parse(first?.newest ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.oldest ?? ''));
  const page = await model.attentionItems('', first?.id ?? '', { limit: 1 });
  expect(page.items.map(({ key }) => key)).toEqual(['order-2']);
  const next = await model.attentionItems('', first?.id ?? '', {
    limit: 1,
    cursor: page.next ?? '',
  });
  expect(next.items.map(({ key }) => key)).toEqual(['order-1']);
  expect(
    await model.attentionTargets('', first?.id ?? '', { after: null, limit: 1 }),
  ).toMatchObject({
    kind: 'blocked',
    count: 2,
    targets: [{ saga: 'order', key: 'order-1', item: next.items[0]?.item }],
  });
  expect(
    await model.attentionTargets('nobody', first?.id ?? '', { after: null, limit: 1 }),
  ).toMatchObject({ count: 0 });
  const others = await model.attention('other');
  expect(others.groups).toMatchObject([{ count: 1 }]);
  expect((await model.attentionItems('other', others.groups[0]?.id ?? '', {})).items).toMatchObject(
    [{ key: 'order-5' }],
  );
  await expect(model.attentionItems('', 'made up', {})).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('what a redrive would call: effects held with their keys, a failed undo under its next key', async () => {
  const held = instanceRow(1);
  const undoing = instanceRow(2);
  const charge = itemRow(1, held, 'payment.charge#1', { state: 'held', doubtful: true });
  const failed = itemRow(2, undoing, 'undo/reserve#1@2/release#1', {
    undoes: 'reserve#1',
    effect: 'kitchen.release',
  });
  await commit(
    { op: 'instance.create', row: held },
    { op: 'instance.create', row: undoing },
    { op: 'item.add', row: charge },
    { op: 'item.add', row: failed },
    { op: 'item.hold', itemId: 1, doubtful: true },
    block(1, { code: 'effect.in_doubt', message: 'm', commandId: charge.commandId }),
    block(2, { code: 'undo', message: 'm', step: failed.step }),
  );
  const { groups } = await model.attention('');
  const fires = async (reason: string) => {
    const group = groups.find((one) => one.reason === reason);
    const { items } = await model.attentionItems('', group?.id ?? '', {});
    return { fires: items[0]?.wouldFire, decides: items[0]?.decides };
  };
  expect(await fires('effect.in_doubt')).toEqual({
    fires: [
      { effect: charge.effect, commandId: charge.commandId, idempotencyKey: charge.commandId },
    ],
    decides: null,
  });
  const next = commandId(sha256, {
    tenant: '',
    saga: 'order',
    key: 'order-2',
    run: 1,
    step: 'undo/reserve#1@3/release#1',
  });
  expect(await fires('undo')).toEqual({
    fires: [{ effect: 'kitchen.release', commandId: next, idempotencyKey: next }],
    decides: null,
  });
});

test('what a mended program would call is said to be unknown: which event it decides, and of which step', async () => {
  const opened = instanceRow(1);
  const later = instanceRow(2);
  const undoing = instanceRow(3);
  const charge = itemRow(1, later, 'payment.charge#1', { state: 'held', doubtful: true });
  await commit(
    { op: 'instance.create', row: opened },
    { op: 'instance.create', row: later },
    { op: 'instance.create', row: undoing },
    { op: 'item.add', row: charge },
    { op: 'item.hold', itemId: 1, doubtful: true },
  );
  const program = { code: 'program.failed', message: 'a bug' };
  await commit(block(1, { ...program, event: { type: 'order.placed', id: 'e' } }));
  const outcome = { type: 'effect.succeeded', id: 'e2' };
  await commit(block(2, { ...program, step: 'kitchen.reserve#1', event: outcome }));
  // An undo whose failed step is no effect: what it begins with is nowhere on record.
  await commit(block(3, { code: 'undo', message: 'm', step: 'undo/reserve#1/ready#1' }));
  const { groups } = await model.attention('');
  const items = [];
  for (const { id } of groups) items.push(...(await model.attentionItems('', id, {})).items);
  const shown = items.map(({ key, wouldFire, decides }) => ({ key, n: wouldFire.length, decides }));
  expect(shown.toSorted((a, b) => (a.key ?? '').localeCompare(b.key ?? ''))).toEqual([
    { key: 'order-1', n: 0, decides: { event: 'order.placed', step: null } },
    { key: 'order-2', n: 1, decides: { event: 'effect.succeeded', step: 'kitchen.reserve#1' } },
    { key: 'order-3', n: 0, decides: { event: null, step: 'undo/reserve#1/ready#1' } },
  ]);
});

test('an act goes through a group from the oldest on, and what comes back to it is not meant', async () => {
  const bug = { code: 'program.failed', message: 'a bug' };
  for (const id of [1, 2, 3, 4]) {
    await commit({ op: 'instance.create', row: instanceRow(id) });
    await commit(block(id, bug));
  }
  const group = (await model.attention('')).groups[0]?.id ?? '';
  const keys = (page: AttentionPage): unknown[] =>
    page.targets.map((target) => ('key' in target ? target.key : target.quarantineId));
  const first = await model.attentionTargets('', group, { after: null, limit: 2 });
  expect([keys(first), first.count, first.left]).toEqual([['order-1', 'order-2'], 4, 4]);
  // The first comes back, and another joins.
  await commit({ op: 'instance.status', instanceId: 1, status: 'running', blockedBy: null, at });
  await commit(block(1, bug));
  await commit({ op: 'instance.create', row: instanceRow(5) });
  await commit(block(5, bug));
  const after = first.targets.at(-1)?.place ?? '';
  const second = await model.attentionTargets('', group, { after, limit: 2 });
  expect([keys(second), second.count, second.left]).toEqual([['order-3', 'order-4'], 5, 2]);
  const place = second.targets.at(-1)?.place ?? '';
  const last = await model.attentionTargets('', group, { after: place, limit: 2 });
  expect([keys(last), last.left]).toEqual([[], 0]);
  await expect(
    model.attentionTargets('', group, { after: 'made up', limit: 2 }),
  ).rejects.toMatchObject({ code: 'request.invalid' });
});

test('those named are found wherever they stand in their group, and only there', async () => {
  const bug = { code: 'program.failed', message: 'a bug' };
  for (const id of [1, 2, 3]) await commit({ op: 'instance.create', row: instanceRow(id) });
  await commit({ op: 'instance.create', row: instanceRow(4, { tenant: 'other' }) });
  for (const id of [1, 2, 4]) await commit(block(id, bug));
  await commit(block(3, { ...bug, code: 'program.gas' }));
  const row = quarantineRow(1);
  await commit({ op: 'quarantine', row }, { op: 'quarantine', row: { ...row, id: 2, code: 'x' } });
  const itemsOf = async (tenant: string, reason: string): Promise<[string, string[]]> => {
    const { groups } = await model.attention(tenant);
    const id = groups.find((group) => group.reason === reason)?.id ?? '';
    return [id, (await model.attentionItems(tenant, id, {})).items.map(({ item }) => item)];
  };
  const [failed, own] = await itemsOf('', 'program.failed');
  const [entries, ownEntries] = await itemsOf('', 'event.not_json');
  const foreign = [
    ...(await itemsOf('other', 'program.failed'))[1],
    ...(await itemsOf('', 'program.gas'))[1],
    ...(await itemsOf('', 'x'))[1],
    'made up',
  ];
  expect([own.length, ownEntries.length, foreign.length]).toEqual([2, 1, 4]);
  const found = async (group: string): Promise<string[]> => {
    const items = [...foreign, ...own, ...ownEntries];
    const page = await model.attentionTargets('', group, { items });
    expect(page.left).toBe(page.targets.length);
    return page.targets.map(({ item }) => item);
  };
  expect(await found(failed)).toEqual(own);
  expect(await found(entries)).toEqual(ownEntries);
  await commit({ op: 'instance.status', instanceId: 1, status: 'running', blockedBy: null, at });
  expect(await found(failed)).toHaveLength(1);
});

test('the quarantine is grouped too, and leaves its group once it is resolved', async () => {
  const { row } = { row: quarantineRow(1) };
  await commit({ op: 'quarantine', row }, { op: 'quarantine', row: { ...row, id: 2 } });
  const [group] = (await model.attention('')).groups;
  expect(group).toMatchObject({
    kind: 'quarantine',
    reason: 'event.not_json',
    saga: null,
    count: 2,
  });
  const resolution = { state: 'discarded', at, by: 'k', reason: 'noise', seq: null } as const;
  await commit({ op: 'quarantine.resolve', id: 1, resolution });
  const { items } = await model.attentionItems('', group?.id ?? '', {});
  expect(items.map(({ quarantineId }) => quarantineId)).toEqual([2]);
  expect((await model.overview('')).quarantine).toBe(1);
  expect((await model.attention('')).total).toBe(1);
});
