import {
  CONTROL_TYPES,
  EMPTY_DECISION,
  formatMicros,
  HoldfastError,
  canonicalJson,
} from '@holdfast/core';
import type { Decision } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openReadModel } from './open-read-model.ts';
import type { StoreOp } from './port.ts';
import type { ReadModel } from './read-port.ts';
import { ReadBench } from './testing/read-bench.ts';
import {
  attemptStartOp,
  eventOp,
  instanceRow,
  itemRow,
  journalEvent,
  RELEASE,
  scheduleRow,
  START,
  startOps,
  temporaryDirectory,
  transitionOp,
  transitionRow,
  waitRow,
} from './testing/store-fixtures.ts';

let bench: ReadBench;
let model: ReadModel;

beforeEach(async () => {
  bench = await ReadBench.open();
  ({ model } = bench);
});
afterEach(() => bench.close());

const commit = (...ops: readonly StoreOp[]) => bench.commit(...ops);
const decided = (over: Partial<Decision>) => canonicalJson({ ...EMPTY_DECISION, ...over });

/** Every item of a list, page by page. */
async function pages<T>(
  read: (cursor?: string) => Promise<{ items: readonly T[]; next: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await read(cursor);
    all.push(...page.items);
    if (page.next === null) return all;
    cursor = page.next;
  }
}

describe('events', () => {
  beforeEach(async () => {
    for (let seq = 1; seq <= 12; seq++) {
      const ofOrder = seq % 3 === 0 ? 'order.changed' : 'order.placed';
      const type = seq === 11 ? CONTROL_TYPES.sagaRedriven : ofOrder;
      const tenant = seq % 4 === 0 ? 'other' : '';
      const correlationId = seq % 2 === 0 ? 'even' : null;
      bench.at = START + seq * 1_000_000;
      const stream = seq === 11 ? 'CONTROL_EVENTS' : 'AGGREGATE_EVENTS';
      await commit(
        eventOp(journalEvent(seq, { type, tenant, correlationId, receivedAt: bench.at, stream })),
      );
    }
  });
  const seqs = async (query: Parameters<ReadModel['events']>[1], tenant = '') =>
    (
      await pages((cursor) =>
        model.events(tenant, { ...query, ...(cursor === undefined ? {} : { cursor }) }),
      )
    ).map(({ seq }) => seq);

  test('come newest first, or oldest first, page by page, of one tenant', async () => {
    const mine = [1, 2, 3, 5, 6, 7, 9, 10, 11];
    expect(await seqs({})).toEqual(mine.toReversed());
    expect(await seqs({ limit: 2 })).toEqual(mine.toReversed());
    expect(await seqs({ limit: 2, order: 'asc' })).toEqual(mine);
    expect(await seqs({}, 'other')).toEqual([12, 8, 4]);
    expect(await seqs({}, 'nobody')).toEqual([]);
  });

  test('are found by type, correlation, stream, position and time, alone and together', async () => {
    const order = 'asc';
    expect(await seqs({ type: 'order.changed', order })).toEqual([3, 6, 9]);
    expect(await seqs({ type: 'order.changed', order, limit: 1 })).toEqual([3, 6, 9]);
    expect(await seqs({ type: 'unheard.of' })).toEqual([]);
    expect(await seqs({ correlationId: 'even', order, limit: 2 })).toEqual([2, 6, 10]);
    expect(await seqs({ correlationId: 'even', limit: 2 })).toEqual([10, 6, 2]);
    expect(await seqs({ correlationId: 'even', type: 'order.changed' })).toEqual([6]);
    expect(await seqs({ correlationId: 'odd' })).toEqual([]);
    expect(await seqs({ stream: 'CONTROL_EVENTS' })).toEqual([11]);
    expect(await seqs({ after: 6, order })).toEqual([7, 9, 10, 11]);
    expect(await seqs({ from: '2026-11-21T00:00:05Z', order })).toEqual([5, 6, 7, 9, 10, 11]);
    expect(await seqs({ to: '2026-11-21T00:00:05Z', order })).toEqual([1, 2, 3, 5]);
    expect(await seqs({ to: '2026-11-21T00:00:05.999999Z', order })).toEqual([1, 2, 3, 5]);
    expect(
      await seqs({ from: '2026-11-21T01:00:02+01:00', to: '2026-11-21T00:00:03Z', order }),
    ).toEqual([2, 3]);
    expect(await seqs({ from: '2027-01-01T00:00:00Z' })).toEqual([]);
    expect(await seqs({ to: '2020-01-01T00:00:00Z' })).toEqual([]);
  });

  test('a cursor of another list, in another order, or made up, is refused; so are bad bounds', async () => {
    const { next } = await model.events('', { limit: 1 });
    const refuse = (query: Parameters<ReadModel['events']>[1]) =>
      expect(model.events('', query)).rejects.toMatchObject({ code: 'request.invalid' });
    await refuse({ cursor: next ?? '', order: 'asc' });
    await refuse({ cursor: 'made up' });
    await refuse({ limit: 0 });
    await refuse({ limit: 501 });
    await refuse({ from: 'yesterday' });
    await refuse({ stream: 'OTHER' });
    await expect(model.sagas('', { cursor: next ?? '' })).rejects.toBeInstanceOf(HoldfastError);
  });

  test('follow a position for tails, of one tenant or of all', async () => {
    const follow = async (tenant: string | null, after: number, limit: number, stream?: string) =>
      (await model.eventsAfter(tenant, after, limit, stream)).map(({ seq }) => seq);
    expect(await follow(null, 8, 3)).toEqual([9, 10, 11]);
    expect(await follow('other', 0, 2)).toEqual([4, 8]);
    expect(await follow('', 9, 9, 'AGGREGATE_EVENTS')).toEqual([10]);
    expect(await follow('nobody', 0, 9)).toEqual([]);
    expect((await model.eventsAfter('', 0, 1))[0]).toEqual(
      journalEvent(1, { correlationId: null, receivedAt: START + 1_000_000 }),
    );
    expect(await model.lastSeq()).toBe(12);
  });

  test('a tail far behind finds a small tenant by its types', async () => {
    const many = Array.from({ length: 11_000 }, (_, i) =>
      eventOp(journalEvent(13 + i, { type: `t${i % 3}` })),
    );
    await commit(...many);
    expect((await model.eventsAfter('other', 4, 10)).map(({ seq }) => seq)).toEqual([8, 12]);
    expect((await model.eventsAfter('', 9, 4)).map(({ seq }) => seq)).toEqual([10, 11, 13, 14]);
  });

  test('a list that looks at too much goes on from where it stopped', async () => {
    for (let round = 0; round < 6; round++) {
      const base = 13 + round * 20_000;
      await commit(
        ...Array.from({ length: 20_000 }, (_, i) => ({
          ...eventOp(journalEvent(base + i)),
          mark: null,
          content: null,
        })),
      );
    }
    const rare = await model.events('other', {});
    expect(rare).toMatchObject({ items: [{ seq: 12 }, { seq: 8 }, { seq: 4 }], next: null });
    const first = await model.events('', { text: 'EVENT-7' });
    expect(first.items).toEqual([]);
    expect(first.next).not.toBeNull();
    const found = Array.from({ length: 10 }, (_, n) => 70019 - n);
    expect(await seqs({ text: 'EVENT-7001' })).toEqual([...found, 7001]);
    expect(await seqs({ text: 'event_7001' })).toEqual([]);
  });
});

