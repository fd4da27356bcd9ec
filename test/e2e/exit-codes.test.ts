/** Where `serve` refuses to start: the exit code, and words that name what is in the way. */
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI } from '../support/checkout.ts';
import { Child, type Ended } from '../support/child.ts';
import { eventually, within } from '../support/eventually.ts';
import { HoldfastServer, serveRefused } from '../support/holdfast-server.ts';
import { order, orderPlaced } from '../support/orders.ts';
import { Project } from '../support/project.ts';
import { TempFolder } from '../support/temp-folder.ts';

const CORRUPT_OR_NEWER = 65;
const UNAVAILABLE = 69;
const UNFORESEEN = 1;
const LOCKED = 75;
const CONFIGURATION = 78;

const FREE = ['--http-port', '0', '--mqtt-port', '0'];

const errorLine = z.object({
  error: z.looseObject({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});

/** The error that `serve --json` wrote. Its log lines are on standard error too. */
function errorOf({ stderr, stdout }: Ended): z.infer<typeof errorLine>['error'] {
  expect(stdout).toBe('');
  for (const line of stderr.trim().split('\n').toReversed()) {
    const read = errorLine.safeParse(JSON.parse(line));
    if (read.success) return read.data.error;
  }
  throw new Error(`no error document in: ${stderr}`);
}

async function taken(): Promise<{ readonly port: number; readonly listener: Server }> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, listener };
}

describe('a port that is taken: 69, naming it', () => {
  test.each([
    ['HTTP', '--http-port', '--mqtt-port'],
    ['MQTT', '--mqtt-port', '--http-port'],
  ])('%s', async (_, flag, other) => {
    using folder = new TempFolder('exit');
    const { port, listener } = await taken();
    try {
      const ended = await serveRefused(folder.at('data'), flag, String(port), other, '0');
      expect(ended.code).toBe(UNAVAILABLE);
      expect(errorOf(ended)).toMatchObject({ code: 'port.taken' });
      expect(errorOf(ended).message).toContain(String(port));
    } finally {
      listener.close();
    }
    // Nothing stays locked: the same directory starts with a free port.
    await using server = await HoldfastServer.start({ dataDir: folder.at('data') });
    expect(server.pid).toBeGreaterThan(0);
  });
});

describe('a start that fails ends all that it had started', () => {
  test('effects that were under way already', async () => {
    using folder = new TempFolder('exit');
    using project = Project.fromTemplate();
    const run = '({ kilos }, { idempotencyKey }) => {';
    const endless = 'await new Promise((done) => setTimeout(done, 3_600_000));';
    project.replace('src/boxes.ts', run, `async ${run}\n${endless}`);
    project.replace('src/boxes.ts', "'5s'", "'1h'");
    // One call at a time: the second has not begun when the server is killed, and so begins with the next start.
    const env = { HOLDFAST_RELAY_CONCURRENCY: '1' };
    const options = { dataDir: folder.at('data'), restaurant: false, env };
    await using server = await HoldfastServer.start(options);
    await project.deploy(server);
    for (const parcelId of ['P-1', 'P-2']) {
      const data = { parcelId, recipient: 'Ada', kilos: 1 };
      await server.cliJson('events', 'publish', 'parcel.arrived', JSON.stringify(data));
    }
    await server.sigkill();
    const { port, listener } = await taken();
    try {
      const ended = await serveRefused(
        server.dataDir,
        '--http-port',
        '0',
        '--mqtt-port',
        `${port}`,
      );
      expect(ended.code).toBe(UNAVAILABLE);
      expect(ended.stderr).not.toContain('the engine stops');
    } finally {
      listener.close();
    }
    await server.restart();
  });

  test('the server itself, where it cannot say how to reach it', async () => {
    using folder = new TempFolder('exit');
    mkdirSync(folder.at('data', 'server.json'), { recursive: true });
    const ended = await serveRefused(folder.at('data'), ...FREE);
    expect(ended.code).toBe(UNFORESEEN);
    expect(errorOf(ended).message).toContain('server.json');
    rmSync(folder.at('data', 'server.json'), { recursive: true });
    await using server = await HoldfastServer.start({ dataDir: folder.at('data') });
    expect(server.pid).toBeGreaterThan(0);
  });
});

test('asked to stop while it starts: 0, and it never says that it is ready', async () => {
  using folder = new TempFolder('exit');
  const dataDir = folder.at('data');
  const args = ['serve', '--with-restaurant', '--data-dir', dataDir, '--json', ...FREE];
  await using server = new Child(process.execPath, [CLI, ...args], { lifeline: true });
  await eventually('it has begun', () => (existsSync(dataDir) ? true : undefined));
  server.signal('SIGTERM');
  const { code, stdout } = await within('it ends', 60_000, server.ended);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
});

