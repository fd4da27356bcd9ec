import { expect, test } from 'vitest';
import type { QueuedMessage } from './alert-record.ts';
import { testMessage } from './alert-words.ts';
import { DeliveryLine } from './delivery-line.ts';
import { HOUR, MovedClock, NOW, SECOND, webhook } from './testing/alert-fixtures.ts';

/** A line to a target that answers as told. */
class Lined {
  readonly clock = new MovedClock();
  readonly tried: string[] = [];
  readonly left: string[] = [];
  /** Why it does not take anything; null: it does. */
  fault: string | null = null;
  readonly line = new DeliveryLine(webhook(), [], {
    sender: {
      send: async (_, { id }, signal) => {
        this.tried.push(id);
        if (this.fault === 'silent') await new Promise((resolve) => (signal.onabort = resolve));
        if (this.fault !== null) throw new Error(this.fault);
      },
    },
    clock: this.clock,
    random: () => 1,
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    },
    done: ({ message, error }, state) =>
      this.left.push(`${message.id} ${state} ${error ?? ''}`.trim()),
  });

  add(id: string): QueuedMessage {
    const message = testMessage(id, 'http://127.0.0.1', NOW);
    const queuedAt = this.clock.now();
    const queued = { target: 'ops', message, queuedAt, attempts: 0, error: null };
    this.line.add(queued);
    this.line.go();
    return queued;
  }
}

test('messages go out in order, one at a time', async () => {
  const lined = new Lined();
  for (const id of ['a', 'b', 'c']) lined.add(id);
  expect(lined.tried).toEqual(['a']);
  await lined.clock.pass(0);
  expect(lined.left).toEqual(['a sent', 'b sent', 'c sent']);
  expect(lined.line).toMatchObject({ sent: 3, failures: 0, state: 'well', queue: [] });
});

test('the pause before the next try doubles', async () => {
  const lined = new Lined();
  lined.fault = 'refused';
  lined.add('a');
  const at: number[] = [];
  for (let seconds = 0; seconds <= 30; seconds += 1) {
    if (lined.tried.length > at.length) at.push(seconds);
    await lined.clock.pass(SECOND);
  }
  expect(at).toEqual([0, 2, 6, 14, 30]);
});

test('one that fails holds up those behind it, for five minutes at most', async () => {
  const lined = new Lined();
  lined.fault = 'refused';
  lined.add('a');
  lined.add('b');
  await lined.clock.pass(HOUR);
  expect(new Set(lined.tried)).toEqual(new Set(['a']));
  const tries = lined.tried.length;
  await lined.clock.pass(5 * 60 * SECOND);
  expect(lined.tried).toHaveLength(tries + 1);
  expect(lined.line).toMatchObject({ state: 'failing', error: 'refused' });
  lined.fault = null;
  await lined.clock.pass(5 * 60 * SECOND);
  expect(lined.left).toEqual(['a sent', 'b sent']);
});

test('a target that says nothing is given up after a while, and tried again', async () => {
  const lined = new Lined();
  lined.fault = 'silent';
  lined.add('a');
  await lined.clock.pass(21 * SECOND);
  expect(lined.line.state).toBe('failing');
  lined.fault = null;
  await lined.clock.pass(5 * SECOND);
  expect(lined.left).toEqual(['a sent']);
});

test('what could not be sent for a day is given up, and what came later is not', async () => {
  const lined = new Lined();
  lined.fault = 'refused';
  lined.add('old');
  await lined.clock.pass(23 * HOUR);
  lined.add('young');
  await lined.clock.pass(2 * HOUR);
  expect(lined.left).toEqual(['old dropped refused']);
  expect(lined.line.queue.map(({ message }) => message.id)).toEqual(['young']);
  lined.fault = null;
  await lined.clock.pass(HOUR);
  expect(lined.left.at(-1)).toBe('young sent');
  expect(lined.line).toMatchObject({ sent: 1, dropped: 1 });
});

test('no more than fifty wait; the oldest that is not on its way gives way', async () => {
  const lined = new Lined();
  lined.fault = 'refused';
  for (let i = 0; i < 52; i += 1) lined.add(`m${i}`);
  expect(lined.line.queue).toHaveLength(50);
  expect(lined.left.map((one) => one.split(' ').slice(0, 2))).toEqual([
    ['m1', 'dropped'],
    ['m2', 'dropped'],
  ]);
});

test('closed, it ends what is on its way within the grace, and begins nothing more', async () => {
  const lined = new Lined();
  lined.fault = 'silent';
  const queued = lined.add('a');
  const closed = lined.line.close(3 * SECOND);
  await lined.clock.pass(3 * SECOND);
  await closed;
  await lined.clock.pass(HOUR);
  expect(lined.tried).toEqual(['a']);
  expect(lined.line.queue).toEqual([queued]);
});
