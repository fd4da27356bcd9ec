import { beforeEach, describe, expect, test } from 'vitest';
import { StoreAssertionError } from '../../store-errors.ts';
import { instanceRow, scheduleRow, START, waitRow } from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function timersContract(bench: ContractBench): void {
  const { commit, refusal, load } = bench;

  describe('schedules and waits', () => {
    const instance = instanceRow(1);
    beforeEach(() => commit({ op: 'instance.create', row: instance }));

    test('setting a name again replaces it, and removing one that is gone is no fault', async () => {
      await commit({ op: 'schedule.set', row: scheduleRow(1, instance, 'tick', START + 10) });
      await commit({ op: 'schedule.set', row: scheduleRow(2, instance, 'tick', START + 20) });
      const replaced = scheduleRow(2, instance, 'tick', START + 20);
      expect(await bench.store.dueSchedules(START + 100, 10)).toEqual([replaced]);
      await commit({ op: 'schedule.remove', id: 1 });
      expect((await load('order-1'))?.schedules).toEqual([replaced]);
      await commit({ op: 'schedule.remove', id: 2 });
      expect(await bench.store.nextScheduleDue()).toBeNull();
    });

    test('only what is due is due, earliest first (R4.3)', async () => {
      await commit(
        ...[30, 10, 20].map((time, i) => ({
          op: 'schedule.set' as const,
          row: scheduleRow(i + 1, instance, `t${i}`, START + time),
        })),
      );
      expect((await bench.store.dueSchedules(START + 20, 10)).map((row) => row.id)).toEqual([2, 3]);
      expect((await bench.store.dueSchedules(START + 30, 1)).map((row) => row.id)).toEqual([2]);
      expect(await bench.store.nextScheduleDue()).toBe(START + 10);
    });

    test('a wait closes once; whoever comes later learns so', async () => {
      const wait = waitRow(1, instance, 'ready', {
        expiresAt: START + 50,
        definition: 'kitchen',
      });
      await commit({ op: 'wait.open', row: wait });
      expect(await bench.store.findWait({ tokenHash: wait.tokenHash })).toEqual(wait);
      expect((await load('order-1'))?.openWaits).toEqual([wait]);
      await commit({ op: 'wait.close', id: 1, state: 'completed', at: bench.at });
      expect(
        await refusal({ op: 'wait.close', id: 1, state: 'expired', at: bench.at }),
      ).toBeInstanceOf(StoreAssertionError);
      expect(await bench.store.findWait({ tokenHash: wait.tokenHash })).toMatchObject({
        state: 'completed',
      });
      expect((await load('order-1'))?.openWaits).toEqual([]);
      expect(await bench.store.findWait({ tokenHash: '00'.repeat(32) })).toBeNull();
    });

    test('by name the open wait is found, else the latest', async () => {
      await commit(
        { op: 'wait.open', row: waitRow(1, instance, 'ready') },
        { op: 'wait.close', id: 1, state: 'completed', at: bench.at },
      );
      expect(await bench.store.findWait({ instanceId: 1, name: 'ready' })).toMatchObject({
        id: 1,
        state: 'completed',
      });
      await commit({
        op: 'wait.open',
        row: waitRow(2, instance, 'ready', { tokenHash: 'ab'.repeat(32) }),
      });
      expect(await bench.store.findWait({ instanceId: 1, name: 'ready' })).toMatchObject({
        id: 2,
        state: 'open',
      });
      expect(await bench.store.findWait({ instanceId: 1, name: 'other' })).toBeNull();
    });
  });
}
