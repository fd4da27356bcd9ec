import { describe, expect, test } from 'vitest';
import { StoreAssertionError } from '../../store-errors.ts';
import {
  eventOp,
  instanceRow,
  journalEvent,
  transitionOp,
  transitionRow,
} from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function consumersContract(bench: ContractBench): void {
  const { commit, refusal, reopen } = bench;

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
      const rest = await bench.store.unconsumed(query);
      expect(rest.map(({ event, target }) => [event.seq, target])).toEqual([
        [4, 1],
        [5, null],
        [8, null],
      ]);
      expect(
        (await bench.store.unconsumed({ ...query, after: 4, limit: 1 })).map(
          ({ event }) => event.seq,
        ),
      ).toEqual([5]);
      const newcomer = await bench.store.unconsumed({
        ...query,
        saga: 'newcomer',
        types: ['order.placed'],
      });
      expect(newcomer.map(({ event }) => event.seq)).toEqual([1, 3, 8]);
      expect(await bench.store.unconsumed({ ...query, tenant: 'nobody' })).toEqual([]);
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
      const rest = await bench.store.unconsumed(query);
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
        await bench.store.unconsumed({
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
      expect([...(await bench.store.checkpoints())].toSorted((a, b) => a.seq - b.seq)).toEqual([
        { saga: 'order', tenant: 'a', seq: 2 },
        { saga: 'order', tenant: '', seq: 5 },
      ]);
    });

    test('parked events are kept in order and taken up once (I9)', async () => {
      await commit(
        ...[1, 2, 3].map((id) => ({ op: 'instance.create' as const, row: instanceRow(id) })),
        { op: 'instance.status', instanceId: 1, status: 'blocked', blockedBy: '{}', at: bench.at },
        ...[3, 1, 2].map((seq) => ({ op: 'park' as const, instanceId: 1, seq, saga: 'order' })),
        { op: 'park', instanceId: 2, seq: 4, saga: 'order' },
        { op: 'park', instanceId: 3, seq: 5, saga: 'order' },
      );
      expect(await bench.store.parked(1, 0, 2)).toEqual([1, 2]);
      expect(await bench.store.parked(1, 2, 2)).toEqual([3]);
      expect(await bench.store.strandedInstances(0, 10)).toEqual([2, 3]);
      expect(await bench.store.strandedInstances(0, 1)).toEqual([2]);
      expect(await bench.store.strandedInstances(2, 10)).toEqual([3]);
      await commit({ op: 'unpark', instanceId: 1, seq: 1 });
      expect(await refusal({ op: 'unpark', instanceId: 1, seq: 1 })).toBeInstanceOf(
        StoreAssertionError,
      );
      expect(await bench.store.parked(1, 0, 10)).toEqual([2, 3]);
    });
  });
}