describe('what became of an event', () => {
  const became = async (seq: number, tenant = '') =>
    (await model.event(tenant, seq))?.dispositions.map(({ saga, status, ...rest }) => ({
      saga,
      status,
      ...(rest.key === null ? {} : { key: rest.key, run: rest.run, version: rest.version }),
    }));

  test('applied, ignored, parked, quarantined, unrouted and pending are told apart (I9)', async () => {
    const manifest = JSON.stringify({
      sagas: [{ name: 'order', on: ['order.placed'] }],
      effects: [],
    });
    await commit(
      {
        op: 'release.register',
        digest: RELEASE,
        app: 'restaurant',
        manifest,
        at: bench.at,
        by: 'local',
      },
      {
        op: 'release.activate',
        app: 'restaurant',
        digest: RELEASE,
        act: 'activated',
        at: bench.at,
        by: 'local',
        reason: null,
      },
    );
    const dispose = (
      seq: number,
      status: 'ignored' | 'parked' | 'quarantined' | 'unrouted',
      saga = 'order',
    ) => ({
      op: 'disposition' as const,
      seq,
      saga,
      status,
      reason: `why ${status}`,
      instanceId: status === 'ignored' || status === 'parked' ? 1 : null,
    });
    await commit(
      ...startOps({ seq: 1, instance: 1, item: 1 }),
      eventOp(journalEvent(2)),
      dispose(2, 'ignored'),
      eventOp(journalEvent(3)),
      dispose(3, 'parked'),
      eventOp(journalEvent(4)),
      dispose(4, 'quarantined'),
      eventOp(journalEvent(5, { type: 'unknown' })),
      dispose(5, 'unrouted', ''),
      { op: 'checkpoint', saga: 'order', tenant: '', seq: 5 },
      eventOp(journalEvent(6)),
      eventOp(journalEvent(7, { type: 'unknown' })),
      eventOp(journalEvent(8, { stream: 'WORKFLOW_EVENTS', type: 'effect.succeeded' }), 1),
      eventOp(journalEvent(9, { stream: 'WORKFLOW_EVENTS', type: 'saga.completed' })),
    );
    expect(await became(1)).toEqual([
      { saga: 'order', status: 'applied', key: 'order-1', run: 1, version: 1 },
    ]);
    expect(await became(2)).toEqual([
      { saga: 'order', status: 'ignored', key: 'order-1', run: 1, version: null },
    ]);
    expect(await became(3)).toEqual([
      { saga: 'order', status: 'parked', key: 'order-1', run: 1, version: null },
    ]);
    expect(await became(4)).toEqual([{ saga: 'order', status: 'quarantined' }]);
    expect(await became(5)).toEqual([{ saga: null, status: 'unrouted' }]);
    expect(await became(6)).toEqual([{ saga: 'order', status: 'pending' }]);
    expect(await became(7)).toEqual([{ saga: null, status: 'unrouted' }]);
    expect(await became(8)).toEqual([{ saga: 'order', status: 'pending' }]);
    expect(await became(9)).toEqual([{ saga: null, status: 'unrouted' }]);
    await commit({ op: 'checkpoint', saga: 'order', tenant: '', seq: 9 });
    expect(await became(6)).toEqual([{ saga: null, status: 'unrouted' }]);
    expect(await became(10)).toBeUndefined();
    expect(await became(1, 'other')).toBeUndefined();
  });

  test('an event that was parked and then taken up is applied', async () => {
    await commit(...startOps({ seq: 1, instance: 1, item: 1 }), eventOp(journalEvent(2)), {
      op: 'disposition',
      seq: 2,
      saga: 'order',
      status: 'parked',
      reason: 'blocked',
      instanceId: 1,
    });
    await commit(transitionOp(transitionRow(1, 2, 2)));
    expect((await became(2))?.map(({ status }) => status)).toEqual(['applied']);
  });
});

