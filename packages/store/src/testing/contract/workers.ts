import { describe, expect, test } from 'vitest';
import type { WorkerEventKind } from '../../port.ts';
import { StoreAssertionError } from '../../store-errors.ts';
import { attemptStartOp, RELEASE, START, startOps } from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function workersContract(bench: ContractBench): void {
  const { commit, refusal, reopen } = bench;

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
      expect((await bench.store.workerEvents('a')).map(({ kind }) => kind)).toEqual([
        'joined',
        'draining',
        'left',
      ]);
      expect(await bench.store.openWorkers()).toMatchObject([
        { worker: 'b', name: 'b-name', kind: 'joined', by: 'key', detail: '{"n":1}' },
      ]);
    });

    test('the last placement of a name stands, whichever worker had it', async () => {
      expect(await bench.store.lastPlacement('a-name')).toBeNull();
      await commit(step('a', 'joined', null), step('a', 'placed', 'joined'));
      await commit(step('a', 'left', 'placed'));
      expect(await bench.store.lastPlacement('a-name')).toMatchObject({
        worker: 'a',
        kind: 'placed',
      });
    });

    test('an attempt says which worker made it, and how it ended', async () => {
      expect(await bench.store.attempt(1, 1)).toBeNull();
      const ops = startOps({ seq: 1, instance: 1, item: 1 });
      await commit(...ops.map((op) => (op.op === 'attempt.start' ? { ...op, worker: 'w_1' } : op)));
      expect(await bench.store.attempt(1, 1)).toEqual({
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
      expect(await bench.store.attempt(1, 1)).toMatchObject({
        outcome: 'lost',
        errorCode: 'lease.lost',
      });
      expect(await bench.store.attempt(1, 2)).toMatchObject({ worker: null, outcome: null });
    });
  });
}
