import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { openStore } from './open-store.ts';
import { endOfLog, ReceiptsLog } from './receipts-log.ts';
import type { SqliteStore } from './sqlite-store.ts';
import { listReceipts, readReceipts } from './testing/read-receipts.ts';
import {
  ManualClock,
  outcomeOps,
  START,
  startOps,
  temporaryDirectory,
} from './testing/store-fixtures.ts';

let data: ReturnType<typeof temporaryDirectory>;
let store: SqliteStore;
beforeEach(async () => {
  data = temporaryDirectory();
  store = await openStore({ dir: data.dir, clock: new ManualClock() });
});
afterEach(async () => {
  await store.close();
  data.remove();
});

const start = (n: number) =>
  store.commit({ at: START + n, ops: startOps({ seq: n, instance: n, item: n }) });
const settle = (n: number, seq: number) =>
  store.commit({ at: START + seq, ops: outcomeOps({ seq, instance: n, item: n, attempt: 1 }) });
const reopen = async () => {
  await store.close();
  store = await openStore({ dir: data.dir, clock: new ManualClock() });
};
const summary = () =>
  readReceipts(data.dir).map(
    ({ kind, commit, epoch, key, outcome }) => `${kind} ${commit} ${epoch} ${key ?? outcome}`,
  );

test('tells of each start, end and outcome by command, in a file per epoch and day', async () => {
  await start(1);
  await settle(1, 2);
  expect(summary()).toEqual(['start 2 1 order-1', 'end 3 1 succeeded', 'outcome 3 1 succeeded']);
  const [started, , outcome] = readReceipts(data.dir);
  expect(started).toMatchObject({
    attempt: 1,
    mode: 'call',
    tenant: '',
    saga: 'order',
    run: 1,
    step: 'kitchen.reserve#1',
  });
  expect(outcome).toMatchObject({ command: started?.command, seq: 2, data: { ticket: 't' } });
  await reopen();
  await start(3);
  expect(listReceipts(data.dir).map((path) => basename(path))).toEqual([
    '000001-2026-11-21.jsonl',
    '000002-2026-11-21.jsonl',
  ]);
  const midnight = START + 24 * 3600 * 1_000_000;
  await store.commit({ at: midnight, ops: startOps({ seq: 4, instance: 4, item: 4 }) });
  expect(
    listReceipts(data.dir)
      .map((path) => basename(path))
      .at(-1),
  ).toBe('000002-2026-11-22.jsonl');
});

test('an item of an earlier start is still told of by its command', async () => {
  await start(1);
  await reopen();
  await settle(1, 2);
  const receipts = readReceipts(data.dir);
  expect(new Set(receipts.map(({ command }) => command)).size).toBe(1);
  expect(summary()).toEqual(['start 2 1 order-1', 'end 4 2 succeeded', 'outcome 4 2 succeeded']);
});

test('what a loss of power took is written again from the database, also when a line was cut in two', async () => {
  await start(1);
  await start(2);
  await settle(1, 3);
  await store.close();
  const [path = ''] = listReceipts(data.dir);
  const second = readFileSync(path, 'utf8').indexOf('\n') + 1;
  truncateSync(path, second + 40);
  await reopen();
  const told = new Set(summary().map((line) => line.replace(/ \d+ \d+ /, ' ')));
  expect(told).toEqual(
    new Set(['start order-1', 'start order-2', 'end succeeded', 'outcome succeeded']),
  );
  // Once caught up, the next start has nothing to write.
  const lines = readReceipts(data.dir).length;
  await reopen();
  expect(readReceipts(data.dir).length).toBe(lines);
});

test('a log that was removed is written again whole', async () => {
  await start(1);
  await settle(1, 2);
  await store.close();
  rmSync(join(data.dir, 'receipts'), { recursive: true });
  await reopen();
  expect(summary()).toEqual(['start 2 1 order-1', 'end 3 1 succeeded', 'outcome 3 1 succeeded']);
});

test('is written again in the order of commits, so that a repair cut short goes on from its last line', async () => {
  await start(1);
  await settle(1, 2);
  await store.commit({ at: START + 3, ops: startOps({ seq: 3, instance: 2, item: 2 }) });
  await store.close();
  rmSync(join(data.dir, 'receipts'), { recursive: true });
  await reopen();
  const commits = readReceipts(data.dir).map(({ commit }) => commit);
  expect(commits).toEqual([2, 3, 3, 4]);
});

test('a refused batch leaves no receipt', async () => {
  const bad = [
    ...startOps({ seq: 1, instance: 1, item: 1 }),
    ...startOps({ seq: 1, instance: 1, item: 1 }),
  ];
  await expect(store.commit({ at: START, ops: bad })).rejects.toThrow(/is not next/);
  expect(listReceipts(data.dir)).toEqual([]);
});

test('where a loss of power took some lines of the last commit, all of them are written again', async () => {
  await start(1);
  await store.commit({
    at: START + 2,
    ops: [
      ...outcomeOps({ seq: 2, instance: 1, item: 1, attempt: 1 }),
      ...startOps({ seq: 3, instance: 2, item: 2 }),
    ],
  });
  await store.close();
  const [path = ''] = listReceipts(data.dir);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  for (const kept of [1, 2, 3]) {
    writeFileSync(path, `${lines.slice(0, kept).join('\n')}\n`);
    await reopen();
    const repaired = listReceipts(data.dir).slice(1);
    expect(repaired).toHaveLength(1);
    const all = readFileSync(path, 'utf8') + readFileSync(repaired[0] ?? '', 'utf8');
    // The same text where a line is there twice: a reader takes it as one.
    expect(new Set(all.trimEnd().split('\n'))).toEqual(new Set(lines));
    await reopen();
    expect(listReceipts(data.dir).slice(1)).toEqual(repaired);
    await store.close();
    rmSync(repaired[0] ?? '');
  }
});

test('the last whole line is found behind lines of any length', () => {
  const folder = join(data.dir, 'other');
  const log = new ReceiptsLog({ dir: folder, epoch: 1, clock: new ManualClock() });
  log.append('{"kind":"start","commit":5,"x":1}\n', START);
  log.append(`{"kind":"outcome","commit":7,"data":"${'x'.repeat(300_000)}"}\n`, START);
  log.append('{"kind":"start","commit":7,"x":2}\n', START);
  log.close();
  expect(endOfLog(folder)).toEqual({ commit: 7, lines: 2 });
  appendFileSync(
    join(folder, '000001-2026-11-21.jsonl'),
    `{"kind":"start","commit":9,"data":"${'x'.repeat(200_000)}`,
  );
  expect(endOfLog(folder)).toEqual({ commit: 7, lines: 2 });
  expect(endOfLog(join(data.dir, 'nowhere'))).toEqual({ commit: 0, lines: 0 });
});

test('is synced a little later by a timer, not by the commit', async () => {
  const clock = new ManualClock();
  const log = new ReceiptsLog({ dir: join(data.dir, 'timed'), epoch: 1, clock });
  let timers = 0;
  const after = clock.after.bind(clock);
  clock.after = (delay, run) => {
    timers++;
    return after(delay, run);
  };
  for (let i = 0; i < 10; i++) log.append(`{"kind":"start","commit":${i}}\n`, START);
  expect(timers).toBe(1);
  clock.advance(200_000);
  log.append('{"kind":"start","commit":11}\n', START);
  log.close();
  expect(log.fault).toBeNull();
});