describe('sagas', () => {
  test('show current runs of one tenant, by saga, status and beginning of the key', async () => {
    const make = (id: number, over: Parameters<typeof instanceRow>[1]) => ({
      op: 'instance.create' as const,
      row: instanceRow(id, over),
    });
    await commit(
      make(1, { key: 'a1', status: 'completed' }),
      make(2, { key: 'a1', run: 2, status: 'waiting' }),
      make(3, {
        key: 'a2',
        status: 'blocked',
        blockedBy: '{"code":"program.failed","message":"no"}',
      }),
      make(4, { key: 'b1', status: 'failed' }),
      make(5, { key: 'b1', saga: 'stock' }),
      make(6, { key: 'a9', tenant: 'other' }),
      make(7, { key: 'a_', status: 'completed' }),
    );
    const list = async (query: Parameters<ReadModel['sagas']>[1], tenant = '') =>
      (
        await pages((cursor) =>
          model.sagas(tenant, { ...query, ...(cursor === undefined ? {} : { cursor }) }),
        )
      ).map(({ saga, key, run }) => `${saga}/${key}/${run}`);
    expect(await list({})).toEqual([
      'order/a_/1',
      'stock/b1/1',
      'order/b1/1',
      'order/a2/1',
      'order/a1/2',
    ]);
    expect(await list({ limit: 1 })).toEqual(await list({}));
    expect(await list({ saga: 'order', status: ['completed'] })).toEqual(['order/a_/1']);
    expect(await list({ status: ['blocked'] })).toEqual(['order/a2/1']);
    expect(await list({ status: ['waiting'] })).toEqual(['order/a1/2']);
    expect(await list({ status: ['failed'] })).toEqual(['order/b1/1']);
    expect(await list({ key: 'b' })).toEqual(['stock/b1/1', 'order/b1/1']);
    expect(await list({ saga: 'order', key: 'a', limit: 2 })).toEqual([
      'order/a_/1',
      'order/a2/1',
      'order/a1/2',
    ]);
    expect(await list({ status: ['blocked', 'failed', 'waiting'] })).toEqual([
      'order/b1/1',
      'order/a2/1',
      'order/a1/2',
    ]);
    expect(await list({ status: ['running', 'failed'], key: 'b', release: RELEASE })).toEqual([
      'stock/b1/1',
      'order/b1/1',
    ]);
    expect(await list({ release: RELEASE, saga: 'order', limit: 1 })).toEqual(
      await list({ saga: 'order' }),
    );
    expect(await list({ release: 'another' })).toEqual([]);
    expect(await list({ saga: 'order', key: 'a_' })).toEqual(['order/a_/1']);
    expect(await list({ saga: 'nothing' })).toEqual([]);
    expect(await list({}, 'other')).toEqual(['order/a9/1']);
    expect((await model.sagas('', { status: ['blocked'] })).items[0]?.blockedBy).toEqual({
      code: 'program.failed',
      message: 'no',
    });
    expect(await model.counts('')).toEqual({
      instances: { completed: 2, waiting: 1, blocked: 1, failed: 1, running: 1 },
      outbox: {},
      quarantine: 0,
      lastSeq: 0,
    });
    expect((await model.counts(null)).instances).toMatchObject({ running: 2 });
    expect((await model.counts('nobody')).instances).toEqual({});
  });

  test('one saga in detail, and its state at any version', async () => {
    await commit(
      ...startOps({ seq: 1, instance: 1, item: 1 }),
      eventOp(journalEvent(2)),
      transitionOp(transitionRow(1, 2, 2), {
        status: 'completed',
        result: '{"courier":"c"}',
        undo: '[{"step":"a"}]',
      }),
      { op: 'wait.open', row: waitRow(1, instanceRow(1), 'ready', { state: 'open' }) },
    );
    expect(await model.saga('', 'order', 'order-1')).toMatchObject({
      saga: 'order',
      key: 'order-1',
      run: 1,
      status: 'completed',
      version: 2,
      app: 'restaurant',
      release: RELEASE,
      state: { version: 2 },
      result: { courier: 'c' },
      failure: null,
      undo: [{ step: 'a' }],
      waits: [{ name: 'ready', state: 'open' }],
    });
    expect(await model.stateAt('', 'order', 'order-1', 1)).toMatchObject({
      version: 1,
      seq: 1,
      state: { version: 1 },
    });
    expect(await model.stateAt('', 'order', 'order-1', 3)).toBeNull();
    expect(await model.saga('', 'order', 'order-1', 2)).toBeNull();
    expect(await model.saga('other', 'order', 'order-1')).toBeNull();
    expect(await model.timeline('other', 'order', 'order-1')).toBeNull();
  });
});

