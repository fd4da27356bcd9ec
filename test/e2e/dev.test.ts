/** `holdfast dev`: what is saved is live, what is wrong is named, and the next save goes on. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI } from '../support/checkout.ts';
import { Child, runToEnd } from '../support/child.ts';
import { eventually, within } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { Project } from '../support/project.ts';
import { TempFolder } from '../support/temp-folder.ts';

const line = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('watching'),
    project: z.string(),
    url: z.string(),
    dataDir: z.string(),
    started: z.boolean(),
  }),
  z.object({
    event: z.literal('active'),
    app: z.string(),
    digest: z.string(),
    previous: z.string().nullable(),
    millis: z.number(),
    sagas: z.array(z.string()),
    effects: z.array(z.string()),
  }),
  z.object({ event: z.literal('unchanged'), digest: z.string() }),
  z.object({
    event: z.literal('failed'),
    error: z.object({
      code: z.string(),
      message: z.string(),
      faults: z.array(z.object({ at: z.string(), message: z.string() })).default([]),
    }),
  }),
]);
type Line = z.infer<typeof line>;
type Told<E extends Line['event']> = Extract<Line, { event: E }>;

/** `holdfast dev --json` and what it has told. */
class Dev {
  readonly child: Child;
  readonly #told: Line[] = [];
  #read = 0;

