import type { Store } from '@holdfast/store';
import { expect, test } from 'vitest';
import type { CronTriggers } from './cron/cron-triggers.ts';
import { RecordedTime } from './recorded-time.ts';
import { Scheduler } from './scheduler.ts';
import { ManualClock } from './testing/manual-clock.ts';

test('a hold that comes during a look keeps cron triggers back too, until it goes on', async () => {
  const clock = new ManualClock();
  let runs = 0;
  let nextDue = clock.now();
  const crons: Partial<CronTriggers> = {
    onChanged: () => undefined,
    get nextDue() {
      return nextDue;
    },
    fireDue: () => {
      runs += 1;
      nextDue = Number.POSITIVE_INFINITY;
      return Promise.resolve();
    },
  };
  let fills = true;
  const store: Partial<Store> = {
    nextScheduleDue: () => Promise.resolve(null),
    dueSchedules: () => {
      // There is no room on the disk any more.
      if (fills) scheduler.hold();
      fills = false;
      return Promise.resolve([]);
    },
  };
  const scheduler = new Scheduler({
    store: store as Store,
    time: new RecordedTime(clock, 0),
    clock,
    fire: () => Promise.resolve(),
    metrics: { scanned: () => undefined, fired: () => undefined },
    crons: crons as CronTriggers,
    failed: (error) => {
      throw error;
    },
    recheckMs: 1000,
  });
  const pass = async (): Promise<void> => {
    clock.advance(1000);
    await new Promise((resolve) => void setImmediate(resolve));
  };
  await scheduler.start();
  await pass();
  expect(runs).toBe(0);
  scheduler.goOn();
  await pass();
  expect(runs).toBe(1);
  scheduler.stop();
});
