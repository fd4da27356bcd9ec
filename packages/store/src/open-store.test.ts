import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { allMigrations } from './migrations/all-migrations.ts';
import { openStore } from './open-store.ts';
import type { OpenStoreOptions } from './open-store.ts';
import {
  eventOp,
  journalEvent,
  ManualClock,
  START,
  temporaryDirectory,
} from './testing/store-fixtures.ts';

let data: ReturnType<typeof temporaryDirectory>;

beforeEach(() => {
  data = temporaryDirectory();
});
afterEach(() => data.remove());

const dir = () => join(data.dir, 'data');
const database = () => join(dir(), 'generations', '000001', 'holdfast.db');
const open = (over: Partial<OpenStoreOptions> = {}) =>
  openStore({ dir: dir(), clock: new ManualClock(), ...over });
const refusal = async () => open().catch((error: unknown) => error);

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted((a, b) => (a < b ? -1 : 1));

/** A store with one event, closed. */
async function made(): Promise<void> {
  const store = await open();
  await store.commit({ at: START, ops: [eventOp(journalEvent(1))] });
  await store.close();
}

describe('a new data directory', () => {
  test('is private, and laid out as documented', async () => {
    const store = await open();
    expect(statSync(dir()).mode & 0o777).toBe(0o700);
    expect(readdirSync(dir()).toSorted()).toEqual([
      'CURRENT',
      'generations',
      'lock',
      'lock.pid',
      'receipts',
    ]);
    expect(readFileSync(join(dir(), 'CURRENT'), 'utf8')).toBe('000001\n');
    expect(readdirSync(join(dir(), 'generations'))).toEqual(['000001']);
    await store.close();
    expect(existsSync(join(dir(), 'lock.pid'))).toBe(false);
  });

  test('has the settings that durability stands on', async () => {
    await made();
    const db = new Database(database());
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('auto_vacuum', { simple: true })).toBe(2);
    expect(db.pragma('application_id', { simple: true })).toBe(0x48465354);
    expect(db.pragma('user_version', { simple: true })).toBe(allMigrations.length);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  });

  test('is not made where that is not asked for', async () => {
    await expect(open({ create: false })).rejects.toMatchObject({ code: 'store.missing' });
    expect(existsSync(dir())).toBe(false);
    mkdirSync(dir());
    await expect(open({ create: false })).rejects.toMatchObject({ code: 'store.missing' });
    expect(existsSync(join(dir(), 'CURRENT'))).toBe(false);
  });

  test('is finished by the next start when its making was cut short', async () => {
    mkdirSync(join(dir(), 'generations', '000001.partial'), { recursive: true });
    writeFileSync(join(dir(), 'generations', '000001.partial', 'holdfast.db'), 'half of something');
    await made();
    // Between the rename and CURRENT: the one whole generation is taken.
    rmSync(join(dir(), 'CURRENT'));
    const store = await open();
    expect(store.counters).toMatchObject({ seq: 1, epoch: 2 });
    await store.close();
    expect(readFileSync(join(dir(), 'CURRENT'), 'utf8')).toBe('000001\n');
  });
});

test('a data directory that cannot be one is an error of the disk, named', async () => {
  writeFileSync(dir(), 'a file');
  expect(await refusal()).toMatchObject({ code: 'store.io', exitCode: 74 });
  rmSync(dir());
  mkdirSync(join(dir(), 'lock'), { recursive: true });
  expect(await refusal()).toMatchObject({ code: 'store.io' });
});

