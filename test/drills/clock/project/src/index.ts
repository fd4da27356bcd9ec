/** What the clock drill runs: sleeps, waits with timeouts, timers that are set anew and cancelled, and cron triggers. */
import { event, reducer, saga, sleep, wait, waitFor } from '@holdfast/sdk';
import { z } from 'zod';

const Nap = event('nap.taken', z.object({ id: z.string(), naps: z.array(z.number()) }));
const Question = event('question.asked', z.object({ id: z.string(), millis: z.number() }));
const Answer = wait('answer', z.object({}));
const TimerSet = event(
  'timer.set',
  z.object({ id: z.string(), name: z.enum(['door', 'light']), millis: z.number() }),
);
const TimerCancelled = event(
  'timer.cancelled',
  z.object({ id: z.string(), name: z.enum(['door', 'light']) }),
);
const struck = z.object({ scheduledAt: z.string() });
const MinuteStruck = event('minute.struck', struck);
export const QuarterStruck = event('quarter.struck', struck);
export const HourStruck = event('hour.struck', struck);

export const napper = saga('napper', { on: Nap, key: ({ id }) => id }, function* ({ naps }) {
  for (const nap of naps) yield* sleep(nap);
  return naps.length;
});

export const asker = saga('asker', { on: Question, key: ({ id }) => id }, function* ({ millis }) {
  const answer = yield* waitFor('answer', Answer, { timeout: millis });
  return answer === undefined ? 'expired' : 'answered';
});

export const device = reducer('device', {
  on: { set: TimerSet, cancel: TimerCancelled },
  key: ({ id }) => id,
  state: z.object({ fired: z.number() }),
  initial: { fired: 0 },
  handlers: {
    set: (_state, { name, millis }, ctx) => ctx.setTimer(name, millis),
    cancel: (_state, { name }, ctx) => ctx.cancelTimer(name),
  },
  timers: {
    door: ({ fired }) => ({ fired: fired + 1 }),
    light: ({ fired }) => ({ fired: fired + 1 }),
  },
});

/** One instance for each firing, named by it. */
export const minute = saga('minute', { on: MinuteStruck }, function* ({ scheduledAt }) {
  yield* sleep(0);
  return scheduledAt;
});