  constructor(project: Project, dataDir: string, httpPort = 0) {
    const args = [CLI, 'dev', '--project', project.path, '--data-dir', dataDir, '--json'];
    this.child = new Child(process.execPath, args, {
      env: { HOLDFAST_HTTP_PORT: String(httpPort), HOLDFAST_MQTT_PORT: '0' },
    });
    this.child.onLine((text) => this.#told.push(line.parse(JSON.parse(text))));
  }

  /** What it tells next, which must be this. */
  async tells<E extends Line['event']>(event: E): Promise<Told<E>> {
    const told = await this.#next(event);
    expect(told).toMatchObject({ event });
    return told as Told<E>;
  }

  /** The same, where several saves in a row may make one build or more. */
  async tellsInTheEnd<E extends Line['event']>(event: E): Promise<Told<E>> {
    for (;;) {
      const told = await this.#next(event);
      if (told.event === event) return told as Told<E>;
    }
  }

  async #next(awaited: string): Promise<Line> {
    const told = await eventually(
      `dev tells "${awaited}"`,
      () => {
        if (this.child.end !== null) throw new Error(`dev ended: ${this.child.stderr}`);
        return this.#told[this.#read];
      },
      { seen: () => ({ told: this.#told, stderr: this.child.stderr }) },
    );
    this.#read += 1;
    return told;
  }

  async interrupt(): Promise<number | null> {
    this.child.signal('SIGINT');
    return (await within('dev ends after SIGINT', 60_000, this.child.ended)).code;
  }
}

let folder: TempFolder;
let project: Project;
let dataDir: string;
let dev: Dev;

beforeEach(() => {
  folder = new TempFolder('dev');
  project = Project.fromTemplate();
  dataDir = folder.at('data');
});
afterEach(async () => {
  await dev.child[Symbol.asyncDispose]();
  await eventually('its server has gone', async () =>
    (await status()).code === 69 ? true : undefined,
  );
  project[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const status = () => runToEnd(process.execPath, [CLI, 'status', '--data-dir', dataDir]);

async function cliJson(...args: readonly string[]): Promise<unknown> {
  const ended = await runToEnd(process.execPath, [CLI, ...args, '--data-dir', dataDir, '--json']);
  expect(ended).toMatchObject({ code: 0 });
  return JSON.parse(ended.stdout);
}

/** The release that a new parcel runs on, once it waits to be picked up. */
async function releaseOfNew(parcelId: string): Promise<string> {
  const data = JSON.stringify({ parcelId, recipient: 'Ada', kilos: 1 });
  await cliJson('events', 'publish', 'parcel.arrived', data);
  return eventually('the parcel waits', async () => {
    const page = z
      .object({ items: z.array(z.object({ release: z.string() })) })
      .parse(await cliJson('sagas', 'list', '--key-prefix', parcelId, '--status', 'waiting'));
    return page.items[0]?.release;
  });
}

describe('with a server of its own', () => {
  beforeEach(async () => {
    dev = new Dev(project, dataDir);
    expect(await dev.tells('watching')).toMatchObject({
      project: project.path,
      dataDir,
      started: true,
    });
  });

  test('builds and activates at once, and again after each save; what is in flight stays on its release', async () => {
    const first = await dev.tells('active');
    expect(first).toMatchObject({
      app: 'parcel',
      previous: null,
      sagas: ['parcel'],
      effects: ['box.assign', 'box.free', 'notice.send'],
    });
    expect(await releaseOfNew('P-1')).toBe(first.digest);
    project.replace('src/parcel.ts', 'Your parcel is', 'It is');
    const second = await dev.tells('active');
    expect(second.previous).toBe(first.digest);
    expect(await releaseOfNew('P-2')).toBe(second.digest);
    expect(await cliJson('sagas', 'show', 'parcel', 'P-1')).toMatchObject({
      release: first.digest,
    });
    expect(await dev.interrupt()).toBe(0);
    expect(dev.child.stderr).toBe('');
  });

  test('names a fault with its place, keeps what was active, and goes on with the next save', async () => {
    const good = await dev.tells('active');
    const before = project.read('src/parcel.ts');
    project.write('src/parcel.ts', before.replace('const pickup =', 'const pickup = ='));
    const place = before.split('\n').findIndex((text) => text.includes('const pickup =')) + 1;
    const { error } = await dev.tells('failed');
    expect(error.code).toBe('release.invalid');
    expect(error.faults[0]?.at).toMatch(new RegExp(`^src/parcel\\.ts:${place}:\\d+$`));
    expect(await releaseOfNew('P-3')).toBe(good.digest);
    project.write('src/parcel.ts', before);
    expect(await dev.tells('unchanged')).toEqual({ event: 'unchanged', digest: good.digest });
    project.replace('holdfast.release.yaml', 'attempts: 5', 'attemps: 5');
    const wrong = await dev.tells('failed');
    expect(wrong.error.faults[0]?.at).toMatch(/^holdfast\.release\.yaml:\d+:\d+$/);
  });

  test('sees a save by renaming over, and files in folders that are new', async () => {
    await dev.tells('active');
    project.replaceByRename('src/parcel.ts', 'Your parcel is', 'Here it is');
    await dev.tells('active');
    project.write('src/texts/notice.ts', "export const INTRO = 'Good news:';\n");
    const parcel = project.read('src/parcel.ts').replace('`Here it is', '`${INTRO} here it is');
    project.write('src/parcel.ts', `import { INTRO } from './texts/notice.ts';\n${parcel}`);
    await dev.tellsInTheEnd('active');
    project.write('src/texts/notice.ts', "export const INTRO = 'Look:';\n");
    const last = await dev.tellsInTheEnd('active');
    expect(await releaseOfNew('P-4')).toBe(last.digest);
  });

  test('killed, takes its server along', async () => {
    await dev.tells('active');
    dev.child.signal('SIGKILL');
    await dev.child.ended;
    await eventually('the server has gone', async () =>
      (await status()).code === 69 ? true : undefined,
    );
    expect((await status()).code).toBe(69);
  });
});

test('with a server that runs, uses that one and leaves it running', async () => {
  await using server = await HoldfastServer.start({ restaurant: false });
  dev = new Dev(project, server.dataDir);
  expect(await dev.tells('watching')).toMatchObject({ url: server.ready.http, started: false });
  await dev.tells('active');
  expect(await dev.interrupt()).toBe(0);
  expect((await server.cli('status')).code).toBe(0);
});

test('in a folder that is no project, says so and waits for it to become one', async () => {
  using empty = new Project();
  dev = new Dev(empty, dataDir);
  await dev.tells('watching');
  expect((await dev.tells('failed')).error.message).toContain('has no holdfast.release.yaml');
  empty.write('holdfast.release.yaml', 'app: later\n');
  const { error } = await dev.tells('failed');
  expect(error.faults[0]?.message).toContain('src/index.ts does not exist');
});

test('with the usual port taken by something else, its own server takes a free one', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const taken = address !== null && typeof address === 'object' ? address.port : 0;
  try {
    dev = new Dev(project, dataDir, taken);
    const { url } = await dev.tells('watching');
    expect(new URL(url).port).not.toBe(String(taken));
    await dev.tells('active');
    expect(await dev.interrupt()).toBe(0);
  } finally {
    other.close();
  }
});
