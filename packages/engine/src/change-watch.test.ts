import { expect, test } from 'vitest';
import type { StoreOp } from '@holdfast/store';
import { ChangeWatch, type ChangesTold } from './change-watch.ts';
import { ManualClock } from './testing/manual-clock.ts';

const eventOf = (tenant: string): StoreOp =>
  ({ op: 'event', event: { tenant } }) as Extract<StoreOp, { op: 'event' }>;
const settle: StoreOp = { op: 'item.settle', itemId: 1, outcome: 'succeeded', outcomeSeq: 1 };
const hold: StoreOp = { op: 'item.hold', itemId: 1, doubtful: true };
const revoke: StoreOp = { op: 'key.revoke', id: 'k', at: 1 };

function watch() {
  const clock = new ManualClock();
  const changes = new ChangeWatch(clock);
  const told: ChangesTold[] = [];
  const end = changes.add((one) => void told.push(one));
  return { clock, changes, told, end };
}

test('the first change is told at once, what follows four times a second, together', () => {
  const { clock, changes, told } = watch();
  changes.committed([eventOf('')], 1);
  expect(told).toEqual([{ head: 1, changes: [{ tenant: '', topics: ['events'] }] }]);
  for (let head = 2; head <= 100; head += 1) changes.committed([eventOf(''), settle], head);
  expect(told).toHaveLength(1);
  clock.advance(249);
  expect(told).toHaveLength(1);
  clock.advance(1);
  expect(told[1]).toEqual({ head: 100, changes: [{ tenant: '', topics: ['events', 'effects'] }] });
  clock.advance(10_000);
  expect(told).toHaveLength(2);
  changes.committed([eventOf('a')], 101);
  expect(told).toHaveLength(3);
});

test('a tenant is named with what is its own; what is nobody’s counts for those the commit names, or for all', () => {
  const { clock, changes, told } = watch();
  const next = (...ops: readonly StoreOp[]): ChangesTold['changes'] | undefined => {
    changes.committed(ops, 1);
    clock.advance(250);
    return told.pop()?.changes;
  };
  expect(next(eventOf('a'), eventOf('b'))).toEqual([
    { tenant: 'a', topics: ['events'] },
    { tenant: 'b', topics: ['events'] },
  ]);
  expect(next(eventOf('a'), revoke)).toEqual([{ tenant: 'a', topics: ['events', 'keys'] }]);
  expect(next(hold)).toEqual([{ tenant: null, topics: ['effects'] }]);
  const registered = { op: 'release.rehearsed' } as Extract<StoreOp, { op: 'release.rehearsed' }>;
  expect(next(eventOf('a'), registered)).toEqual([
    { tenant: 'a', topics: ['events'] },
    { tenant: null, topics: ['releases'] },
  ]);
});

test('what touches nothing that is shown is not told, and nothing is gathered for nobody', () => {
  const { clock, changes, told, end } = watch();
  changes.committed([{ op: 'mqtt.unretain', topic: 't' }], 1);
  clock.advance(1000);
  expect(told).toEqual([]);
  changes.committed([eventOf('')], 2);
  changes.committed([eventOf('')], 3);
  end();
  clock.advance(1000);
  expect(told).toHaveLength(1);
  const later: ChangesTold[] = [];
  changes.committed([eventOf('unseen')], 4);
  changes.add((one) => void later.push(one));
  changes.committed([eventOf('seen')], 5);
  expect(later).toEqual([{ head: 5, changes: [{ tenant: 'seen', topics: ['events'] }] }]);
});
