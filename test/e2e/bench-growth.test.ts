/** What `npm run bench -- --growth` fills a data directory with is what the server would have written itself. */
import { activatedSchema } from '@holdfast/core';
import { verifyChain } from '@holdfast/store';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { buildRelease } from '../../packages/engine/src/releases/build.ts';
import { growData } from '../bench/growth/grown-data.ts';
import { ROOT } from '../support/checkout.ts';
import { runToEnd } from '../support/child.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { expectStatus } from '../support/http-api.ts';
import { JournalDatabase } from '../support/journal-database.ts';
import { TempFolder } from '../support/temp-folder.ts';

const EVENTS = 2000;
const SLEEPERS = 40;
const RELEASE = `${ROOT}/test/bench/release`;

test('grown data has whole digests, and the server takes it for its own', async () => {
  using folder = new TempFolder('growth');
  const dataDir = folder.at('data');
  await growData(dataDir, { events: EVENTS, schedules: SLEEPERS });
  const chain = await verifyChain({ dir: dataDir });
  expect(chain.faults).toEqual([]);
  expect(chain.events).toBeGreaterThanOrEqual(EVENTS + SLEEPERS);

  await using server = await HoldfastServer.start({ dataDir, restaurant: false });
  using journal = new JournalDatabase(server.database);
  expect(journal.orderFaults()).toEqual([]);
  const orders = journal.instances('function-order');
  expect(orders.length).toBe(EVENTS / 10 + 1);
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['completed']));

  const key = orders.find((one) => one.key.startsWith('grown-'))?.key ?? '';
  const copied = await server.api.saga('function-order', key);
  expect(copied?.result).toEqual({ a: { ok: 1 }, b: { ok: 1 }, c: { ok: 1 } });
  // The mark and the digest of its content are its own: the same event is known.
  const data = { orderId: key, amount: 42, note: 'y'.repeat(200) };
  const again = { specversion: '1.0', id: key, source: 'bench', type: 'bench.function', data };
  const headers = { 'content-type': 'application/cloudevents+json' };
  const answer = expectStatus(await server.api.post('/v1/events', again, { headers }), 202);
  expect(answer.json).toMatchObject({ id: key, duplicate: true });
});

test('the benchmark of reads asks all that it says, and is answered', async () => {
  const args = ['--reads', '--events', '2000', '--instances', '400', '--blocked', '8'];
  const bench = await runToEnd(process.execPath, [
    `${ROOT}/test/bench/run.ts`,
    ...args,
    '--requests',
    '2',
  ]);
  expect(bench.code, bench.stderr).toBe(0);
  expect(bench.stdout.match(/^\| attention, one group \|/gm)).toHaveLength(2);
  expect(bench.stdout).toContain('Each asked 2 times while 1000 events/s come in');
});

test('every copy that is in flight replays to the decisions that it was given', async () => {
  using folder = new TempFolder('growth');
  const dataDir = folder.at('data');
  await growData(dataDir, { events: 0, schedules: SLEEPERS });
  await using server = await HoldfastServer.start({ dataDir, restaurant: false });
  const { bundle } = await buildRelease(RELEASE);
  const manifest = z.looseObject({}).parse(JSON.parse(bundle.files['release.json'] ?? ''));
  const changed = { ...manifest, config: { TARGET_URL: 'http://127.0.0.1:2' } };
  const files = { ...bundle.files, 'release.json': JSON.stringify(changed) };
  const registered = await server.api.post('/v1/releases', { ...bundle, files });
  const { digest } = z.looseObject({ digest: z.string() }).parse(registered.json);
  const path = `/v1/releases/${digest}/activate`;
  const tried = await server.api.post(path, { reason: 'test', dryRun: true });
  const { rehearsal } = activatedSchema.parse(expectStatus(tried, 200).json);
  // With the sample that they are copies of.
  expect(rehearsal).toMatchObject({ state: 'finished', moved: SLEEPERS + 1, stayed: 0 });
});
