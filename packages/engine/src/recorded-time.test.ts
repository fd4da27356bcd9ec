import { describe, expect, test } from 'vitest';
import { RecordedTime } from './recorded-time.ts';
import { LeapingClock } from './testing/leaping-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const LIMITS = { maxJump: HOUR, bootGrace: 10 * MINUTE };

function at(clock: LeapingClock, limits: typeof LIMITS | null = LIMITS): RecordedTime {
  return new RecordedTime(clock, clock.now(), limits);
}

/** Milliseconds from the start. */
function since(start: number, time: RecordedTime): number {
  return (time.now() - start) / 1000;
}

test('a clock that is set back: time stands still until the wall has caught up', async () => {
  const clock = new LeapingClock();
  const start = clock.now();
  const time = at(clock);
  clock.set(-HOUR);
  expect(since(start, time)).toBe(0);
  expect(time.until(start + MINUTE * 1000)).toBe(HOUR + MINUTE);
  await clock.pass(HOUR - SECOND);
  expect(since(start, time)).toBe(0);
  await clock.pass(2 * SECOND);
  expect(since(start, time)).toBe(SECOND);
  expect(time.held).toBeNull();
});

test('a new process goes on from the latest time that was recorded', () => {
  const clock = new LeapingClock();
  const latest = clock.now() + HOUR * 1000;
  expect(new RecordedTime(clock, latest, LIMITS).now()).toBe(latest);
});

describe('a clock that is set forward', () => {
  test('by no more than the limit is believed', () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const time = at(clock);
    clock.set(HOUR);
    expect(since(start, time)).toBe(HOUR);
    expect(time.held).toBeNull();
  });

  test('by more is held: time goes on as if it had not been set, until it is confirmed', async () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const time = at(clock);
    clock.set(WEEK);
    expect(since(start, time)).toBe(0);
    expect(time.held).toEqual({ by: WEEK * 1000, since: start });
    await clock.pass(MINUTE);
    expect(since(start, time)).toBe(MINUTE);
    expect(time.until(start + HOUR * 1000)).toBe(HOUR - MINUTE);
    time.confirm(WEEK * 1000);
    expect(since(start, time)).toBe(WEEK + MINUTE);
    expect(time.held).toBeNull();
  });

  test('and back again was never believed', async () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const time = at(clock);
    clock.set(WEEK);
    time.now();
    await clock.pass(MINUTE);
    clock.set(-WEEK + 5 * SECOND);
    expect(since(start, time)).toBe(MINUTE + 5 * SECOND);
    expect(time.held).toBeNull();
  });

  test('twice is held in all; what was confirmed meanwhile is taken', () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const time = at(clock);
    clock.set(WEEK);
    time.now();
    clock.set(2 * HOUR);
    expect(since(start, time)).toBe(0);
    expect(time.held?.by).toBe((WEEK + 2 * HOUR) * 1000);
    time.confirm(WEEK * 1000);
    expect(since(start, time)).toBe(WEEK);
    expect(time.held?.by).toBe(2 * HOUR * 1000);
  });

  test('soon after the machine has started is believed', () => {
    const clock = new LeapingClock();
    clock.off(0, MINUTE);
    const start = clock.now();
    const time = at(clock);
    clock.set(WEEK);
    expect(since(start, time)).toBe(WEEK);
  });

  test('is believed where nothing is to be held', () => {
    for (const limits of [null, { ...LIMITS, maxJump: 0 }]) {
      const clock = new LeapingClock();
      const start = clock.now();
      const time = at(clock, limits);
      clock.set(WEEK);
      expect(since(start, time)).toBe(WEEK);
    }
  });
});

describe('a machine that sleeps', () => {
  test('is no leap, however long', () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const time = at(clock);
    clock.sleep(WEEK);
    expect(since(start, time)).toBe(WEEK);
    expect(time.held).toBeNull();
  });

  test('and whose clock is set while it does: only that is held', () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const time = at(clock);
    clock.sleep(HOUR);
    clock.set(WEEK);
    expect(since(start, time)).toBe(HOUR);
    expect(time.held?.by).toBe(WEEK * 1000);
  });

  test('often and briefly does not make up for a leap later', () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const time = at(clock);
    for (let i = 0; i < 10; i += 1) {
      clock.sleep(30 * MINUTE);
      time.now();
    }
    clock.set(2 * HOUR);
    expect(since(start, time)).toBe(5 * HOUR);
    expect(time.held?.by).toBe(2 * HOUR * 1000);
  });
});

describe('from one process to the next', () => {
  /** The next process, with what the last one kept. */
  function next(clock: LeapingClock, before: RecordedTime): RecordedTime {
    const mark = before.mark();
    const time = new RecordedTime(clock, before.now(), LIMITS);
    time.resume(mark);
    return time;
  }

  test('a clock that is set while none runs is held', () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const before = at(clock);
    const mark = before.mark();
    clock.down(2 * HOUR);
    clock.set(WEEK);
    const time = new RecordedTime(clock, start, LIMITS);
    time.resume(mark);
    expect(since(start, time)).toBe(2 * HOUR);
    expect(time.held?.by).toBe(WEEK * 1000);
  });

  test('a process that was down for a week is no leap', () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const mark = at(clock).mark();
    clock.down(WEEK);
    const time = new RecordedTime(clock, start, LIMITS);
    time.resume(mark);
    expect(since(start, time)).toBe(WEEK);
  });

  test('a machine that was off for a week is no leap', () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const mark = at(clock).mark();
    clock.off(WEEK);
    const time = new RecordedTime(clock, start, LIMITS);
    time.resume(mark);
    expect(since(start, time)).toBe(WEEK);
  });

  test('what is held stays held, through a start of the machine too', () => {
    const clock = new LeapingClock();
    const start = clock.now();
    const first = at(clock);
    clock.set(WEEK);
    first.now();
    const second = next(clock, first);
    expect(since(start, second)).toBe(0);
    const mark = second.mark();
    clock.off(HOUR);
    const third = new RecordedTime(clock, second.now(), LIMITS);
    third.resume(mark);
    expect(since(start, third)).toBe(0);
    expect(third.held?.by).toBe((WEEK + HOUR) * 1000);
    third.confirm(third.held?.by ?? 0);
    const fourth = next(clock, third);
    expect(since(start, fourth)).toBe(WEEK + HOUR);
    expect(fourth.held).toBeNull();
  });
});

test('a wall that crawls is believed, and never ahead of itself', async () => {
  const clock = new LeapingClock();
  const time = at(clock);
  for (let i = 0; i < 100; i += 1) {
    await clock.pass(10 * SECOND);
    clock.set(-9 * SECOND);
    expect(time.now()).toBeLessThanOrEqual(clock.now() + 9 * SECOND * 1000);
  }
  expect(time.held).toBeNull();
  expect(time.now()).toBe(clock.now());
});
