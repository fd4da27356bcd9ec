/** Issue 3, "CPU profile and heap snapshot on demand for an admin". */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recordingSchema } from '@holdfast/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { expectStatus } from '../support/http-api.ts';
import { order, orderPlaced } from '../support/orders.ts';

const THREADS = ['main', 'engine', 'reader'] as const;

const profile = z.looseObject({
  nodes: z.array(z.looseObject({ callFrame: z.looseObject({ url: z.string() }) })).min(1),
  samples: z.array(z.number()),
  startTime: z.number(),
  endTime: z.number(),
});
const MICROS_PER_SECOND = 1e6;

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const record = async (path: string) =>
  recordingSchema.parse(expectStatus(await server.api.post(path, {}), 200).json);

const expectPrivate = (file: string, bytes: number): void => {
  const { mode, size } = statSync(file);
  expect(dirname(file)).toBe(join(server.dataDir, 'logs'));
  expect(size).toBe(bytes);
  if (process.platform !== 'win32') expect((mode & 0o777).toString(8)).toBe('600');
};

test.each(THREADS)('a CPU profile of the %s thread covers the time asked for', async (thread) => {
  const made = record(`/admin/profile?seconds=1&thread=${thread}`);
  await server.api.publish(orderPlaced(order()));
  const { file, bytes } = await made;
  expect(file).toMatch(new RegExp(`-${thread}\\.cpuprofile$`));
  expectPrivate(file, bytes);
  const { startTime, endTime, nodes, samples } = profile.parse(
    JSON.parse(readFileSync(file, 'utf8')),
  );
  expect(endTime - startTime).toBeGreaterThanOrEqual(MICROS_PER_SECOND);
  expect(samples.length).toBeGreaterThan(0);
  // Of that thread, and no other: each has an entry of its own.
  const own = { main: 'cli', engine: 'engine-thread', reader: 'reader-thread' } as const;
  const urls = nodes.map(({ callFrame }) => callFrame.url);
  const others = THREADS.filter((other) => other !== thread).map((other) => own[other]);
  for (const other of others) expect(urls.join(' ')).not.toContain(`/${other}.js`);
});

test.each(THREADS)('a heap snapshot of the %s thread holds its heap', async (thread) => {
  const { file, bytes } = await record(`/admin/heap-snapshot?thread=${thread}`);
  expectPrivate(file, bytes);
  expect(bytes).toBeGreaterThan(1e6);
  const snapshot = z
    .looseObject({
      snapshot: z.looseObject({ node_count: z.number() }),
      nodes: z.array(z.number()),
    })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  expect(snapshot.nodes.length).toBeGreaterThan(snapshot.snapshot.node_count);
});

test('a second at the same time is refused, and the next is made', async () => {
  const first = server.api.post('/admin/profile?seconds=2&thread=reader', {});
  const second = await server.api.post('/admin/heap-snapshot?thread=main', {});
  expect(expectStatus(second, 409).json).toMatchObject({ code: 'conflict' });
  expectStatus(await first, 200);
  await record('/admin/profile?seconds=1&thread=reader');
});

test.each(['seconds=0', 'seconds=121', 'seconds=x', 'thread=sandbox', 'file=/etc/passwd'])(
  '?%s is refused, and no file is made',
  async (query) => {
    const folder = join(server.dataDir, 'logs');
    const before = existsSync(folder) ? readdirSync(folder) : [];
    const answer = await server.api.post(`/admin/profile?${query}`, {});
    expect(expectStatus(answer, 400).json).toMatchObject({ code: 'request.invalid' });
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual(before);
  },
);

const acts = async (type: string) => {
  const answer = await server.api.get(`/v1/events?stream=CONTROL_EVENTS&type=${type}`);
  const { items } = z
    .looseObject({ items: z.array(z.looseObject({ data: z.looseObject({ by: z.string() }) })) })
    .parse(expectStatus(answer, 200).json);
  return items.map(({ data }) => data);
};

test('who asked is in the journal', async () => {
  await record('/admin/heap-snapshot?thread=reader');
  const [last] = await acts('heap_snapshot.taken');
  expect(last).toMatchObject({ thread: 'reader', by: expect.stringMatching(/./) as string });
});

test('a server that is stopped does not wait for a profile to end', async () => {
  const folder = join(server.dataDir, 'logs');
  const count = (): number =>
    readdirSync(folder).filter((name) => name.endsWith('-engine.cpuprofile')).length;
  const before = count();
  const made = server.api.post('/admin/profile?seconds=120&thread=engine', {}).catch(() => null);
  await eventually('the long one is under way', async () =>
    (await acts('profile.recorded')).find(({ seconds }) => seconds === 120),
  );
  expect(await server.stop()).toBe(0);
  await made;
  expect(count()).toBe(before + 1);
});
