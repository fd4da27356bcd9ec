/** The verdict finds each fault that it is there for. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TempFolder } from '../../support/temp-folder.ts';
import { judgeClock } from './verdict.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const UNTIL = START + 600_000;
const at = (millis: number): number => (START + millis) * 1000;
const iso = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();

let folder: TempFolder;
let db: DatabaseSync;
beforeEach(() => {
  folder = new TempFolder('verdict');
  db = new DatabaseSync(folder.at('journal.db'));
  db.exec(`
    CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE events (seq INTEGER PRIMARY KEY, id TEXT, source TEXT, type INTEGER, target INTEGER, subject TEXT,
      time TEXT, received_at INTEGER, extensions TEXT, data TEXT);
    CREATE TABLE transitions (instance_id INTEGER, version INTEGER, seq INTEGER, decision TEXT);
    CREATE TABLE dispositions (seq INTEGER, status TEXT);
    CREATE TABLE schedules (due_at INTEGER);
    CREATE TABLE commits (no INTEGER, at INTEGER);
    INSERT INTO names VALUES (1, 'timer.fired'), (2, 'wait.expired'), (3, 'schedule.skipped'), (4, 'minute.struck');
  `);
  decide(1, 1, { schedules: [{ name: 'nap', dueAt: at(1000) }] });
  fire(2, 'a', at(1000));
  decide(2, 2, { ending: { as: 'completed' } });
  for (const [i, minute] of [0, 1, 2, 5, 6, 7, 8, 9].entries()) strike(10 + i, minute);
  skip(20, 3, 5);
  commit(1, at(0));
  commit(2, at(1000));
});
afterEach(() => {
  db.close();
  folder[Symbol.dispose]();
});

function decide(version: number, seq: number, decision: unknown): void {
  db.prepare('INSERT INTO transitions VALUES (1, ?, ?, ?)').run(
    version,
    seq,
    JSON.stringify(decision),
  );
}
function fire(seq: number, id: string, received: number, step = 'nap'): void {
  db.prepare(
    `INSERT INTO events VALUES (?, ?, 'holdfast:timer', 1, 1, 's/k', NULL, ?, ?, 'null')`,
  ).run(seq, id, received, JSON.stringify({ run: 1, step }));
}
function strike(
  seq: number,
  minute: number,
  id = `m${minute}`,
  received = at(minute * 60_000),
): void {
  db.prepare(
    `INSERT INTO events VALUES (?, ?, 'holdfast:cron/clock', 4, NULL, 'minutely', ?, ?, NULL, '{}')`,
  ).run(seq, id, iso(minute), received);
}
function skip(seq: number, from: number, until: number): void {
  const data = JSON.stringify({ schedule: 'minutely', from: iso(from), until: iso(until) });
  db.prepare(
    `INSERT INTO events VALUES (?, 'skip', 'holdfast:cron/clock', 3, NULL, 'minutely', NULL, 0, NULL, ?)`,
  ).run(seq, data);
}
function commit(no: number, time: number): void {
  db.prepare('INSERT INTO commits VALUES (?, ?)').run(no, time);
}
const faults = (): readonly string[] => judgeClock(folder.at('journal.db'), UNTIL).faults;

test('nothing is wrong', () => {
  expect(judgeClock(folder.at('journal.db'), UNTIL)).toMatchObject({
    faults: [],
    timersSet: 1,
    fired: 1,
    cronFirings: 8,
    cronSkips: 1,
  });
});

test.each<[string, () => void, RegExp]>([
  [
    'a timer that fired early',
    () => db.exec(`UPDATE events SET received_at = received_at - 1 WHERE seq = 2`),
    /1 µs early/,
  ],
  [
    'a timer that never fired',
    () => db.exec(`DELETE FROM events WHERE seq = 2; DELETE FROM transitions WHERE seq = 2`),
    /never fired/,
  ],
  ['a firing that is journaled twice', () => fire(3, 'a', at(1000)), /twice/],
  ['a firing that nothing became of', () => fire(3, 'b', at(1000)), /neither applied nor ignored/],
  [
    'a firing of a cancelled timer that changed something',
    () =>
      db.exec(`UPDATE transitions SET seq = 4 WHERE version = 2;
      INSERT INTO transitions VALUES (1, 1.5, 3, '{"cancelSchedules":["nap"]}');
      UPDATE events SET seq = 4 WHERE seq = 2`),
    /nothing was set/,
  ],
  [
    'a schedule that is left',
    () => db.exec(`INSERT INTO schedules VALUES (${at(5)})`),
    /still there/,
  ],
  ['time that goes backward', () => commit(3, at(999)), /backward/],
  ['time that never came', () => commit(3, at(700_000)), /never came/],
  ['a run that is lost', () => db.exec(`DELETE FROM events WHERE id = 'm7'`), /was to be next/],
  ['a run that fired twice', () => strike(30, 9, 'other'), /was to be next/],
  [
    'a run that fired early',
    () => db.exec(`UPDATE events SET received_at = ${at(0)} WHERE id = 'm1'`),
    /early/,
  ],
  [
    'runs at the end that are lost',
    () => db.exec(`DELETE FROM events WHERE id IN ('m7', 'm8', 'm9')`),
    /not fired since/,
  ],
  [
    'a run that is passed over unsaid',
    () => db.exec(`DELETE FROM events WHERE id = 'skip'`),
    /was to be next/,
  ],
])('%s is found', (_what, damage, expected) => {
  damage();
  expect(faults().join('\n')).toMatch(expected);
});