describe('a data directory', () => {
  test('that is in use: 75, and the server that uses it goes on', async () => {
    await using server = await HoldfastServer.start();
    const ended = await serveRefused(server.dataDir, ...FREE);
    expect(ended.code).toBe(LOCKED);
    const { code, message } = errorOf(ended);
    expect(code).toBe('store.locked');
    expect(message).toContain(server.dataDir);
    const placed = order();
    await server.api.publish(orderPlaced(placed));
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
  });

  test('of a server that was killed is free again', async () => {
    await using server = await HoldfastServer.start();
    await server.sigkill();
    await server.restart();
    expect((await server.api.get('/ready')).status).toBe(200);
  });
});

describe('the database', () => {
  let folder: TempFolder;
  let dataDir: string;
  let database: string;

  beforeAll(async () => {
    folder = new TempFolder('exit');
    dataDir = folder.at('data');
    await using server = await HoldfastServer.start({ dataDir });
    await server.api.publish(orderPlaced(order()));
    database = server.database;
    expect(await server.stop()).toBe(0);
  });
  afterAll(() => folder[Symbol.dispose]());

  function withDatabase(work: (db: DatabaseSync) => void): void {
    const db = new DatabaseSync(database);
    try {
      work(db);
    } finally {
      db.close();
    }
  }

  test('newer than the program: 65, naming the version that is needed, and untouched', async () => {
    let version = 0;
    withDatabase((db) => {
      version = z
        .object({ user_version: z.number() })
        .parse(db.prepare('PRAGMA user_version').get()).user_version;
      db.exec('PRAGMA user_version = 4711');
    });
    const ended = await serveRefused(dataDir, ...FREE);
    expect(ended.code).toBe(CORRUPT_OR_NEWER);
    const { code, message, hint } = errorOf(ended);
    expect(code).toBe('store.newer');
    expect(`${message} ${hint}`).toContain('4711');
    withDatabase((db) => {
      expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 4711 });
      db.exec(`PRAGMA user_version = ${version}`);
    });
  });

  test('that is not one: 65', async () => {
    using other = new TempFolder('exit');
    await using server = await HoldfastServer.start({ dataDir: other.at('data') });
    const path = server.database;
    await server.stop();
    removeSidecars(path);
    writeFileSync(
      path,
      'this is no database, and long enough to be read as a header of one. '.repeat(100),
    );
    const ended = await serveRefused(other.at('data'), ...FREE);
    expect(ended.code).toBe(CORRUPT_OR_NEWER);
    expect(errorOf(ended)).toMatchObject({ code: 'store.corrupt' });
    expect(errorOf(ended).message).toContain(server.dataDir);
  });

  test('missing where there was one: refused, and nothing is made in its place', async () => {
    const kept = folder.at('kept.db');
    withDatabase((db) => db.exec(`VACUUM INTO '${kept}'`));
    removeSidecars(database);
    rmSync(database);
    const ended = await serveRefused(dataDir, ...FREE);
    expect(ended.code).toBe(CORRUPT_OR_NEWER);
    expect(errorOf(ended)).toMatchObject({ code: 'store.missing' });
    expect(errorOf(ended).message).toContain(database);
    expect(existsSync(database)).toBe(false);
  });

  test('empty where there was one: refused, and it stays empty', async () => {
    writeFileSync(database, '');
    const ended = await serveRefused(dataDir, ...FREE);
    expect(ended.code).toBe(CORRUPT_OR_NEWER);
    expect(errorOf(ended)).toMatchObject({ code: 'store.missing' });
    truncateSync(database, 0); // Throws if it is gone.
    expect(readdirSync(join(database, '..')).filter((name) => name.endsWith('.db'))).toEqual([
      'holdfast.db',
    ]);
  });

  test('gone with its whole folder: refused too', async () => {
    rmSync(join(database, '..'), { recursive: true });
    const ended = await serveRefused(dataDir, ...FREE);
    expect(ended.code).toBe(CORRUPT_OR_NEWER);
    expect(errorOf(ended)).toMatchObject({ code: 'store.missing' });
  });
});

test('a configuration with faults: 78, all of them in one report', async () => {
  using folder = new TempFolder('exit');
  const config = folder.at('holdfast.yaml');
  writeFileSync(config, 'htpp:\n  port: 1\nmqtt:\n  port: 99999\n');
  const ended = await serveRefused(folder.at('data'), '--config', config);
  expect(ended.code).toBe(CONFIGURATION);
  expect(ended.stderr).toContain('htpp');
  expect(ended.stderr).toContain('mqtt.port');
});

function removeSidecars(path: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
}