describe('where there was a database, none is made again', () => {
  beforeEach(made);

  test.each([
    ['the file is gone', () => rmSync(database())],
    ['the file is empty', () => truncateSync(database(), 0)],
    [
      'the generation is gone',
      () => rmSync(join(dir(), 'generations', '000001'), { recursive: true }),
    ],
    ['all generations are gone', () => rmSync(join(dir(), 'generations'), { recursive: true })],
    [
      'the file is gone and CURRENT too',
      () => (rmSync(database()), rmSync(join(dir(), 'CURRENT'))),
    ],
    ['CURRENT names nothing', () => writeFileSync(join(dir(), 'CURRENT'), '')],
    ['CURRENT names another generation', () => writeFileSync(join(dir(), 'CURRENT'), '000002\n')],
    [
      'CURRENT is gone and there are two generations',
      () => (mkdirSync(join(dir(), 'generations', '000002')), rmSync(join(dir(), 'CURRENT'))),
    ],
    [
      'the file is a database without tables',
      () => {
        rmSync(database());
        const db = new Database(database());
        db.exec('CREATE TABLE t (a); DROP TABLE t; VACUUM');
        db.close();
      },
    ],
  ])('%s', async (_what, harm) => {
    harm();
    const files = filesIn(dir());
    expect(await refusal()).toMatchObject({ code: 'store.missing', exitCode: 65 });
    // Refusing changes nothing, and a second try is refused as well.
    expect(filesIn(dir())).toEqual(files);
    expect(await refusal()).toMatchObject({ code: 'store.missing' });
  });
});

describe('a database that is not ours to open', () => {
  beforeEach(made);

  test('newer: refused, naming the version needed', async () => {
    const db = new Database(database());
    db.pragma(`user_version = ${allMigrations.length + 1}`);
    db.close();
    expect(await refusal()).toMatchObject({
      code: 'store.newer',
      exitCode: 65,
      message: expect.stringContaining(`schema version ${allMigrations.length + 1}`) as string,
    });
  });

  test('of another program', async () => {
    rmSync(database());
    const db = new Database(database());
    db.exec('CREATE TABLE theirs (a)');
    db.close();
    expect(await refusal()).toMatchObject({ code: 'store.corrupt' });
  });

  test('no database at all', async () => {
    writeFileSync(database(), 'x'.repeat(8192));
    expect(await refusal()).toMatchObject({ code: 'store.corrupt', exitCode: 65 });
  });

  test('cut off in the middle', async () => {
    truncateSync(database(), Math.floor(statSync(database()).size / 8192) * 4096);
    const error = await refusal();
    expect(error).toMatchObject({ code: 'store.corrupt' });
  });

  test('whose migration is another than the one it was made with', async () => {
    const db = new Database(database());
    db.exec("UPDATE schema_migrations SET checksum = 'other'");
    db.close();
    expect(await refusal()).toMatchObject({ code: 'store.corrupt' });
  });

  test('and after each refusal the directory is free again', async () => {
    const kept = `${database()}.kept`;
    renameSync(database(), kept);
    await refusal();
    renameSync(kept, database());
    const store = await open();
    expect(store.counters.seq).toBe(1);
    await store.close();
  });
});

describe('the lock', () => {
  test('keeps a second store of the same process out, and names the process', async () => {
    const store = await open();
    expect(await refusal()).toMatchObject({
      code: 'store.locked',
      exitCode: 75,
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
    // Being refused does not let go of the first one's lock.
    expect(await refusal()).toMatchObject({ code: 'store.locked' });
    await store.commit({ at: START, ops: [] });
    await store.close();
    await (await open()).close();
  });

  test('is given up where its file has no room, and what to do is said', async (context) => {
    if (!existsSync('/dev/full')) context.skip('this system has no /dev/full');
    mkdirSync(dir());
    symlinkSync('/dev/full', join(dir(), 'lock.pid'));
    expect(await refusal()).toMatchObject({
      code: 'store.full',
      message: `no room in ${dir()}`,
      hint: 'Free disk space, then start again.',
    });
    rmSync(join(dir(), 'lock.pid'));
    await (await open()).close();
  });

  test('keeps another process out, and is free the moment it is killed', async () => {
    const holder = spawn(
      process.execPath,
      [fileURLToPath(new URL('testing/hold-store-main.ts', import.meta.url)), dir()],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const exited = once(holder, 'exit');
    try {
      await once(holder.stdout, 'data');
      expect(await refusal()).toMatchObject({
        code: 'store.locked',
        message: expect.stringContaining(`process ${holder.pid}`) as string,
      });
    } finally {
      holder.kill('SIGKILL');
      await exited;
    }
    const store = await open();
    expect(store.counters.epoch).toBe(2);
    await store.close();
  });
});