describe('the timeline', () => {
  const titles = async () =>
    (await model.timeline('', 'order', 'order-1'))?.entries.map(({ title }) => title);
  const instance = instanceRow(1);
  /** Titles of all parts of so many decisions, put together. */
  const partsOf = async (limit: number) => {
    let told: string[] = [];
    for (let before: number | null | undefined; before !== null;) {
      const of = { limit, ...(before === undefined ? {} : { before }) };
      const part = await model.timeline('', 'order', 'order-1', of);
      told = [...(part?.entries ?? []).map(({ title }) => title), ...told];
      before = part?.earlier ?? null;
    }
    return told;
  };

  test('tells an order that is undone in the order in which it happened', async () => {
    const outcome = (seq: number, type: string, step: string, json: string) =>
      eventOp(
        journalEvent(seq, {
          stream: 'WORKFLOW_EVENTS',
          type,
          data: json,
          extensions: JSON.stringify({ run: 1, step }),
          receivedAt: bench.at + 1,
        }),
        1,
      );
    const decide = (
      version: number,
      seq: number,
      over: Partial<Decision>,
      op: Parameters<typeof transitionOp>[1] = {},
    ) =>
      transitionOp(
        transitionRow(1, version, seq, { decision: decided(over), recordedAt: bench.at + 1 }),
        op,
      );
    const ask = (step: string, undoes?: string) => ({
      step,
      effect: step.split('#')[0] ?? '',
      input: null,
      ...(undoes === undefined ? {} : { undoes }),
    });
    await commit(
      eventOp(journalEvent(1, { receivedAt: bench.at + 1 })),
      { op: 'instance.create', row: instance },
      decide(1, 1, {
        items: [ask('kitchen.reserve#1')],
        logs: [{ level: 'info', message: 'hello' }],
      }),
      { op: 'item.add', row: itemRow(1, instance, 'kitchen.reserve#1') },
      {
        op: 'log',
        instanceId: 1,
        seq: 1,
        line: '{"level":"info","message":"hello"}',
        at: bench.at,
      },
      attemptStartOp(1, 1),
    );
    await commit(
      {
        op: 'attempt.end',
        itemId: 1,
        no: 1,
        at: bench.at,
        outcome: 'in_doubt',
        error: '{"code":"timeout","message":"no answer"}',
      },
      { op: 'item.retry', itemId: 1, dueAt: bench.at, doubtful: true, spared: 0 },
    );
    await commit({ ...attemptStartOp(1, 2), mode: 'check' });
    await commit(
      { op: 'attempt.end', itemId: 1, no: 2, at: bench.at, outcome: 'succeeded', error: null },
      outcome(2, 'effect.succeeded', 'kitchen.reserve#1', '{"message":"not for the title"}'),
      { op: 'item.settle', itemId: 1, outcome: 'succeeded', outcomeSeq: 2 },
      decide(
        2,
        2,
        {
          status: 'waiting',
          waits: [
            {
              step: 'ready#2',
              name: 'kitchen.ready',
              definition: null,
              expiresAt: START + 900_000_000,
            },
          ],
          schedules: [{ name: 'pause#3', dueAt: START + 60_000_000 }],
          publishes: [{ step: 'p', type: 'order.reserved', data: null }],
        },
        { status: 'waiting' },
      ),
      {
        op: 'wait.open',
        row: waitRow(1, instance, 'kitchen.ready', {
          step: 'ready#2',
          expiresAt: START + 900_000_000,
        }),
      },
      { op: 'schedule.set', row: scheduleRow(1, instance, 'pause#3', START + 60_000_000) },
    );
    await commit(
      outcome(3, 'timer.fired', 'pause#3', 'null'),
      { op: 'schedule.remove', id: 1 },
      decide(3, 3, { status: 'waiting' }, { status: 'waiting' }),
    );
    await commit(
      outcome(4, 'wait.expired', 'ready#2', 'null'),
      { op: 'wait.close', id: 1, state: 'expired', at: bench.at },
      decide(4, 4, {
        status: 'compensating',
        failure: { code: 'undo', message: 'kitchen silent' },
        items: [ask('kitchen.release#4', 'kitchen.reserve#1')],
      }),
      {
        op: 'item.add',
        row: itemRow(2, instance, 'kitchen.release#4', { undoes: 'kitchen.reserve#1' }),
      },
      attemptStartOp(2, 1),
    );
    await commit(
      { op: 'attempt.end', itemId: 2, no: 1, at: bench.at, outcome: 'succeeded', error: null },
      outcome(5, 'effect.succeeded', 'kitchen.release#4', 'null'),
      { op: 'item.settle', itemId: 2, outcome: 'succeeded', outcomeSeq: 5 },
      decide(
        5,
        5,
        { ending: { as: 'compensated', error: { code: 'undo', message: 'kitchen silent' } } },
        { status: 'compensated' },
      ),
    );
    expect(await titles()).toEqual([
      'order.placed received',
      'version 1: running',
      'info: hello',
      'kitchen.reserve requested',
      'kitchen.reserve called (attempt 1)',
      'kitchen.reserve in doubt (attempt 1): no answer',
      'kitchen.reserve: asked whether it took effect (attempt 2)',
      'kitchen.reserve succeeded (attempt 2)',
      'version 2: waiting',
      'timer pause#3 set for 2026-11-21T00:01:00.000000Z',
      'publishes order.reserved',
      'waiting on kitchen.ready until 2026-11-21T00:15:00.000000Z',
      'timer pause#3 fired',
      'version 3: waiting',
      'kitchen.ready expired',
      'version 4: compensating (kitchen silent)',
      'kitchen.release undoes kitchen.reserve',
      'kitchen.release called (attempt 1)',
      'kitchen.release succeeded (attempt 1)',
      'version 5: compensated (kitchen silent)',
    ]);
    for (const limit of [1, 2, 3, 4]) expect(await partsOf(limit)).toEqual(await titles());
    const storyOf = async (id: number, step: string) => {
      const effect = await model.effect('', itemRow(id, instance, step).commandId);
      return effect?.timeline.map(({ title }) => title);
    };
    const all = await titles();
    expect(await storyOf(1, 'kitchen.reserve#1')).toEqual(
      all?.filter((title) => title.startsWith('kitchen.reserve')),
    );
    expect(await storyOf(2, 'kitchen.release#4')).toEqual(
      all?.filter((title) => title.startsWith('kitchen.release')),
    );
  });

  test('shows what blocks it, what is parked and what was ignored', async () => {
    await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
    const dispose = (seq: number, status: 'parked' | 'ignored', reason: string) => ({
      op: 'disposition' as const,
      seq,
      saga: 'order',
      status,
      reason,
      instanceId: 1,
    });
    bench.at = START + 50;
    await commit(
      eventOp(journalEvent(2, { receivedAt: bench.at })),
      dispose(2, 'parked', 'its instance is blocked'),
      {
        op: 'instance.status',
        instanceId: 1,
        status: 'blocked',
        blockedBy: '{"code":"program.failed","message":"x is undefined","at":"order.ts:3:7"}',
        at: bench.at,
      },
      eventOp(journalEvent(3, { receivedAt: bench.at })),
      dispose(3, 'ignored', 'it has started'),
    );
    expect((await titles())?.slice(-3)).toEqual([
      'order.placed received (parked: its instance is blocked)',
      'order.placed received (ignored: it has started)',
      'blocked by program.failed: x is undefined',
    ]);
    expect(await partsOf(1)).toEqual(await titles());
  });

  test('of a long life shows the latest decisions, and the earlier ones when they are asked for', async () => {
    await commit({ op: 'instance.create', row: instance });
    for (let version = 1; version <= 1100; version += 100) {
      const ops = Array.from({ length: 100 }, (_, i) => [
        eventOp(journalEvent(version + i)),
        transitionOp(transitionRow(1, version + i, version + i)),
      ]);
      await commit(...ops.flat());
    }
    const found = await titles();
    expect(found?.slice(0, 2)).toEqual(['order.placed received', 'version 101: running']);
    expect(found?.at(-1)).toBe('version 1100: running');
    expect(found?.length).toBe(2000);
    expect(await model.timeline('', 'order', 'order-1')).toMatchObject({ earlier: 101 });
    const before = await model.timeline('', 'order', 'order-1', { before: 101 });
    expect(before?.entries.map(({ title }) => title).slice(-1)).toEqual(['version 100: running']);
    expect(before).toMatchObject({ earlier: null });
    expect(before?.entries.length).toBe(200);
  });

  test('of an effect that is tried on and on shows the newest tries, of others all', async () => {
    await commit({ op: 'instance.create', row: instance });
    await commit(
      eventOp(journalEvent(1)),
      transitionOp(
        transitionRow(1, 1, 1, {
          decision: decided({
            items: [
              { step: 'stubborn#1', effect: 'stubborn', input: null },
              { step: 'quick#2', effect: 'quick', input: null },
            ],
          }),
        }),
      ),
      { op: 'item.add', row: itemRow(1, instance, 'stubborn#1') },
      { op: 'item.add', row: itemRow(2, instance, 'quick#2') },
      attemptStartOp(2, 1),
    );
    const TRIES = 2_050; // more than a timeline has of all effects together
    const tried = (no: number): readonly StoreOp[] => [
      attemptStartOp(1, no, bench.at),
      {
        op: 'attempt.end',
        itemId: 1,
        no,
        at: bench.at,
        outcome: 'not_done',
        error: '{"code":"busy","message":"busy"}',
      },
      { op: 'item.retry', itemId: 1, dueAt: bench.at, doubtful: false, spared: 0 },
    ];
    for (let no = 1; no <= TRIES; no += 50) {
      bench.at += 1_000;
      await commit(...Array.from({ length: 50 }, (_, n) => tried(no + n)).flat());
    }
    const all = await titles();
    expect(all).toContain('quick called (attempt 1)');
    expect(all).toContain(`stubborn called (attempt ${TRIES})`);
    const effect = await model.effect('', itemRow(1, instance, 'stubborn#1').commandId);
    const told = effect?.timeline.map(({ title }) => title);
    expect(told?.[0]).toBe('stubborn requested');
    expect(told).toContain(`stubborn called (attempt ${TRIES})`);
    expect(told).toContain(`stubborn called (attempt ${TRIES - 199})`);
    expect(told?.length).toBe(1 + 2 * 200);
  });

  test('what one commit holds is not torn apart, unless a part is nothing else', async () => {
    await commit({ op: 'instance.create', row: instance });
    for (const [from, to] of [
      [1, 2],
      [3, 5],
      [6, 6],
    ] as const) {
      bench.at += 10;
      const ops = Array.from({ length: to - from + 1 }, (_, i) => [
        eventOp(journalEvent(from + i, { receivedAt: bench.at })),
        transitionOp(transitionRow(1, from + i, from + i)),
      ]);
      await commit(...ops.flat());
    }
    const begins = async (limit: number) => {
      const begun: (number | null)[] = [];
      let before: number | null | undefined;
      for (; before !== null; begun.push(before)) {
        const of = { limit, ...(before === undefined ? {} : { before }) };
        before = (await model.timeline('', 'order', 'order-1', of))?.earlier ?? null;
      }
      return begun;
    };
    expect(await begins(4)).toEqual([3, null]);
    expect(await begins(3)).toEqual([6, 3, null]);
    expect(await begins(2)).toEqual([6, 4, 3, null]);
    expect(await partsOf(2)).toEqual(await titles());
  });
});

