import { beforeEach, describe, expect, test } from 'vitest';
import type { StoreOp } from '@holdfast/store';
import { Consumers } from './consumers.ts';

/** Farther than an idle consumer's checkpoint ever stays behind. */
const FAR = 10_000;

let consumers: Consumers;
beforeEach(() => {
  consumers = new Consumers();
});

const checkpointsAt = (lastSeq: number): unknown[] => {
  const ops: StoreOp[] = [];
  consumers.close(ops, lastSeq);
  return ops.map((op) => (op.op === 'checkpoint' ? [op.saga, op.seq] : op));
};

describe('the checkpoint', () => {
  test('passes an event only when it and all before it are dealt with', () => {
    for (const seq of [3, 5, 9]) consumers.owe('a', '', seq);
    expect(checkpointsAt(9)).toEqual([['a', 2]]);
    consumers.settle('a', '', 5);
    expect(checkpointsAt(9)).toEqual([]);
    consumers.settle('a', '', 3);
    expect(checkpointsAt(9)).toEqual([['a', 8]]);
  });

  test('of a consumer that is owed nothing follows the journal, now and then', () => {
    consumers.owe('idle', '', 1);
    consumers.settle('idle', '', 1);
    expect(checkpointsAt(1)).toEqual([['idle', 1]]);
    expect(checkpointsAt(2)).toEqual([]);
    expect(checkpointsAt(FAR)).toEqual([['idle', FAR]]);
    expect(checkpointsAt(FAR + 1)).toEqual([]);
    consumers.owe('idle', '', FAR + 2);
    expect(checkpointsAt(2 * FAR)).toEqual([]);
    consumers.settle('idle', '', FAR + 2);
    // All up to there was owed by then, and it alone was not dealt with.
    expect(checkpointsAt(2 * FAR)).toEqual([['idle', 2 * FAR]]);
  });

  test('of a consumer whose saga is not there stays, whatever of it is dealt with', () => {
    consumers.restore([{ saga: 'gone', tenant: '', seq: 4 }]);
    consumers.owe('gone', '', 7);
    consumers.settle('gone', '', 7);
    expect(checkpointsAt(FAR)).toEqual([]);
  });

  test('of a consumer that is owed nothing is taken along at once where that is asked', () => {
    consumers.owe('a', '', 1);
    consumers.settle('a', '', 1);
    consumers.owe('b', '', 2);
    expect(checkpointsAt(2)).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    consumers.followSoon();
    expect(checkpointsAt(5)).toEqual([['a', 5]]);
    consumers.settle('b', '', 2);
    expect(checkpointsAt(5)).toEqual([['b', 5]]);
  });

  test('of a restored consumer stays until it is known what it is owed', () => {
    consumers.restore([{ saga: 'a', tenant: '', seq: 4 }]);
    expect(checkpointsAt(FAR)).toEqual([]);
    consumers.owe('a', '', 7);
    consumers.caughtUp('a', '');
    expect(checkpointsAt(2 * FAR)).toEqual([]);
    consumers.settle('a', '', 7);
    expect(checkpointsAt(3 * FAR)).toEqual([['a', 3 * FAR]]);
  });

  test('of a consumer that lags does not pass an act that went ahead, until that is dealt with', () => {
    consumers.owe('a', '', 1);
    const consumer = consumers.find('a', '');
    consumer?.startLag(1, 3);
    consumers.oweAhead('a', '', 2);
    consumers.owe('a', '', 3);
    consumers.settle('a', '', 1);
    consumers.settle('a', '', 3);
    expect(checkpointsAt(3)).toEqual([['a', 1]]);
    consumers.settle('a', '', 2);
    expect(checkpointsAt(3)).toEqual([['a', 3]]);
  });
});
