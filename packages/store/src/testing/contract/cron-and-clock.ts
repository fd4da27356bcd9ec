import { describe, expect, test } from 'vitest';
import type { CronRow } from '../../port.ts';
import { StoreAssertionError } from '../../store-errors.ts';
import { eventOp, instanceRow, journalEvent, scheduleRow, START } from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function clockContract(bench: ContractBench): void {
  const { commit, refusal, reopen } = bench;

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
      expect(await bench.store.cronTriggers()).toEqual([
        { ...hourly, nextAt: START + 200 },
        { ...nightly, nextAt: START + 200, lastAt: START + 100 },
      ]);
      const changed = { ...nightly, cron: '0 8 * * *', nextAt: START + 300 };
      await commit(
        { op: 'cron.set', row: changed },
        { op: 'cron.remove', app: 'shop', name: 'hourly' },
        { op: 'cron.remove', app: 'shop', name: 'hourly' },
      );
      expect(await bench.store.cronTriggers()).toEqual([changed]);
    });

    test('a trigger moves only from where it stands (I8)', async () => {
      await commit({ op: 'cron.set', row: nightly });
      const move = { op: 'cron.move', app: 'shop', name: 'nightly', fired: true } as const;
      await commit({ ...move, from: START + 100, to: START + 200 });
      const again = { ...move, from: START + 100, to: START + 200 };
      expect(await refusal(eventOp(journalEvent(1)), again)).toBeInstanceOf(StoreAssertionError);
      expect(bench.store.counters.seq).toBe(0);
      expect((await bench.store.cronTriggers())[0]?.nextAt).toBe(START + 200);
    });

    test('the last mark of the clock is kept', async () => {
      expect(await bench.store.clockMark()).toBeNull();
      await commit({ op: 'clock.mark', mark: { boot: 'a', ahead: 5, held: 0 } });
      const mark = { boot: 'b', ahead: -7, held: 9 };
      await commit({ op: 'clock.mark', mark });
      await reopen();
      expect(await bench.store.clockMark()).toEqual(mark);
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
      expect(await bench.store.countDueSchedules(START + 20, 10)).toBe(2);
      expect(await bench.store.countDueSchedules(START + 30, 2)).toBe(2);
      expect(await bench.store.countDueSchedules(START, 10)).toBe(0);
    });

    test('a start is recorded at the time of the commit before it: whether the wall is believed is not the store’s to say', async () => {
      await commit({ op: 'cron.set', row: nightly });
      bench.clock.advance(3_600_000);
      await reopen();
      expect(bench.store.counters.at).toBe(bench.at);
    });
  });
}
