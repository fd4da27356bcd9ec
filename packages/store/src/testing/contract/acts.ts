import { describe, expect, test } from 'vitest';
import { StoreAssertionError } from '../../store-errors.ts';
import {
  eventOp,
  instanceRow,
  itemRow,
  journalEvent,
  outcomeOps,
  START,
  startOps,
  quarantineRow,
} from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function actsContract(bench: ContractBench): void {
  const { commit, refusal, reopen } = bench;

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
      expect(await bench.store.quarantineEntry(1)).toMatchObject({
        row: { id: 1, code: 'event.not_json', head: null },
        resolution: null,
      });
      await commit({ op: 'quarantine.resolve', id: 1, resolution });
      await reopen();
      expect(await bench.store.quarantineEntry(1)).toMatchObject({
        row: { id: 1, reason: 'not JSON' },
        resolution,
      });
      const again = { ...resolution, state: 'redriven', seq: 1 } as const;
      expect(await refusal({ op: 'quarantine.resolve', id: 1, resolution: again })).toBeInstanceOf(
        StoreAssertionError,
      );
      expect(await refusal({ op: 'quarantine.resolve', id: 7, resolution })).toBeInstanceOf(
        StoreAssertionError,
      );
      expect(await bench.store.quarantineEntry(7)).toBeNull();
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
        const events = await bench.store.selectEvents({ tenant: '', selection, after, limit: 10 });
        const count = await bench.store.countEvents({
          tenant: '',
          selection,
          low: after + 1,
          high: 9,
        });
        expect(count).toBe(events.length);
        return events.map(({ seq }) => seq);
      };
      expect(await chosen({})).toEqual([1, 2, 4, 6]);
      expect(await chosen({}, 2)).toEqual([4, 6]);
      expect(await chosen({ types: ['order.changed'] })).toEqual([4]);
      expect(await chosen({ fromSeq: 2, toSeq: 4 })).toEqual([2, 4]);
      expect(await chosen({ seqs: [1, 3, 4, 5, 6] })).toEqual([1, 4, 6]);
      const timed = { ...all, fromTime: START + 10, toTime: START + 20 };
      const found = await bench.store.selectEvents({
        tenant: '',
        selection: timed,
        after: 0,
        limit: 1,
      });
      expect(found.map(({ seq }) => seq)).toEqual([2]);
      expect(await bench.store.countEvents({ tenant: '', selection: timed, low: 1, high: 9 })).toBe(
        2,
      );
      expect(
        await bench.store.selectEvents({ tenant: 'nobody', selection: all, after: 0, limit: 10 }),
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
      expect(await bench.store.openReprocesses()).toEqual([row]);
      await commit({ op: 'reprocess.advance', id: 2, position: 1 });
      expect(await refusal({ op: 'reprocess.advance', id: 2, position: 1 })).toBeInstanceOf(
        StoreAssertionError,
      );
      await reopen();
      expect(await bench.store.openReprocesses()).toEqual([{ ...row, position: 1, done: 1 }]);
      await commit({ op: 'reprocess.end', id: 2, at: START + 5 });
      expect(await bench.store.openReprocesses()).toEqual([]);
      expect(await bench.store.reprocess(2)).toMatchObject({ done: 1, endedAt: START + 5 });
      expect(await bench.store.reprocess(1)).toBeNull();
      expect(await refusal({ op: 'reprocess.end', id: 2, at: START })).toBeInstanceOf(
        StoreAssertionError,
      );
    });

    test('effects that were tried, and the runs that took an event', async () => {
      await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
      await commit({ op: 'item.add', row: itemRow(2, instanceRow(1), 'never tried') });
      expect(await bench.store.triedEffects([1, 9])).toMatchObject([
        { instanceId: 1, outcome: null, attempts: 1, undoes: null },
      ]);
      await commit(...outcomeOps({ seq: 2, instance: 1, item: 1, attempt: 1 }));
      expect(await bench.store.triedEffects([1])).toMatchObject([{ outcome: 'succeeded' }]);
      expect(await bench.store.runsTaking('order', [1, 2])).toEqual([1]);
      expect(await bench.store.runsTaking('other', [1])).toEqual([]);
    });

    test('counts of deliveries are kept until forgotten; each start knows where it began', async () => {
      await commit(
        { op: 'delivery.count', saga: 'order', seq: 4, count: 2 },
        { op: 'delivery.count', saga: 'order', seq: 3, count: 2 },
      );
      await commit({ op: 'delivery.count', saga: 'order', seq: 4, count: 3 });
      expect(await bench.store.deliveries()).toEqual([
        { saga: 'order', seq: 3, count: 2 },
        { saga: 'order', seq: 4, count: 3 },
      ]);
      await commit({ op: 'delivery.forget', saga: 'order', seq: 3 }, eventOp(journalEvent(1)));
      await reopen();
      expect(await bench.store.deliveries()).toEqual([{ saga: 'order', seq: 4, count: 3 }]);
      await commit(eventOp(journalEvent(2)), eventOp(journalEvent(3)));
      await reopen();
      expect(await bench.store.seqAtEpoch(1)).toBe(0);
      expect(await bench.store.seqAtEpoch(2)).toBe(1);
      expect(await bench.store.seqAtEpoch(3)).toBe(3);
      expect(await bench.store.seqAtEpoch(4)).toBeNull();
    });
  });
}
