/**
 * What the writer asks again and again is prepared once. This SQLite (`ENABLE_STAT4`) plans some statements by the values
 * they are bound to, and prepares them again for every other value, which takes several times as long as running them:
 * those with joins, among others. `= +?` keeps it from looking at the value.
 *
 * better-sqlite3 makes a function for a statement's rows each time the statement has been prepared. They are counted here.
 */
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { openStore } from './open-store.ts';
import type { SqliteStore } from './sqlite-store.ts';
import {
  instanceRow,
  ManualClock,
  scheduleRow,
  START,
  startOps,
  temporaryDirectory,
  waitRow,
} from './testing/store-fixtures.ts';

const INSTANCES = 12;

let data: ReturnType<typeof temporaryDirectory>;
let store: SqliteStore;
let prepared: number;

beforeEach(async () => {
  data = temporaryDirectory();
  store = await openStore({ dir: data.dir, clock: new ManualClock() });
  for (let n = 1; n <= INSTANCES; n++) {
    const row = instanceRow(n);
    await store.commit({
      at: START,
      ops: [
        ...startOps({ seq: n, instance: n, item: n }),
        { op: 'schedule.set', row: scheduleRow(n, row, 'later', START + n) },
        { op: 'wait.open', row: waitRow(n, row, 'signed') },
      ],
    });
  }
  prepared = 0;
  const make = globalThis.Function;
  vi.stubGlobal(
    'Function',
    new Proxy(make, {
      apply(target, self, args: unknown[]): unknown {
        prepared += 1;
        return Reflect.apply(target, self, args);
      },
    }),
  );
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await store.close();
  data.remove();
});

/** How often statements are prepared after the first few times, each time for other values. */
async function preparedAgain(ask: (n: number) => unknown): Promise<number> {
  for (let n = 1; n <= 3; n++) await ask(n);
  const before = prepared;
  for (let n = 4; n <= INSTANCES; n++) await ask(n);
  return prepared - before;
}

test('a join on a plain parameter is prepared for each value: that is what is counted', async () => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY);');
  for (let n = 1; n <= INSTANCES; n++)
    db.exec(`INSERT INTO a VALUES (${n}); INSERT INTO b VALUES (${n});`);
  const join = 'SELECT a.id FROM a CROSS JOIN b ON b.id = a.id WHERE a.id =';
  const plain = db.prepare(`${join} ?`);
  const closed = db.prepare(`${join} +?`);
  expect(await preparedAgain((n) => plain.get(n))).toBe(INSTANCES - 3);
  expect(await preparedAgain((n) => closed.get(n))).toBe(0);
  db.close();
});

test.each([
  [
    'an instance by key',
    (n) => store.loadInstances([{ tenant: '', saga: 'order', key: `order-${n}` }]),
  ],
  ['an instance by id', (n) => store.loadInstancesById([n])],
  ['its decisions', (n) => store.decisionsOf(n, 0, 10)],
  ['its items', (n) => store.itemsOf(n)],
  ['an item', (n) => store.itemsById([n])],
  ['a try', (n) => store.attempt(n, 1)],
  ['a wait', (n) => store.findWait({ instanceId: n, name: 'signed' })],
  ['schedules that are due', (n) => store.dueSchedules(START + n, n)],
  ['events', (n) => store.readEvents([n])],
] satisfies [string, (n: number) => unknown][])('%s: prepared once', async (_what, ask) => {
  expect(await preparedAgain(ask)).toBe(0);
  expect(prepared).toBeGreaterThan(0);
});