describe('lists', () => {
  beforeEach(async () => {
    await commit(
      { op: 'instance.create', row: instanceRow(1) },
      { op: 'instance.create', row: instanceRow(2, { tenant: 'other' }) },
      { op: 'instance.create', row: instanceRow(3, { saga: 'stock' }) },
    );
  });

  test('waits, newest first, by saga and state', async () => {
    await commit(
      { op: 'wait.open', row: waitRow(1, instanceRow(1), 'a') },
      { op: 'wait.open', row: waitRow(2, instanceRow(1), 'b') },
      { op: 'wait.open', row: waitRow(3, instanceRow(2, { tenant: 'other' }), 'c') },
      { op: 'wait.open', row: waitRow(4, instanceRow(3, { saga: 'stock' }), 'd') },
      { op: 'wait.close', id: 2, state: 'completed', at: bench.at },
    );
    const list = async (query: Parameters<ReadModel['waits']>[1], tenant = '') =>
      (
        await pages((cursor) =>
          model.waits(tenant, { ...query, ...(cursor === undefined ? {} : { cursor }) }),
        )
      ).map(({ name }) => name);
    expect(await list({})).toEqual(['d', 'b', 'a']);
    expect(await list({ limit: 1 })).toEqual(['d', 'b', 'a']);
    expect(await list({ state: 'open' })).toEqual(['d', 'a']);
    expect(await list({ state: 'completed', saga: 'order' })).toEqual(['b']);
    expect(await list({ saga: 'stock' })).toEqual(['d']);
    expect(await list({}, 'other')).toEqual(['c']);
    await expect(model.waits('', { state: 'gone' })).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  test('effects, newest first, by state and name', async () => {
    const instance = instanceRow(1);
    await commit(
      { op: 'item.add', row: itemRow(1, instance, 'a#1') },
      { op: 'item.add', row: itemRow(2, instance, 'b#2') },
      attemptStartOp(2, 1),
      { op: 'item.add', row: itemRow(3, instance, 'a#3') },
      { op: 'item.hold', itemId: 3, doubtful: true },
      { op: 'item.add', row: itemRow(4, instance, 'b#4') },
      eventOp(journalEvent(1), 1),
      { op: 'item.settle', itemId: 4, outcome: 'failed', outcomeSeq: 1 },
      { op: 'item.add', row: itemRow(5, instanceRow(2, { tenant: 'other' }), 'a#1') },
    );
    const list = async (query: Parameters<ReadModel['effects']>[1], tenant = '') =>
      (
        await pages((cursor) =>
          model.effects(tenant, { ...query, ...(cursor === undefined ? {} : { cursor }) }),
        )
      ).map(({ step, state, outcome }) => `${step} ${state} ${outcome}`);
    expect(await list({})).toEqual([
      'b#4 settled failed',
      'a#3 held null',
      'b#2 leased null',
      'a#1 pending null',
    ]);
    expect(await list({ limit: 3 })).toEqual(await list({}));
    expect(await list({ state: 'held' })).toEqual(['a#3 held null']);
    expect(await list({ state: 'leased', limit: 1 })).toEqual(['b#2 leased null']);
    expect(await list({ effect: 'b' })).toEqual(['b#4 settled failed', 'b#2 leased null']);
    expect(await list({}, 'other')).toEqual(['a#1 pending null']);
    expect((await model.effects('', { state: 'held' })).items[0]).toMatchObject({
      doubtful: true,
      attempts: 0,
    });
    expect((await model.counts('')).outbox).toEqual({ pending: 1, leased: 1, held: 1 });
  });

  test('schedules, next due first', async () => {
    const instance = instanceRow(1);
    await commit(
      { op: 'schedule.set', row: scheduleRow(1, instance, 'late', START + 30) },
      { op: 'schedule.set', row: scheduleRow(2, instance, 'soon', START + 10) },
      { op: 'schedule.set', row: scheduleRow(3, instance, 'soon too', START + 10) },
      {
        op: 'schedule.set',
        row: scheduleRow(4, instanceRow(2, { tenant: 'other' }), 'his', START),
      },
    );
    const found = await pages((cursor) =>
      model.schedules('', { limit: 1, ...(cursor === undefined ? {} : { cursor }) }),
    );
    expect(found.map(({ name }) => name)).toEqual(['soon', 'soon too', 'late']);
  });

  test('cron triggers stand among timers, next due first, page by page and by kind', async () => {
    const trigger = (name: string, nextAt: number, tenant = ''): StoreOp => ({
      op: 'cron.set',
      row: {
        app: 'shop',
        name,
        tenant,
        cron: '0 7 * * *',
        zone: 'Europe/Berlin',
        missed: 'once',
        type: 'report.due',
        data: '{}',
        nextAt,
        lastAt: START,
      },
    });
    const instance = instanceRow(1);
    await commit(
      { op: 'schedule.set', row: scheduleRow(1, instance, 'timer 10', START + 10) },
      { op: 'schedule.set', row: scheduleRow(2, instance, 'timer 30', START + 30) },
      trigger('b at 10', START + 10),
      trigger('a at 10', START + 10),
      trigger('at 20', START + 20),
      trigger('at 40', START + 40),
      trigger('of another', START, 'other'),
    );
    const expected = ['a at 10', 'b at 10', 'timer 10', 'at 20', 'timer 30', 'at 40'];
    for (const limit of [1, 2, 3, 4, 50]) {
      const found = await pages((cursor) =>
        model.schedules('', { limit, ...(cursor === undefined ? {} : { cursor }) }),
      );
      expect(found.map(({ name }) => name)).toEqual(expected);
    }
    const { items } = await model.schedules('', { kind: 'cron' });
    expect(items.map(({ name }) => name)).toEqual(expected.filter((name) => !name.startsWith('t')));
    expect(items[0]).toEqual({
      kind: 'cron',
      name: 'a at 10',
      dueAt: formatMicros(START + 10),
      app: 'shop',
      cron: '0 7 * * *',
      zone: 'Europe/Berlin',
      missed: 'once',
      type: 'report.due',
      lastAt: formatMicros(START),
    });
    const timers = await model.schedules('', { kind: 'timer' });
    expect(timers.items.map(({ name }) => name)).toEqual(['timer 10', 'timer 30']);
  });

  test('quarantine, newest first, with the head as text where it is text', async () => {
    const row = (id: number, head: Uint8Array | null, over = {}) => ({
      op: 'quarantine' as const,
      row: {
        id,
        tenant: '',
        at: START,
        origin: 'mqtt',
        code: 'event.not_json',
        reason: 'not JSON',
        context: '{"topic":"t"}',
        head,
        seq: null,
        itemId: null,
        ...over,
      },
    });
    const cut = Buffer.from('é'.repeat(3000)).subarray(1, 4097);
    await commit(
      { op: 'item.add', row: itemRow(1, instanceRow(1), 'a#1') },
      row(1, Buffer.from('{"a": é'), { itemId: 1 }),
      row(2, Buffer.from([0xff, 0x00])),
      row(3, null),
      row(4, null, { tenant: 'other' }),
      row(5, Buffer.from('é'.repeat(3000)).subarray(0, 4095)),
      row(6, Buffer.from(`a${'é'.repeat(3000)}`).subarray(0, 4096)),
      row(7, cut),
    );
    const found = await pages((cursor) =>
      model.quarantine('', { limit: 2, ...(cursor === undefined ? {} : { cursor }) }),
    );
    expect(found.map(({ id, encoding }) => [id, encoding])).toEqual([
      [7, 'base64'],
      [6, 'utf8'],
      [5, 'base64'],
      [3, null],
      [2, 'base64'],
      [1, 'utf8'],
    ]);
    expect(found.at(-1)).toMatchObject({
      head: '{"a": é',
      context: { topic: 't' },
      commandId: itemRow(1, instanceRow(1), 'a#1').commandId,
    });
    expect(await model.quarantineEntry('', 4)).toBeNull();
    expect((await model.quarantineEntry('other', 4))?.id).toBe(4);
    expect((await model.counts('')).quarantine).toBe(6);
  });

  test('releases with what they hold and what is in flight, and keys without their hash', async () => {
    const manifest = JSON.stringify({
      sagas: [{ name: 'order', on: [] }],
      effects: [{ name: 'pay' }],
    });
    const key = {
      id: 'k1',
      name: 'n',
      hash: 'ab'.repeat(32),
      tenant: 'other',
      scopes: ['publish'],
      topics: null,
      types: ['t'],
      createdAt: START,
      expiresAt: null,
      revokedAt: null,
    };
    await commit(
      {
        op: 'release.register',
        digest: RELEASE,
        app: 'restaurant',
        manifest,
        at: START,
        by: 'ci',
      },
      {
        op: 'release.activate',
        app: 'restaurant',
        digest: RELEASE,
        act: 'rolled_back',
        at: START,
        by: 'ops',
        reason: 'it was slow',
      },
      { op: 'release.rehearsed', digest: RELEASE, at: START, moved: 3, stayed: 1, ended: 2 },
      { op: 'key.create', row: key },
    );
    expect(await model.releases()).toEqual([
      {
        digest: RELEASE,
        app: 'restaurant',
        active: true,
        registeredAt: '2026-11-21T00:00:00.000000Z',
        registeredBy: 'ci',
        activatedAt: '2026-11-21T00:00:00.000000Z',
        activatedBy: 'ops',
        sagas: ['order'],
        effects: ['pay'],
        inFlight: 3,
      },
    ]);
    expect(await model.activations(RELEASE)).toEqual([
      {
        act: 'rolled_back',
        at: '2026-11-21T00:00:00.000000Z',
        by: 'ops',
        reason: 'it was slow',
        previous: null,
        rehearsal: { at: '2026-11-21T00:00:00.000000Z', moved: 3, stayed: 1, ended: 2 },
      },
    ]);
    expect(await model.activations('cd'.repeat(32))).toEqual([]);
    expect(await model.keys('')).toEqual([]);
    const [shown] = await model.keys(null);
    expect(shown).toMatchObject({ id: 'k1', scopes: ['publish'], topics: null, types: ['t'] });
    expect(JSON.stringify(shown)).not.toContain(key.hash);
  });
});

test('a commit is seen at once, and a reader neither blocks the writer nor keeps the log from being reused', async () => {
  for (let seq = 1; seq <= 20; seq++) {
    await commit(eventOp(journalEvent(seq)));
    expect(await model.lastSeq()).toBe(seq);
    expect((await model.events('', { limit: 1 })).items[0]?.seq).toBe(seq);
  }
  await bench.store.checkpointWal('passive');
  expect(bench.store.walUsed()).toBe(0);
  const before = await bench.store.checkpointWal('passive');
  await commit(eventOp(journalEvent(21)));
  const after = await bench.store.checkpointWal('passive');
  expect(after.pages).toBeLessThan(before.pages);
});

test('there is nothing to read where there was never a store, and the reader makes none', async () => {
  const empty = temporaryDirectory();
  try {
    await expect(openReadModel({ dir: empty.dir })).rejects.toMatchObject({
      code: 'store.missing',
    });
  } finally {
    empty.remove();
  }
});
