import { describe, expect, test } from 'vitest';
import { StoreAssertionError } from '../../store-errors.ts';
import {
  attemptStartOp,
  eventOp,
  instanceRow,
  itemRow,
  journalEvent,
  START,
} from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function outboxContract(bench: ContractBench): void {
  const { commit, refusal } = bench;

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
      expect(await bench.store.itemsOf(1)).toEqual([
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
          at: bench.at,
          outcome: 'in_doubt',
          error: '{"code":"timeout"}',
        },
        { op: 'item.retry', itemId: 1, dueAt: START + 100, doubtful: true, spared: 0 },
      );
      await commit(attemptStartOp(1, 2, START + 100));
      await commit(
        { op: 'attempt.end', itemId: 1, no: 2, at: bench.at, outcome: 'not_done', error: null },
        { op: 'item.retry', itemId: 1, dueAt: START + 200, doubtful: false, spared: 1 },
      );
      expect((await bench.store.itemsOf(1))[0]).toMatchObject({
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
      expect((await bench.store.itemsOf(1))[0]?.state).toBe('settled');
      expect(await unsettledIds()).toEqual([]);
    });

    test('a held item waits for a person, and can go back', async () => {
      await begin();
      await commit({ op: 'item.add', row: itemRow(1, instance, 'a#1') }, attemptStartOp(1, 1));
      await commit({ op: 'item.hold', itemId: 1, doubtful: true });
      expect((await bench.store.itemsOf(1))[0]).toMatchObject({
        state: 'held',
        doubtful: true,
        leaseUntil: null,
      });
      await commit({ op: 'item.retry', itemId: 1, dueAt: START + 7, doubtful: false, spared: 0 });
      expect((await bench.store.itemsOf(1))[0]).toMatchObject({
        state: 'pending',
        dueAt: START + 7,
      });
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
      expect(await bench.store.unsettledIds('pending')).toEqual([1, 2, 4, 5, 6]);
      expect(await bench.store.unsettledIds('leased')).toEqual([3]);
      expect(await bench.store.unsettledIds('held')).toEqual([]);
    });

    test('an item is found by its command among thousands, settled or not', async () => {
      await begin();
      const rows = Array.from({ length: 3000 }, (_, i) => itemRow(i + 1, instance, `s#${i}`));
      await commit(...rows.map((row) => ({ op: 'item.add' as const, row })));
      for (const row of [rows[0], rows[1023], rows[1024], rows[2999]]) {
        expect(await bench.store.itemByCommand(row?.commandId ?? '')).toEqual(row);
      }
      expect(await bench.store.itemByCommand('00'.repeat(16))).toBeNull();
    });

    test('items are found by id in the order asked, settled or not', async () => {
      await begin();
      const rows = [1, 2, 3].map((id) => itemRow(id, instance, `s#${id}`));
      await commit(...rows.map((row) => ({ op: 'item.add' as const, row })));
      expect(await bench.store.itemsById([3, 9, 1])).toEqual([rows[2], null, rows[0]]);
    });

    const unsettledIds = async (
      states: readonly ('pending' | 'leased' | 'held')[] = ['pending', 'leased', 'held'],
      dueBefore: number | null = null,
    ) => (await bench.store.unsettledItems({ states, dueBefore, limit: 100 })).map((row) => row.id);
  });
}
