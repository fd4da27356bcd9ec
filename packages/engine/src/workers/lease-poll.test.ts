import { expect, test } from 'vitest';
import type { ActiveItem } from '../active-item.ts';
import { LeasePoll } from './lease-poll.ts';
import type { LeasedCall } from './worker-api.ts';

const item = {} as ActiveItem;
const leased = {} as LeasedCall;

test('whose time is over is answered, also when the command on its way is not made after all', async () => {
  const poll = new LeasePoll(1, 1);
  poll.reserve(item);
  poll.giveUp();
  expect(poll.answered).toBe(false);
  poll.drop(item);
  expect(poll.answered).toBe(true);
  expect(await poll.answer).toEqual([]);
});

test('whose time is over is answered with the command that was on its way', async () => {
  const poll = new LeasePoll(1, 2);
  poll.reserve(item);
  poll.giveUp();
  expect(poll.hasRoom).toBe(false);
  expect(poll.deliver(item, leased)).toBe(true);
  expect(await poll.answer).toEqual([leased]);
});
