import { describe, expect, test } from 'vitest';
import { StoreFullError } from '@holdfast/store';
import type { CommitBatch, CommitReceipt, Store, StoreOp } from '@holdfast/store';
import { JournalWriter, type Unit } from './journal-writer.ts';
import { RecordedTime } from './recorded-time.ts';

const clock = { now: () => 1, monotonic: () => 1, after: () => () => undefined };

/** A store whose commits are ended by the test. */
class HeldStore {
  readonly batches: CommitBatch[] = [];
  #held: PromiseWithResolvers<CommitReceipt>[] = [];

  commit(batch: CommitBatch): Promise<CommitReceipt> {
    this.batches.push(batch);
    const held = Promise.withResolvers<CommitReceipt>();
    this.#held.push(held);
    return held.promise;
  }

  succeed(): void {
    this.#held.shift()?.resolve({ no: 1, lastSeq: 0, syncMs: 0 });
  }

  fail(error: Error): void {
    this.#held.shift()?.reject(error);
  }
}

function setUp() {
  const store = new HeldStore();
  const told: string[] = [];
  const fatal: Error[] = [];
  const retries: (() => void)[] = [];
  const writer = new JournalWriter({
    store: store as Pick<Store, 'commit'> as Store,
    time: new RecordedTime(clock, 0),
    closing: (into) => void into.push(remove(0)),
    after: () => told.push('after'),
    fatal: (error) => fatal.push(error),
    noRoom: (_, retry) => retries.push(retry),
  });
  const unit = (id: number): Unit => ({
    build: (into) => void into.push(remove(id)),
    committed: () => told.push(`committed ${id}`),
    failed: () => told.push(`failed ${id}`),
  });
  return { store, writer, told, fatal, retries, unit };
}

const remove = (id: number): StoreOp => ({ op: 'schedule.remove', id });
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const ids = (batch: CommitBatch | undefined): number[] =>
  (batch?.ops ?? []).map((op) => (op.op === 'schedule.remove' ? op.id : -1));

describe('group commit', () => {
  test('tells nobody before the commit that covers them has returned', async () => {
    const { store, writer, told, unit } = setUp();
    writer.submit(unit(1));
    await turn();
    expect(store.batches).toHaveLength(1);
    expect(told).toEqual([]);
    store.succeed();
    await turn();
    expect(told).toEqual(['committed 1', 'after']);
  });

  test('writes what waits during a commit in the next one, in order, closed once', async () => {
    const { store, writer, unit } = setUp();
    writer.submit(unit(1));
    await turn();
    writer.submit(unit(2));
    writer.submit(unit(3));
    await turn();
    expect(store.batches).toHaveLength(1);
    store.succeed();
    await turn();
    await turn();
    expect(store.batches.map(ids)).toEqual([
      [1, 0],
      [2, 3, 0],
    ]);
  });

  test('makes a commit that found no room again, as it was, before anything newer (I10)', async () => {
    const { store, writer, told, fatal, retries, unit } = setUp();
    writer.submit(unit(1));
    await turn();
    writer.submit(unit(2));
    store.fail(new StoreFullError('no room'));
    await turn();
    await turn();
    // Nothing is told, and nothing else written, until there is room.
    expect(told).toEqual([]);
    expect(store.batches).toHaveLength(1);
    await writer.idle();
    retries[0]?.();
    await turn();
    expect(store.batches[1]).toEqual(store.batches[0]);
    store.fail(new StoreFullError('no room'));
    await turn();
    retries[1]?.();
    store.succeed();
    await turn();
    await turn();
    expect(told).toEqual(['committed 1', 'after']);
    store.succeed();
    await turn();
    expect(store.batches.map(ids)).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(told).toEqual(['committed 1', 'after', 'committed 2', 'after']);
    expect(fatal).toEqual([]);
  });

  test('after a commit of unknown fate acknowledges nothing, takes nothing, and says so once', async () => {
    const { store, writer, told, fatal, unit } = setUp();
    writer.submit(unit(1));
    await turn();
    writer.submit(unit(2));
    store.fail(new Error('the sync failed'));
    await turn();
    writer.submit(unit(3));
    await turn();
    expect(told).toEqual(['failed 1', 'failed 2', 'failed 3']);
    expect(fatal).toHaveLength(1);
    expect(store.batches).toHaveLength(1);
  });
});
