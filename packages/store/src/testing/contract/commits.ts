import { describe, expect, test } from 'vitest';
import { StoreAssertionError } from '../../store-errors.ts';
import {
  eventOp,
  instanceRow,
  journalEvent,
  scheduleRow,
  START,
  startOps,
  transitionOp,
  transitionRow,
  waitRow,
  marksOf,
  quarantineRow,
  packet,
} from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function commitsContract(bench: ContractBench): void {
  const { commit, refusal, load, reopen } = bench;

  describe('commits', () => {
    test('a new store counts from nothing, in its first epoch', () => {
      expect(bench.store.counters).toMatchObject({
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
      expect(await bench.store.readEvents([1])).toEqual([]);
      expect(await load('order-1')).toBeNull();
      expect(await bench.store.itemsOf(1)).toEqual([]);
      expect(
        await bench.store.findMarks(marksOf(startOps({ seq: 1, instance: 1, item: 1 }))),
      ).toEqual([]);
      await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
      expect((await load('order-1'))?.row.version).toBe(1);
    });

    test('never go back in time', async () => {
      await commit(eventOp(journalEvent(1)));
      await expect(bench.store.commit({ at: START, ops: [] })).rejects.toBeInstanceOf(
        StoreAssertionError,
      );
    });

    test('go on where numbering stood after a reopen, in the next epoch, not before the last time', async () => {
      await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
      bench.at = START + 5_000_000;
      const instance = instanceRow(1);
      await commit(
        { op: 'schedule.set', row: scheduleRow(4, instance, 'tick', START) },
        { op: 'wait.open', row: waitRow(6, instance, 'ready') },
        { op: 'quarantine', row: quarantineRow(9) },
        { op: 'mqtt.owe', id: 12, client: 'c', packet: packet('t') },
      );
      await commit({ op: 'schedule.remove', id: 4 }, { op: 'mqtt.owed.done', id: 12, client: 'c' });
      const before = bench.store.counters;
      await reopen();
      // Ids of rows that are gone are not used again: event ids are derived from them.
      expect(bench.store.counters).toEqual({ ...before, epoch: before.epoch + 1 });
      expect(bench.store.counters).toMatchObject({
        schedule: 4,
        wait: 6,
        quarantine: 9,
        owed: 12,
        at: bench.at,
      });
    });
  });
}
