import { expect, test } from 'vitest';
import { ManualClock } from './testing/manual-clock.ts';
import { WalKeeper } from './wal-keeper.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function setUp() {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const moving = Promise.withResolvers<void>();
  let looks = 0;
  const keeper = new WalKeeper({
    store: {
      get walState() {
        looks += 1;
        return { frames: 2000, left: 2000 };
      },
      checkpointWal: async () => ({ walBytes: 0, moved: 0, pages: 0 }),
    },
    clock,
    elsewhere: () => moving.promise,
    failed: (error) => failures.push(error),
  });
  return { clock, keeper, failures, moving, looks: () => looks };
}

test('a mover that fails is told of', async () => {
  const { clock, keeper, failures, moving } = setUp();
  keeper.committed();
  clock.advance(400);
  const gone = new Error('the connection is not open');
  moving.reject(gone);
  await turn();
  expect(failures).toEqual([gone]);
});

test('once stopped it asks nothing of the store, and a mover that has ended is no failure', async () => {
  const { clock, keeper, failures, moving, looks } = setUp();
  keeper.committed();
  clock.advance(400);
  keeper.stop();
  const before = looks();
  moving.reject(new Error('the connection is not open'));
  await turn();
  keeper.committed();
  clock.advance(1000);
  expect(looks()).toBe(before);
  expect(failures).toEqual([]);
});
