import { describe, expect, test } from 'vitest';
import { StoreAssertionError } from '../../store-errors.ts';
import {
  eventOp,
  instanceRow,
  journalEvent,
  outcomeOps,
  START,
  startOps,
  transitionOp,
  transitionRow,
} from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function instancesContract(bench: ContractBench): void {
  const { commit, refusal, load } = bench;

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
      expect(await bench.store.decisionsOf(1, 2, 10)).toEqual([
        { version: 3, seq, decision, state, seed, recordedAt },
      ]);
      expect((await bench.store.decisionsOf(1, 0, 2)).map(({ version }) => version)).toEqual([
        1, 2,
      ]);
      expect(await bench.store.decisionsOf(9, 0, 2)).toEqual([]);
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
      expect((await bench.store.loadInstancesById([1, 7]))[0]?.row).toMatchObject({
        id: 1,
        run: 1,
      });
      expect((await bench.store.loadInstancesById([7]))[0]).toBeNull();
    });

    test('instances of two tenants with one saga and key are two', async () => {
      await commit(
        { op: 'instance.create', row: instanceRow(1, { key: 'k', tenant: 'a' }) },
        { op: 'instance.create', row: instanceRow(2, { key: 'k', tenant: 'b' }) },
      );
      const found = await bench.store.loadInstances([
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
      const [child] = await bench.store.loadInstancesById([2]);
      expect(child?.row.parent).toEqual(parent);
    });

    test('blocked instances are listed until unblocked', async () => {
      for (let id = 1; id <= 4; id++) await commit({ op: 'instance.create', row: instanceRow(id) });
      const block = (instanceId: number) =>
        commit({
          op: 'instance.status',
          instanceId,
          status: 'blocked',
          blockedBy: '{"code":"program.failed"}',
          at: bench.at,
        });
      await block(2);
      await block(3);
      await block(4);
      await commit({
        op: 'instance.status',
        instanceId: 3,
        status: 'running',
        blockedBy: null,
        at: bench.at,
      });
      const blocks = await bench.store.loadInstancesById([1, 2, 3, 4]);
      const why = '{"code":"program.failed"}';
      expect(blocks.map((loaded) => loaded?.row.blockedBy)).toEqual([null, why, null, why]);
      expect(
        await refusal({
          op: 'instance.status',
          instanceId: 9,
          status: 'running',
          blockedBy: null,
          at: bench.at,
        }),
      ).toBeInstanceOf(StoreAssertionError);
    });

    test('a decision of a blocked instance unblocks it', async () => {
      await commit(eventOp(journalEvent(1)), {
        op: 'instance.create',
        row: instanceRow(1, { status: 'blocked', blockedBy: '{"code":"x"}' }),
      });
      expect((await load('order-1'))?.row.status).toBe('blocked');
      await commit(transitionOp(transitionRow(1, 1, 1)));
      expect((await load('order-1'))?.row).toMatchObject({ status: 'running', blockedBy: null });
    });
  });
}
