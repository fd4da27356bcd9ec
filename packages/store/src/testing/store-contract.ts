/**
 * What every adapter of `Store` must do, as tests. An adapter's own test file calls `storeContract` with a way to open
 * it; what only that adapter promises (locks, files, faults of its disk) is tested there.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { CronRow, MqttPacketRow, Store, StoreOp, WorkerEventKind } from '../port.ts';
import { StoreAssertionError } from '../store-errors.ts';
import {
  attemptStartOp,
  eventOp,
  instanceRow,
  itemRow,
  journalEvent,
  ManualClock,
  outcomeOps,
  RELEASE,
  scheduleRow,
  START,
  startOps,
  transitionOp,
  transitionRow,
  waitRow,
} from './store-fixtures.ts';

export interface StoreHarness {
  /** Opens the store on the same data each time; the one before is closed. */
  open(clock: ManualClock): Promise<Store>;
  /** Removes all of it. */
  remove(): Promise<void>;
}

/** Declares the contract tests for one adapter. */
export function storeContract(adapter: string, makeHarness: () => StoreHarness): void {
  describe(`store contract: ${adapter}`, () => {
    let harness: StoreHarness;
    let clock: ManualClock;
    let store: Store;
    let at: number;

    beforeEach(async () => {
      harness = makeHarness();
      clock = new ManualClock();
      store = await harness.open(clock);
      at = START;
    });
    afterEach(async () => {
      await store.close();
      await harness.remove();
    });

    const commit = (...ops: readonly StoreOp[]) => store.commit({ at: ++at, ops });
    const reopen = async () => {
      await store.close();
      store = await harness.open(clock);
    };
    /** What a batch is refused with. A refused batch moves no counter. */
    const refusal = async (...ops: readonly StoreOp[]): Promise<unknown> => {
      const before = store.counters;
      const error = await commit(...ops).catch((reason: unknown) => reason);
      expect(store.counters).toEqual(before);
      return error;
    };
    const load = async (key: string) =>
      (await store.loadInstances([{ tenant: '', saga: 'order', key }]))[0] ?? null;

    describe('commits', () => {
      test('a new store counts from nothing, in its first epoch', () => {
        expect(store.counters).toMatchObject({
          seq: 0,
          instance: 0,
          item: 0,
          timeline: 1,
          epoch: 1,
        });
      });

      test('are numbered without gaps, also when empty', async () => {
        const first = await commit(eventOp(journalEvent(1)));
        const second = await commit();
        expect(first.lastSeq).toBe(1);
        expect(second).toMatchObject({ no: first.no + 1, lastSeq: 1 });
        expect(second.syncMs).toBeGreaterThan(0);
      });

      test('leave nothing behind when one of their ops is refused (R4.3)', async () => {
        expect(
          await refusal(
            ...startOps({ seq: 1, instance: 1, item: 1 }),
            transitionOp(transitionRow(1, 7, 1, {}), { saga: 'other' }),
          ),
        ).toBeInstanceOf(StoreAssertionError);
        expect(await store.readEvents([1])).toEqual([]);
        expect(await load('order-1')).toBeNull();
        expect(await store.itemsOf(1)).toEqual([]);
        expect(await store.findMarks(marksOf(startOps({ seq: 1, instance: 1, item: 1 })))).toEqual(
          [],
        );
        await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
        expect((await load('order-1'))?.row.version).toBe(1);
      });

      test('never go back in time', async () => {
        await commit(eventOp(journalEvent(1)));
        await expect(store.commit({ at: START, ops: [] })).rejects.toBeInstanceOf(
          StoreAssertionError,
        );
      });

      test('go on where numbering stood after a reopen, in the next epoch, not before the last time', async () => {
        await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
        at = START + 5_000_000;
        const instance = instanceRow(1);
        await commit(
          { op: 'schedule.set', row: scheduleRow(4, instance, 'tick', START) },
          { op: 'wait.open', row: waitRow(6, instance, 'ready') },
          { op: 'quarantine', row: quarantineRow(9) },
          { op: 'mqtt.owe', id: 12, client: 'c', packet: packet('t') },
        );
        await commit(
          { op: 'schedule.remove', id: 4 },
          { op: 'mqtt.owed.done', id: 12, client: 'c' },
        );
        const before = store.counters;
        await reopen();
        // Ids of rows that are gone are not used again: event ids are derived from them.
        expect(store.counters).toEqual({ ...before, epoch: before.epoch + 1 });
        expect(store.counters).toMatchObject({ schedule: 4, wait: 6, quarantine: 9, owed: 12, at });
      });
    });

    describe('the journal', () => {
      test('gives back each event as it was, whatever is absent or strange in it', async () => {
        const bare = journalEvent(1, { correlationId: null });
        const full = journalEvent(2, {
          tenant: 'näher & co',
          stream: 'CONTROL_EVENTS',
          source: 'https://example.org/a?b=1',
          id: 'ünïcode 😀',
          subject: 'subject',
          time: '2026-11-21T00:00:00Z',
          dataSchema: 'https://example.org/schema',
          data: '{"text":"\\u0001 é 😀"}',
          causationId: 'cause',
          traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
          extensions: '{"a":"b"}',
        });
        await commit(eventOp(bare), eventOp(full));
        expect(await store.readEvents([2, 1, 3])).toEqual([full, bare]);
      });

      test('is dense: a gap, a repeat and a step back are refused', async () => {
        await commit(eventOp(journalEvent(1)));
        expect(await refusal(eventOp(journalEvent(3)))).toBeInstanceOf(StoreAssertionError);
        expect(await refusal(eventOp(journalEvent(1, { id: 'other' })))).toBeInstanceOf(
          StoreAssertionError,
        );
        expect(
          await refusal(eventOp(journalEvent(2)), eventOp(journalEvent(2, { id: 'other' }))),
        ).toBeInstanceOf(StoreAssertionError);
      });

      test('finds dedupe marks with the first position and the hash of the content, months later too', async () => {
        const month = 31 * 24 * 3600 * 1_000_000;
        const first = eventOp(journalEvent(1));
        const second = eventOp(journalEvent(2, { receivedAt: START + 2 * month }));
        await commit(first, second);
        await reopen();
        const marks = [...marksOf([first, second]), '00'.repeat(16)];
        expect(await store.findMarks(marks)).toEqual([
          { mark: marks[0], seq: 1, content: first.content },
          { mark: marks[1], seq: 2, content: second.content },
        ]);
      });

      test('refuses the same mark twice within a partition', async () => {
        const op = eventOp(journalEvent(1));
        await commit(op);
        expect(await refusal({ ...op, event: journalEvent(2) })).toBeInstanceOf(
          StoreAssertionError,
        );
      });

      test('an event without a mark is journaled and never found as a repeat', async () => {
        const op = eventOp(journalEvent(1));
        await commit({ ...op, mark: null, content: null });
        expect(await store.findMarks(marksOf([op]))).toEqual([]);
      });
    });

    describe('instances and transitions', () => {
      test('an instance made and decided in one commit stands at version 1', async () => {
        await commit(
          eventOp(journalEvent(1)),
          {
            op: 'instance.create',
            row: instanceRow(1, { traceparent: 'tp', correlationId: null }),
          },
          transitionOp(transitionRow(1, 1, 1), { status: 'waiting', undo: '[{"step":"a"}]' }),
        );
        expect(await load('order-1')).toEqual({
          row: instanceRow(1, {
            version: 1,
            status: 'waiting',
            undo: '[{"step":"a"}]',
            updatedAt: START + 1,
            traceparent: 'tp',
            correlationId: null,
          }),
          state: '{"version":1}',
          openWaits: [],
          schedules: [],
        });
      });

      test('an instance made in one commit and decided in the next ends the same', async () => {
        await commit(eventOp(journalEvent(1)), { op: 'instance.create', row: instanceRow(1) });
        expect(await load('order-1')).toMatchObject({ row: { version: 0 }, state: null });
        await commit(transitionOp(transitionRow(1, 1, 1), { status: 'waiting' }));
        expect(await load('order-1')).toMatchObject({
          row: { version: 1, status: 'waiting', updatedAt: START + 1 },
          state: '{"version":1}',
        });
      });

      test('several decisions of one commit apply in order', async () => {
        await commit(
          ...startOps({ seq: 1, instance: 1, item: 1 }),
          ...outcomeOps({ seq: 2, instance: 1, item: 1, attempt: 1 }),
          transitionOp(transitionRow(1, 2, 2), { status: 'completed', result: '{"ok":true}' }),
        );
        expect(await load('order-1')).toMatchObject({
          row: { version: 2, status: 'completed', result: '{"ok":true}' },
          state: '{"version":2}',
        });
      });

      test('a status between creation and first decision does not outlive the decision', async () => {
        await commit(
          eventOp(journalEvent(1)),
          { op: 'instance.create', row: instanceRow(1) },
          {
            op: 'instance.status',
            instanceId: 1,
            status: 'blocked',
            blockedBy: '{"code":"x"}',
            at: START,
          },
          transitionOp(transitionRow(1, 1, 1)),
        );
        expect((await load('order-1'))?.row).toMatchObject({ status: 'running', blockedBy: null });
        expect(await store.blockedInstances(10, 0)).toEqual([]);
      });

      test('decisions are read in order, a stretch at a time', async () => {
        await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
        for (const version of [2, 3]) {
          await commit(
            eventOp(journalEvent(version)),
            transitionOp(transitionRow(1, version, version)),
          );
        }
        const { seq, decision, state, seed, recordedAt } = transitionRow(1, 3, 3);
        expect(await store.decisionsOf(1, 2, 10)).toEqual([
          { version: 3, seq, decision, state, seed, recordedAt },
        ]);
        expect((await store.decisionsOf(1, 0, 2)).map(({ version }) => version)).toEqual([1, 2]);
        expect(await store.decisionsOf(9, 0, 2)).toEqual([]);
      });

      test('an instance is pinned to another release, and one that is not there is refused', async () => {
        await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
        const release = 'b'.repeat(64);
        const version = (await load('order-1'))?.row.version ?? -1;
        await commit({ op: 'instance.pin', instanceId: 1, version, release });
        expect((await load('order-1'))?.row.release).toBe(release);
        const later = { op: 'instance.pin' as const, instanceId: 1, version: version + 1, release };
        expect(await refusal(later)).toBeInstanceOf(StoreAssertionError);
        expect(await refusal({ ...later, instanceId: 9 })).toBeInstanceOf(StoreAssertionError);
      });

      test('a version that is not next is refused, before and after', async () => {
        await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
        expect(
          await refusal(eventOp(journalEvent(2)), transitionOp(transitionRow(1, 3, 2))),
        ).toBeInstanceOf(StoreAssertionError);
        expect(
          await refusal(eventOp(journalEvent(2)), transitionOp(transitionRow(1, 1, 2))),
        ).toBeInstanceOf(StoreAssertionError);
        expect(
          await refusal(eventOp(journalEvent(2)), transitionOp(transitionRow(2, 1, 2))),
        ).toBeInstanceOf(StoreAssertionError);
      });

      test('a repeated event makes no second transition of one saga, and one of each of two (R6.4)', async () => {
        await commit(
          ...startOps({ seq: 1, instance: 1, item: 1 }),
          { op: 'instance.create', row: instanceRow(2, { saga: 'stock' }) },
          transitionOp(transitionRow(2, 1, 1), { saga: 'stock' }),
        );
        expect(await refusal(transitionOp(transitionRow(1, 2, 1)))).toBeInstanceOf(
          StoreAssertionError,
        );
      });

      test('the latest run of a key is the one that is loaded; an earlier one is still there by id', async () => {
        await commit({
          op: 'instance.create',
          row: instanceRow(1, { key: 'k', status: 'completed' }),
        });
        await commit({ op: 'instance.create', row: instanceRow(2, { key: 'k', run: 2 }) });
        expect(
          await refusal({ op: 'instance.create', row: instanceRow(3, { key: 'k', run: 2 }) }),
        ).toBeInstanceOf(StoreAssertionError);
        expect((await load('k'))?.row.id).toBe(2);
        expect((await store.loadInstancesById([1, 7]))[0]?.row).toMatchObject({ id: 1, run: 1 });
        expect((await store.loadInstancesById([7]))[0]).toBeNull();
      });

      test('instances of two tenants with one saga and key are two', async () => {
        await commit(
          { op: 'instance.create', row: instanceRow(1, { key: 'k', tenant: 'a' }) },
          { op: 'instance.create', row: instanceRow(2, { key: 'k', tenant: 'b' }) },
        );
        const found = await store.loadInstances([
          { tenant: 'b', saga: 'order', key: 'k' },
          { tenant: 'c', saga: 'order', key: 'k' },
          { tenant: 'a', saga: 'order', key: 'k' },
        ]);
        expect(found.map((one) => one?.row.id ?? null)).toEqual([2, null, 1]);
      });

      test('a child knows who asked for it', async () => {
        const parent = { instanceId: 1, saga: 'order', key: 'order-1', run: 1, step: 'child#1' };
        await commit(
          { op: 'instance.create', row: instanceRow(1) },
          { op: 'instance.create', row: instanceRow(2, { saga: 'part', parent }) },
        );
        const [child] = await store.loadInstancesById([2]);
        expect(child?.row.parent).toEqual(parent);
      });

      test('blocked instances are listed until unblocked', async () => {
        for (let id = 1; id <= 4; id++)
          await commit({ op: 'instance.create', row: instanceRow(id) });
        const block = (instanceId: number) =>
          commit({
            op: 'instance.status',
            instanceId,
            status: 'blocked',
            blockedBy: '{"code":"program.failed"}',
            at,
          });
        await block(2);
        await block(3);
        await block(4);
        await commit({
          op: 'instance.status',
          instanceId: 3,
          status: 'running',
          blockedBy: null,
          at,
        });
        expect((await store.blockedInstances(10, 0)).map((row) => row.id)).toEqual([2, 4]);
        expect((await store.blockedInstances(1, 2)).map((row) => row.id)).toEqual([4]);
        expect((await store.blockedInstances(10, 0))[0]?.blockedBy).toBe(
          '{"code":"program.failed"}',
        );
        expect(
          await refusal({
            op: 'instance.status',
            instanceId: 9,
            status: 'running',
            blockedBy: null,
            at,
          }),
        ).toBeInstanceOf(StoreAssertionError);
      });

      test('a decision of a blocked instance unblocks it', async () => {
        await commit(eventOp(journalEvent(1)), {
          op: 'instance.create',
          row: instanceRow(1, { status: 'blocked', blockedBy: '{"code":"x"}' }),
        });
        expect((await store.blockedInstances(10, 0)).length).toBe(1);
        await commit(transitionOp(transitionRow(1, 1, 1)));
        expect(await store.blockedInstances(10, 0)).toEqual([]);
        expect((await load('order-1'))?.row.blockedBy).toBeNull();
      });
    });

    describe('the outbox', () => {
      const instance = instanceRow(1, { correlationId: 'corr' });
      const begin = () => commit({ op: 'instance.create', row: instance });

      test('an item is the same whether it is started by the commit that adds it or by the next', async () => {
        await begin();
        await commit(
          { op: 'item.add', row: itemRow(1, instance, 'a#1') },
          attemptStartOp(1, 1, START + 9),
        );
        await commit({ op: 'item.add', row: itemRow(2, instance, 'b#2') });
        await commit(attemptStartOp(2, 1, START + 9));
        const expected = {
          attempts: 1,
          firstAttemptAt: START + 9,
          state: 'leased',
          leaseUntil: START + 30_000_009,
        } as const;
        expect(await store.itemsOf(1)).toEqual([
          itemRow(1, instance, 'a#1', expected),
          itemRow(2, instance, 'b#2', expected),
        ]);
      });

      test('tries are numbered, and the first one keeps its time', async () => {
        await begin();
        await commit({ op: 'item.add', row: itemRow(1, instance, 'a#1') });
        expect(await refusal(attemptStartOp(1, 2))).toBeInstanceOf(StoreAssertionError);
        await commit(attemptStartOp(1, 1, START + 5));
        expect(await refusal(attemptStartOp(1, 2))).toBeInstanceOf(StoreAssertionError);
        await commit(
          {
            op: 'attempt.end',
            itemId: 1,
            no: 1,
            at,
            outcome: 'in_doubt',
            error: '{"code":"timeout"}',
          },
          { op: 'item.retry', itemId: 1, dueAt: START + 100, doubtful: true, spared: 0 },
        );
        await commit(attemptStartOp(1, 2, START + 100));
        await commit(
          { op: 'attempt.end', itemId: 1, no: 2, at, outcome: 'not_done', error: null },
          { op: 'item.retry', itemId: 1, dueAt: START + 200, doubtful: false, spared: 1 },
        );
        expect((await store.itemsOf(1))[0]).toMatchObject({
          attempts: 2,
          firstAttemptAt: START + 5,
          state: 'pending',
          dueAt: START + 200,
          leaseUntil: null,
          // The engine says when doubt is settled, and which tries do not count.
          doubtful: false,
          spared: 1,
        });
      });

      test('a try that was never started cannot end, and none ends twice', async () => {
        await begin();
        await commit({ op: 'item.add', row: itemRow(1, instance, 'a#1') }, attemptStartOp(1, 1));
        const end = {
          op: 'attempt.end',
          itemId: 1,
          no: 1,
          at: START,
          outcome: 'lost',
          error: null,
        } as const;
        expect(await refusal({ ...end, no: 2 })).toBeInstanceOf(StoreAssertionError);
        expect(await refusal({ ...end, itemId: 2 })).toBeInstanceOf(StoreAssertionError);
        await commit(end);
        expect(await refusal(end)).toBeInstanceOf(StoreAssertionError);
      });

      test('an item is settled once, only by a commit that journals its outcome (I3)', async () => {
        await begin();
        await commit({ op: 'item.add', row: itemRow(1, instance, 'a#1') }, attemptStartOp(1, 1));
        const settle = {
          op: 'item.settle',
          itemId: 1,
          outcome: 'succeeded',
          outcomeSeq: 1,
        } as const;
        expect(await refusal(settle)).toBeInstanceOf(StoreAssertionError);
        await commit(settle, eventOp(journalEvent(1), 1));
        expect(
          await refusal(eventOp(journalEvent(2), 1), { ...settle, outcomeSeq: 2 }),
        ).toBeInstanceOf(StoreAssertionError);
        expect(await refusal({ ...settle, outcomeSeq: 1 })).toBeInstanceOf(StoreAssertionError);
        expect(
          await refusal({ op: 'item.retry', itemId: 1, dueAt: START, doubtful: false, spared: 0 }),
        ).toBeInstanceOf(StoreAssertionError);
        expect(await refusal({ op: 'item.hold', itemId: 1, doubtful: false })).toBeInstanceOf(
          StoreAssertionError,
        );
        expect(await refusal(attemptStartOp(1, 2))).toBeInstanceOf(StoreAssertionError);
        expect((await store.itemsOf(1))[0]?.state).toBe('settled');
        expect(await unsettledIds()).toEqual([]);
      });

      test('a held item waits for a person, and can go back', async () => {
        await begin();
        await commit({ op: 'item.add', row: itemRow(1, instance, 'a#1') }, attemptStartOp(1, 1));
        await commit({ op: 'item.hold', itemId: 1, doubtful: true });
        expect((await store.itemsOf(1))[0]).toMatchObject({
          state: 'held',
          doubtful: true,
          leaseUntil: null,
        });
        expect(await store.nextItemDue()).toBeNull();
        await commit({ op: 'item.retry', itemId: 1, dueAt: START + 7, doubtful: false, spared: 0 });
        expect(await store.nextItemDue()).toBe(START + 7);
      });

      test('one step of a run has one command', async () => {
        await begin();
        await commit({ op: 'item.add', row: itemRow(1, instance, 'a#1') });
        expect(await refusal({ op: 'item.add', row: itemRow(2, instance, 'a#1') })).toBeInstanceOf(
          StoreAssertionError,
        );
      });

      test('what is unsettled comes in order of due time and id, and their ids in order of id', async () => {
        await begin();
        const due = [50, 10, 30, 10, 20, 40];
        await commit(
          ...due.map((time, i) => ({
            op: 'item.add' as const,
            row: itemRow(i + 1, instance, `s#${i}`, { dueAt: START + time }),
          })),
        );
        await commit(attemptStartOp(3, 1));
        expect(await unsettledIds(['pending', 'leased'])).toEqual([2, 4, 5, 3, 6, 1]);
        expect(await unsettledIds(['pending'])).toEqual([2, 4, 5, 6, 1]);
        expect(await unsettledIds(['leased'])).toEqual([3]);
        expect(await unsettledIds(['pending'], START + 20)).toEqual([2, 4, 5]);
        expect(await store.unsettledIds('pending')).toEqual([1, 2, 4, 5, 6]);
        expect(await store.unsettledIds('leased')).toEqual([3]);
        expect(await store.unsettledIds('held')).toEqual([]);
        expect(await store.nextItemDue()).toBe(START + 10);
      });

      test('an item is found by its command among thousands, settled or not', async () => {
        await begin();
        const rows = Array.from({ length: 3000 }, (_, i) => itemRow(i + 1, instance, `s#${i}`));
        await commit(...rows.map((row) => ({ op: 'item.add' as const, row })));
        for (const row of [rows[0], rows[1023], rows[1024], rows[2999]]) {
          expect(await store.itemByCommand(row?.commandId ?? '')).toEqual(row);
        }
        expect(await store.itemByCommand('00'.repeat(16))).toBeNull();
      });

      test('items are found by id in the order asked, settled or not', async () => {
        await begin();
        const rows = [1, 2, 3].map((id) => itemRow(id, instance, `s#${id}`));
        await commit(...rows.map((row) => ({ op: 'item.add' as const, row })));
        expect(await store.itemsById([3, 9, 1])).toEqual([rows[2], null, rows[0]]);
      });

      const unsettledIds = async (
        states: readonly ('pending' | 'leased' | 'held')[] = ['pending', 'leased', 'held'],
        dueBefore: number | null = null,
      ) => (await store.unsettledItems({ states, dueBefore, limit: 100 })).map((row) => row.id);
    });

    describe('schedules and waits', () => {
      const instance = instanceRow(1);
      beforeEach(() => commit({ op: 'instance.create', row: instance }));

      test('setting a name again replaces it, and removing one that is gone is no fault', async () => {
        await commit({ op: 'schedule.set', row: scheduleRow(1, instance, 'tick', START + 10) });
        await commit({ op: 'schedule.set', row: scheduleRow(2, instance, 'tick', START + 20) });
        const replaced = scheduleRow(2, instance, 'tick', START + 20);
        expect(await store.dueSchedules(START + 100, 10)).toEqual([replaced]);
        await commit({ op: 'schedule.remove', id: 1 });
        expect((await load('order-1'))?.schedules).toEqual([replaced]);
        await commit({ op: 'schedule.remove', id: 2 });
        expect(await store.nextScheduleDue()).toBeNull();
      });

      test('only what is due is due, earliest first (R4.3)', async () => {
        await commit(
          ...[30, 10, 20].map((time, i) => ({
            op: 'schedule.set' as const,
            row: scheduleRow(i + 1, instance, `t${i}`, START + time),
          })),
        );
        expect((await store.dueSchedules(START + 20, 10)).map((row) => row.id)).toEqual([2, 3]);
        expect((await store.dueSchedules(START + 30, 1)).map((row) => row.id)).toEqual([2]);
        expect(await store.nextScheduleDue()).toBe(START + 10);
      });

      test('a wait closes once; whoever comes later learns so', async () => {
        const wait = waitRow(1, instance, 'ready', {
          expiresAt: START + 50,
          definition: 'kitchen',
        });
        await commit({ op: 'wait.open', row: wait });
        expect(await store.findWait({ tokenHash: wait.tokenHash })).toEqual(wait);
        expect((await load('order-1'))?.openWaits).toEqual([wait]);
        await commit({ op: 'wait.close', id: 1, state: 'completed', at });
        expect(await refusal({ op: 'wait.close', id: 1, state: 'expired', at })).toBeInstanceOf(
          StoreAssertionError,
        );
        expect(await store.findWait({ tokenHash: wait.tokenHash })).toMatchObject({
          state: 'completed',
        });
        expect((await load('order-1'))?.openWaits).toEqual([]);
        expect(await store.findWait({ tokenHash: '00'.repeat(32) })).toBeNull();
      });

      test('by name the open wait is found, else the latest', async () => {
        await commit(
          { op: 'wait.open', row: waitRow(1, instance, 'ready') },
          { op: 'wait.close', id: 1, state: 'completed', at },
        );
        expect(await store.findWait({ instanceId: 1, name: 'ready' })).toMatchObject({
          id: 1,
          state: 'completed',
        });
        await commit({
          op: 'wait.open',
          row: waitRow(2, instance, 'ready', { tokenHash: 'ab'.repeat(32) }),
        });
        expect(await store.findWait({ instanceId: 1, name: 'ready' })).toMatchObject({
          id: 2,
          state: 'open',
        });
        expect(await store.findWait({ instanceId: 1, name: 'other' })).toBeNull();
      });
    });

    describe('cron triggers and the clock', () => {
      const nightly: CronRow = {
        app: 'shop',
        name: 'nightly',
        tenant: 'north',
        cron: '0 7 * * *',
        zone: 'Europe/Berlin',
        missed: 'once',
        type: 'report.due',
        data: '{"for":"{scheduledAt}"}',
        nextAt: START + 100,
        lastAt: null,
      };

      test('a trigger is kept, moved by a firing or past one, and removed', async () => {
        const hourly = { ...nightly, name: 'hourly', missed: 'skip' as const };
        await commit({ op: 'cron.set', row: nightly }, { op: 'cron.set', row: hourly });
        const move = { op: 'cron.move', app: 'shop', from: START + 100, to: START + 200 } as const;
        await commit(
          { ...move, name: 'nightly', fired: true },
          { ...move, name: 'hourly', fired: false },
        );
        await reopen();
        expect(await store.cronTriggers()).toEqual([
          { ...hourly, nextAt: START + 200 },
          { ...nightly, nextAt: START + 200, lastAt: START + 100 },
        ]);
        const changed = { ...nightly, cron: '0 8 * * *', nextAt: START + 300 };
        await commit(
          { op: 'cron.set', row: changed },
          { op: 'cron.remove', app: 'shop', name: 'hourly' },
          { op: 'cron.remove', app: 'shop', name: 'hourly' },
        );
        expect(await store.cronTriggers()).toEqual([changed]);
      });

      test('a trigger moves only from where it stands (I8)', async () => {
        await commit({ op: 'cron.set', row: nightly });
        const move = { op: 'cron.move', app: 'shop', name: 'nightly', fired: true } as const;
        await commit({ ...move, from: START + 100, to: START + 200 });
        const again = { ...move, from: START + 100, to: START + 200 };
        expect(await refusal(eventOp(journalEvent(1)), again)).toBeInstanceOf(StoreAssertionError);
        expect(store.counters.seq).toBe(0);
        expect((await store.cronTriggers())[0]?.nextAt).toBe(START + 200);
      });

      test('the last mark of the clock is kept', async () => {
        expect(await store.clockMark()).toBeNull();
        await commit({ op: 'clock.mark', mark: { boot: 'a', ahead: 5, held: 0 } });
        const mark = { boot: 'b', ahead: -7, held: 9 };
        await commit({ op: 'clock.mark', mark });
        await reopen();
        expect(await store.clockMark()).toEqual(mark);
      });

      test('what is due is counted no further than asked', async () => {
        const instance = instanceRow(1);
        await commit(
          { op: 'instance.create', row: instance },
          ...[10, 20, 30].map((time, i) => ({
            op: 'schedule.set' as const,
            row: scheduleRow(i + 1, instance, `t${i}`, START + time),
          })),
        );
        expect(await store.countDueSchedules(START + 20, 10)).toBe(2);
        expect(await store.countDueSchedules(START + 30, 2)).toBe(2);
        expect(await store.countDueSchedules(START, 10)).toBe(0);
      });

      test('a start is recorded at the time of the commit before it: whether the wall is believed is not the store’s to say', async () => {
        await commit({ op: 'cron.set', row: nightly });
        clock.advance(3_600_000);
        await reopen();
        expect(store.counters.at).toBe(at);
      });
    });

    describe('consumers', () => {
      test('what a saga has not consumed: its types and what is addressed to it, in order, without what it dealt with', async () => {
        await commit(
          eventOp(journalEvent(1)),
          { op: 'instance.create', row: instanceRow(1) },
          transitionOp(transitionRow(1, 1, 1)),
          eventOp(journalEvent(2, { type: 'other.type' })),
          eventOp(journalEvent(3)),
          {
            op: 'disposition',
            seq: 3,
            saga: 'order',
            status: 'ignored',
            reason: 'there is one',
            instanceId: 1,
          },
          eventOp(journalEvent(4, { stream: 'WORKFLOW_EVENTS', type: 'effect.succeeded' }), 1),
          eventOp(journalEvent(5, { type: 'order.changed' })),
          eventOp(journalEvent(6, { stream: 'WORKFLOW_EVENTS', type: 'order.placed' })),
          eventOp(journalEvent(7, { tenant: 'other' })),
          eventOp(journalEvent(8)),
        );
        const query = {
          saga: 'order',
          tenant: '',
          types: ['order.placed', 'order.changed'],
          after: 0,
          limit: 10,
        };
        const rest = await store.unconsumed(query);
        expect(rest.map(({ event, target }) => [event.seq, target])).toEqual([
          [4, 1],
          [5, null],
          [8, null],
        ]);
        expect(
          (await store.unconsumed({ ...query, after: 4, limit: 1 })).map(({ event }) => event.seq),
        ).toEqual([5]);
        const newcomer = await store.unconsumed({
          ...query,
          saga: 'newcomer',
          types: ['order.placed'],
        });
        expect(newcomer.map(({ event }) => event.seq)).toEqual([1, 3, 8]);
        expect(await store.unconsumed({ ...query, tenant: 'nobody' })).toEqual([]);
        expect([...(await store.tenantsWithEvents(0))].toSorted()).toEqual(['', 'other']);
        expect(await store.tenantsWithEvents(7)).toEqual(['']);
        expect(await store.tenantsWithEvents(8)).toEqual([]);
      });

      test('what a saga has not consumed: starts, next runs and cancellations that its name stands in', async () => {
        const addressed = (seq: number, type: string, subject: string) =>
          eventOp(journalEvent(seq, { stream: 'WORKFLOW_EVENTS', type, subject }));
        await commit(
          addressed(1, 'child.start', 'order/a'),
          addressed(2, 'child.start', 'order-line/a'),
          addressed(3, 'saga.continued', 'order/b'),
          addressed(4, 'saga.completed', 'order/c'),
          addressed(5, 'saga.cancel', 'order/a'),
          addressed(6, 'child.start', 'order/d'),
          {
            op: 'disposition',
            seq: 6,
            saga: 'order',
            status: 'ignored',
            reason: 'there is one',
            instanceId: null,
          },
        );
        const query = { saga: 'order', tenant: '', types: [], after: 0, limit: 10 };
        const rest = await store.unconsumed(query);
        expect(rest.map(({ event }) => event.seq)).toEqual([1, 3, 5]);
      });

      test('a later disposition of an event takes the place of the earlier', async () => {
        await commit(eventOp(journalEvent(1)), { op: 'instance.create', row: instanceRow(1) });
        await commit({
          op: 'disposition',
          seq: 1,
          saga: 'order',
          status: 'parked',
          reason: 'blocked',
          instanceId: 1,
        });
        await commit({
          op: 'disposition',
          seq: 1,
          saga: 'order',
          status: 'quarantined',
          reason: 'no',
          instanceId: 1,
        });
        expect(
          await store.unconsumed({
            saga: 'order',
            tenant: '',
            types: ['order.placed'],
            after: 0,
            limit: 9,
          }),
        ).toEqual([]);
      });

      test('checkpoints are per saga and tenant', async () => {
        await commit({ op: 'checkpoint', saga: 'order', tenant: '', seq: 3 });
        await commit(
          { op: 'checkpoint', saga: 'order', tenant: '', seq: 5 },
          { op: 'checkpoint', saga: 'order', tenant: 'a', seq: 2 },
        );
        await reopen();
        expect([...(await store.checkpoints())].toSorted((a, b) => a.seq - b.seq)).toEqual([
          { saga: 'order', tenant: 'a', seq: 2 },
          { saga: 'order', tenant: '', seq: 5 },
        ]);
      });

      test('parked events are kept in order and taken up once (I9)', async () => {
        await commit(
          ...[1, 2, 3].map((id) => ({ op: 'instance.create' as const, row: instanceRow(id) })),
          { op: 'instance.status', instanceId: 1, status: 'blocked', blockedBy: '{}', at },
          ...[3, 1, 2].map((seq) => ({ op: 'park' as const, instanceId: 1, seq, saga: 'order' })),
          { op: 'park', instanceId: 2, seq: 4, saga: 'order' },
        );
        expect(await store.parked(1, 2)).toEqual([1, 2]);
        expect(await store.hasParked([1, 2, 3])).toEqual([1, 2]);
        expect(await store.strandedInstances(10)).toEqual([2]);
        await commit({ op: 'unpark', instanceId: 1, seq: 1 });
        expect(await refusal({ op: 'unpark', instanceId: 1, seq: 1 })).toBeInstanceOf(
          StoreAssertionError,
        );
        expect(await store.parked(1, 10)).toEqual([2, 3]);
      });
    });

    describe("operators' acts", () => {
      const resolution = {
        state: 'discarded',
        at: START + 2,
        by: 'k1',
        reason: 'a test device',
        seq: null,
      } as const;

      test('an entry of the quarantine is resolved once, by a row of its own (I7)', async () => {
        await commit({ op: 'quarantine', row: quarantineRow(1) });
        expect(await store.quarantineEntry(1)).toMatchObject({
          row: { id: 1, code: 'event.not_json', head: null },
          resolution: null,
        });
        await commit({ op: 'quarantine.resolve', id: 1, resolution });
        await reopen();
        expect(await store.quarantineEntry(1)).toMatchObject({
          row: { id: 1, reason: 'not JSON' },
          resolution,
        });
        const again = { ...resolution, state: 'redriven', seq: 1 } as const;
        expect(
          await refusal({ op: 'quarantine.resolve', id: 1, resolution: again }),
        ).toBeInstanceOf(StoreAssertionError);
        expect(await refusal({ op: 'quarantine.resolve', id: 7, resolution })).toBeInstanceOf(
          StoreAssertionError,
        );
        expect(await store.quarantineEntry(7)).toBeNull();
      });

      test('a selection is of one tenant, by type, position, time and list', async () => {
        const placed = (seq: number, more: Partial<ReturnType<typeof journalEvent>> = {}) =>
          eventOp({ ...journalEvent(seq), ...more });
        await commit(
          placed(1, { receivedAt: START }),
          placed(2, { receivedAt: START + 10 }),
          placed(3, { tenant: 'other' }),
          placed(4, { type: 'order.changed', receivedAt: START + 20 }),
          placed(5, { stream: 'WORKFLOW_EVENTS' }),
          placed(6, { receivedAt: START + 30 }),
        );
        const all = {
          types: ['order.placed', 'order.changed', 'never'],
          fromSeq: 1,
          toSeq: 9,
          fromTime: null,
          toTime: null,
          seqs: null,
        };
        const chosen = async (change: Partial<typeof all | { seqs: number[] }>, after = 0) => {
          const selection = { ...all, ...change } as typeof all;
          const events = await store.selectEvents({ tenant: '', selection, after, limit: 10 });
          const count = await store.countEvents({ tenant: '', selection, low: after + 1, high: 9 });
          expect(count).toBe(events.length);
          return events.map(({ seq }) => seq);
        };
        expect(await chosen({})).toEqual([1, 2, 4, 6]);
        expect(await chosen({}, 2)).toEqual([4, 6]);
        expect(await chosen({ types: ['order.changed'] })).toEqual([4]);
        expect(await chosen({ fromSeq: 2, toSeq: 4 })).toEqual([2, 4]);
        expect(await chosen({ seqs: [1, 3, 4, 5, 6] })).toEqual([1, 4, 6]);
        const timed = { ...all, fromTime: START + 10, toTime: START + 20 };
        const found = await store.selectEvents({
          tenant: '',
          selection: timed,
          after: 0,
          limit: 1,
        });
        expect(found.map(({ seq }) => seq)).toEqual([2]);
        expect(await store.countEvents({ tenant: '', selection: timed, low: 1, high: 9 })).toBe(2);
        expect(
          await store.selectEvents({ tenant: 'nobody', selection: all, after: 0, limit: 10 }),
        ).toEqual([]);
      });

      test('a reprocess knows where it stands, and only goes forward', async () => {
        await commit(eventOp(journalEvent(1)), eventOp(journalEvent(2)));
        const row = {
          id: 2,
          tenant: '',
          saga: 'order',
          selection: '{}',
          upTo: 1,
          total: 1,
          position: 0,
          done: 0,
          at: START,
          endedAt: null,
          by: 'k1',
          reason: 'why',
        };
        await commit({ op: 'reprocess.open', row });
        expect(await store.openReprocesses()).toEqual([row]);
        await commit({ op: 'reprocess.advance', id: 2, position: 1 });
        expect(await refusal({ op: 'reprocess.advance', id: 2, position: 1 })).toBeInstanceOf(
          StoreAssertionError,
        );
        await reopen();
        expect(await store.openReprocesses()).toEqual([{ ...row, position: 1, done: 1 }]);
        await commit({ op: 'reprocess.end', id: 2, at: START + 5 });
        expect(await store.openReprocesses()).toEqual([]);
        expect(await store.reprocess(2)).toMatchObject({ done: 1, endedAt: START + 5 });
        expect(await store.reprocess(1)).toBeNull();
        expect(await refusal({ op: 'reprocess.end', id: 2, at: START })).toBeInstanceOf(
          StoreAssertionError,
        );
      });

      test('effects that were tried, and the runs that took an event', async () => {
        await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
        await commit({ op: 'item.add', row: itemRow(2, instanceRow(1), 'never tried') });
        expect(await store.triedEffects([1, 9])).toMatchObject([
          { instanceId: 1, outcome: null, attempts: 1, undoes: null },
        ]);
        await commit(...outcomeOps({ seq: 2, instance: 1, item: 1, attempt: 1 }));
        expect(await store.triedEffects([1])).toMatchObject([{ outcome: 'succeeded' }]);
        expect(await store.runsTaking('order', [1, 2])).toEqual([1]);
        expect(await store.runsTaking('other', [1])).toEqual([]);
      });

      test('counts of deliveries are kept until forgotten; each start knows where it began', async () => {
        await commit(
          { op: 'delivery.count', saga: 'order', seq: 4, count: 2 },
          { op: 'delivery.count', saga: 'order', seq: 3, count: 2 },
        );
        await commit({ op: 'delivery.count', saga: 'order', seq: 4, count: 3 });
        expect(await store.deliveries()).toEqual([
          { saga: 'order', seq: 3, count: 2 },
          { saga: 'order', seq: 4, count: 3 },
        ]);
        await commit({ op: 'delivery.forget', saga: 'order', seq: 3 }, eventOp(journalEvent(1)));
        await reopen();
        expect(await store.deliveries()).toEqual([{ saga: 'order', seq: 4, count: 3 }]);
        await commit(eventOp(journalEvent(2)), eventOp(journalEvent(3)));
        await reopen();
        expect(await store.seqAtEpoch(1)).toBe(0);
        expect(await store.seqAtEpoch(2)).toBe(1);
        expect(await store.seqAtEpoch(3)).toBe(3);
        expect(await store.seqAtEpoch(4)).toBeNull();
      });
    });

    describe('releases and keys', () => {
      const other = 'ab'.repeat(32);
      const activation = (digest: string) => ({
        op: 'release.activate' as const,
        app: 'restaurant',
        digest,
        act: 'activated' as const,
        at,
        by: 'local',
        reason: null,
      });
      const pointer = async () =>
        (await store.releases()).map(({ digest, active, previous }) => ({
          digest,
          active,
          previous,
        }));
      const since = async () =>
        (await store.releases()).map(({ digest, activeSince }) => [digest, activeSince]);

      test('activation swaps the pointer and remembers the way back', async () => {
        const register = (digest: string) =>
          commit({
            op: 'release.register',
            digest,
            app: 'restaurant',
            manifest: `{"d":"${digest}"}`,
            at,
            by: 'local',
          });
        const activate = (digest: string, when = at) => commit({ ...activation(digest), at: when });
        await register(RELEASE);
        await register(RELEASE);
        await register(other);
        expect(await pointer()).toEqual([
          { digest: RELEASE, active: false, previous: false },
          { digest: other, active: false, previous: false },
        ]);
        await activate(RELEASE);
        await activate(other);
        expect(await pointer()).toEqual([
          { digest: RELEASE, active: false, previous: true },
          { digest: other, active: true, previous: false },
        ]);
        const when = at + 7;
        await activate(RELEASE, when);
        expect(await pointer()).toEqual([
          { digest: RELEASE, active: true, previous: false },
          { digest: other, active: false, previous: true },
        ]);
        expect(await since()).toEqual([
          [RELEASE, when],
          [other, null],
        ]);
        expect(await refusal({ ...activation(RELEASE), app: 'other' })).toBeInstanceOf(
          StoreAssertionError,
        );
        expect(await refusal(activation('cd'.repeat(32)))).toBeInstanceOf(StoreAssertionError);
      });

      test('an activation counts as rehearsed once that is on record', async () => {
        const rehearsed = async () =>
          (await store.releases()).map(({ digest, rehearsed }) => [digest, rehearsed]);
        for (const digest of [RELEASE, other]) {
          await commit({
            op: 'release.register',
            digest,
            app: 'restaurant',
            manifest: '{}',
            at,
            by: 'local',
          });
          await commit(activation(digest));
        }
        // Nothing could be in flight before the first.
        expect(await rehearsed()).toEqual([
          [RELEASE, true],
          [other, false],
        ]);
        const outcome = { at, moved: 2, stayed: 1, ended: 0 };
        await commit({ op: 'release.rehearsed', digest: other, ...outcome });
        expect(await rehearsed()).toEqual([
          [RELEASE, true],
          [other, true],
        ]);
        await commit(activation(RELEASE));
        expect(await rehearsed()).toEqual([
          [RELEASE, false],
          [other, true],
        ]);
        const unknown = { op: 'release.rehearsed' as const, digest: 'cd'.repeat(32), ...outcome };
        expect(await refusal(unknown)).toBeInstanceOf(StoreAssertionError);
      });

      test('what is pinned elsewhere is found page by page, across tenants', async () => {
        const pinned = (id: number, tenant: string, more: object = {}) => ({
          op: 'instance.create' as const,
          row: { ...instanceRow(id), tenant, key: `k${id}`, version: 0, ...more },
        });
        await commit(
          pinned(1, ''),
          pinned(2, 'a'),
          pinned(3, '', { release: other }),
          pinned(4, '', { app: 'elsewhere' }),
          pinned(5, 'a'),
          pinned(6, '', { status: 'completed' }),
          pinned(7, '', { status: 'blocked', blockedBy: '{}' }),
        );
        const app = instanceRow(1).app;
        const found: number[] = [];
        let after: string | null = null;
        let pages = 0;
        do {
          const page = await store.pinnedElsewhere({ app, release: other, after, limit: 2 });
          found.push(...page.instances.map(({ id }) => id));
          after = page.next;
          pages += 1;
        } while (after !== null && pages < 10);
        expect(found.toSorted((a, b) => a - b)).toEqual([1, 2, 5, 7]);
        expect(pages).toBeGreaterThan(2);
        const { instances } = await store.pinnedElsewhere({
          app,
          release: 'never seen',
          after: null,
          limit: 100,
        });
        expect(instances.find(({ id }) => id === 3)).toMatchObject({
          tenant: '',
          key: 'k3',
          run: 1,
          release: other,
        });
      });

      test('keys are kept as given and revoked once', async () => {
        const row = {
          id: 'k1',
          name: 'device',
          hash: 'ef'.repeat(32),
          tenant: 'a',
          scopes: ['publish', 'subscribe'],
          topics: ['a/#'],
          types: null,
          createdAt: START,
          expiresAt: START + 1,
          revokedAt: null,
        };
        await commit({ op: 'key.create', row });
        expect(await refusal({ op: 'key.create', row: { ...row, id: 'k2' } })).toBeInstanceOf(
          StoreAssertionError,
        );
        expect(await store.keys()).toEqual([row]);
        await commit({ op: 'key.revoke', id: 'k1', at: START + 5 });
        expect(await refusal({ op: 'key.revoke', id: 'k1', at: START + 6 })).toBeInstanceOf(
          StoreAssertionError,
        );
        expect(await store.keys()).toEqual([{ ...row, revokedAt: START + 5 }]);
      });
    });

    describe('the broker', () => {
      const snapshot = async () => {
        await reopen();
        return store.broker();
      };

      test('remembers retained messages, wills and subscriptions, replaced and removed', async () => {
        await commit(
          { op: 'mqtt.retain', packet: packet('a', [1]) },
          { op: 'mqtt.retain', packet: packet('b', []) },
          { op: 'mqtt.retain', packet: packet('a', [2, 0, 255]) },
          { op: 'mqtt.unretain', topic: 'b' },
          { op: 'mqtt.unretain', topic: 'never' },
          { op: 'mqtt.subscribe', client: 'c', filter: 'x/#', options: '{"qos":0}' },
          { op: 'mqtt.subscribe', client: 'c', filter: 'x/#', options: '{"qos":1}' },
          { op: 'mqtt.subscribe', client: 'c', filter: 'y', options: '{}' },
          { op: 'mqtt.unsubscribe', client: 'c', filter: 'y' },
          { op: 'mqtt.will', client: 'c', packet: packet('w') },
          { op: 'mqtt.will', client: 'd', packet: packet('w') },
          { op: 'mqtt.will.done', client: 'd' },
        );
        const found = await snapshot();
        expect(plain(found.retained)).toEqual(plain([packet('a', [2, 0, 255])]));
        expect(found.subscriptions).toEqual([{ client: 'c', filter: 'x/#', options: '{"qos":1}' }]);
        expect(found.wills.map(({ client }) => client)).toEqual(['c']);
      });

      test('remembers what is owed and what came in, in order, until done or forgotten', async () => {
        await commit(
          { op: 'mqtt.owe', id: 2, client: 'c', packet: packet('t2') },
          { op: 'mqtt.owe', id: 1, client: 'd', packet: packet('t1', []) },
          { op: 'mqtt.owe', id: 3, client: 'c', packet: packet('t3') },
          { op: 'mqtt.owed.update', id: 2, client: 'c', messageId: 77, phase: 'pubrel' },
          { op: 'mqtt.owed.update', id: 2, client: 'not his', messageId: 1, phase: 'publish' },
          { op: 'mqtt.owed.done', id: 3, client: 'c' },
          { op: 'mqtt.incoming', client: 'c', messageId: 5, packet: packet('q') },
          { op: 'mqtt.incoming', client: 'd', messageId: 5, packet: packet('q') },
          { op: 'mqtt.incoming.done', client: 'd', messageId: 5 },
          { op: 'mqtt.subscribe', client: 'c', filter: 'x', options: '{}' },
        );
        const found = await snapshot();
        expect(
          found.owed.map(({ id, client, messageId, phase }) => [id, client, messageId, phase]),
        ).toEqual([
          [1, 'd', null, 'publish'],
          [2, 'c', 77, 'pubrel'],
        ]);
        expect(found.incoming.map(({ client, messageId }) => [client, messageId])).toEqual([
          ['c', 5],
        ]);
        await commit({ op: 'mqtt.forget', client: 'c' });
        const left = await snapshot();
        expect(left.owed.map(({ id }) => id)).toEqual([1]);
        expect(left.incoming).toEqual([]);
        expect(left.subscriptions).toEqual([]);
      });
    });

    describe('workers', () => {
      const step = (worker: string, kind: WorkerEventKind, after: WorkerEventKind | null) =>
        ({
          op: 'worker.event',
          after,
          row: { at: START, worker, name: `${worker}-name`, kind, by: 'key', detail: '{"n":1}' },
        }) as const;

      test('each step in the life of a worker is kept, on condition of the one before', async () => {
        await commit(step('a', 'joined', null), step('b', 'joined', null));
        await commit(step('a', 'draining', 'joined'));
        expect(await refusal(step('a', 'left', 'joined'))).toBeInstanceOf(StoreAssertionError);
        expect(await refusal(step('a', 'joined', null))).toBeInstanceOf(StoreAssertionError);
        expect(await refusal(step('c', 'left', 'joined'))).toBeInstanceOf(StoreAssertionError);
        await commit(step('a', 'left', 'draining'));
        await reopen();
        expect((await store.workerEvents('a')).map(({ kind }) => kind)).toEqual([
          'joined',
          'draining',
          'left',
        ]);
        expect(await store.openWorkers()).toMatchObject([
          { worker: 'b', name: 'b-name', kind: 'joined', by: 'key', detail: '{"n":1}' },
        ]);
      });

      test('the last placement of a name stands, whichever worker had it', async () => {
        expect(await store.lastPlacement('a-name')).toBeNull();
        await commit(step('a', 'joined', null), step('a', 'placed', 'joined'));
        await commit(step('a', 'left', 'placed'));
        expect(await store.lastPlacement('a-name')).toMatchObject({ worker: 'a', kind: 'placed' });
      });

      test('an attempt says which worker made it, and how it ended', async () => {
        expect(await store.attempt(1, 1)).toBeNull();
        const ops = startOps({ seq: 1, instance: 1, item: 1 });
        await commit(
          ...ops.map((op) => (op.op === 'attempt.start' ? { ...op, worker: 'w_1' } : op)),
        );
        expect(await store.attempt(1, 1)).toEqual({
          mode: 'call',
          at: START,
          worker: 'w_1',
          release: RELEASE,
          outcome: null,
          errorCode: null,
        });
        const error = '{"code":"lease.lost","message":"silent"}';
        await commit(
          { op: 'attempt.end', itemId: 1, no: 1, at: START, outcome: 'lost', error },
          { op: 'item.retry', itemId: 1, dueAt: START, doubtful: true, spared: 0 },
          attemptStartOp(1, 2),
        );
        await reopen();
        expect(await store.attempt(1, 1)).toMatchObject({
          outcome: 'lost',
          errorCode: 'lease.lost',
        });
        expect(await store.attempt(1, 2)).toMatchObject({ worker: null, outcome: null });
      });
    });

    test('the log can be moved while the store is used, and loses nothing', async () => {
      await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
      expect(store.walUsed()).toBeGreaterThan(0);
      await store.checkpointWal('passive');
      expect(store.walUsed()).toBe(0);
      await commit(...startOps({ seq: 2, instance: 2, item: 2 }));
      expect((await store.checkpointWal('truncate')).walBytes).toBe(0);
      await reopen();
      expect((await store.readEvents([1, 2])).length).toBe(2);
    });
  });
}

function marksOf(ops: readonly StoreOp[]): string[] {
  return ops.flatMap((op) => (op.op === 'event' && op.mark !== null ? [op.mark] : []));
}

function packet(topic: string, bytes: readonly number[] = [1, 2, 3]): MqttPacketRow {
  return { topic, payload: new Uint8Array(bytes), qos: 1, retain: true, meta: '{"m":1}' };
}

/** Packets with their bytes as a list: adapters may give a `Buffer` or a plain `Uint8Array`. */
function plain(packets: readonly MqttPacketRow[]): unknown {
  return packets.map((one) => ({ ...one, payload: [...one.payload] }));
}

function quarantineRow(id: number): Extract<StoreOp, { op: 'quarantine' }>['row'] {
  return {
    id,
    tenant: '',
    at: START,
    origin: 'mqtt',
    code: 'event.not_json',
    reason: 'not JSON',
    context: '{}',
    head: null,
    seq: null,
    itemId: null,
  };
}
