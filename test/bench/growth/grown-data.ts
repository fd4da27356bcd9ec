/** Data directories of a size, made once and measured often. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { expectStatus } from '../../support/http-api.ts';
import { eventually } from '../../support/eventually.ts';
import { benchServer, ingest, lastSeq } from '../bench-support.ts';

/** What a data directory takes on the disk for each of them, write-ahead log and receipts included, on the safe side. */
const BYTES_PER_EVENT = 1600;
const BYTES_PER_SCHEDULE = 2400;
const BYTES_PER_INSTANCE = 4000;
/** What the measured loads add, and room to breathe. */
const BYTES_BESIDE = 2 * 1024 ** 3;
/** In milliseconds; stands out in the texts that copies are made from. */
const SAMPLE_SLEEP_MS = 2_592_017_077;

const grown = z.object({ events: z.number(), schedules: z.number(), seconds: z.number() });

/** What a data directory is to hold. */
export interface Growth {
  readonly events: number;
  readonly schedules: number;
}

/** Bytes that so much takes on the disk, about. */
export function bytesFor(growth: Growth & { readonly instances: number }): number {
  const { events, schedules, instances } = growth;
  return (
    events * BYTES_PER_EVENT +
    schedules * BYTES_PER_SCHEDULE +
    instances * BYTES_PER_INSTANCE +
    BYTES_BESIDE
  );
}

/** @throws Error when the disk of that folder has no room for so much */
export function needRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes)
    throw new Error(
      `${folder} has ${gib(bavail * bsize)} GiB free, and this needs ${gib(bytes)}: free some, name another folder in TMPDIR, or ask for less (--events, --schedules, --instances)`,
    );
}

export function gib(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}

/** Makes a data directory with the benchmark's release active, and fills it. @returns seconds that filling took */
export async function growData(dataDir: string, growth: Growth): Promise<number> {
  const samples = await placeSamples(dataDir);
  if (growth.events + growth.schedules === 0) return 0;
  const main = join(import.meta.dirname, 'grow-main.ts');
  const args = [main, dataDir, ...samples];
  args.push('--events', String(growth.events), '--schedules', String(growth.schedules));
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`growing the data ended with ${code}`);
  return grown.parse(JSON.parse(text)).seconds;
}

/** Has a server make one of each: a whole order, a reading, an instance that sleeps. */
async function placeSamples(dataDir: string): Promise<readonly string[]> {
  await using server = await benchServer({ dataDir });
  const order = 'sample-order';
  const sleeper = 'sample-sleeper';
  const publish = async (type: string, id: string, data: object, query: string, status: number) => {
    const event = { specversion: '1.0', id, source: 'bench', type, data: { orderId: id, ...data } };
    const headers = { 'content-type': 'application/cloudevents+json' };
    expectStatus(await server.api.post(`/v1/events${query}`, event, { headers }), status);
  };
  await publish('bench.function', order, { amount: 42, note: 'y'.repeat(200) }, '?wait=30s', 200);
  await publish('bench.sleep', sleeper, { ms: SAMPLE_SLEEP_MS }, '', 202);
  await eventually('the sleeper sleeps', async () =>
    (await server.api.saga('sleeper', sleeper))?.status === 'waiting' ? true : undefined,
  );
  await ingest(server, 1);
  const reading = await lastSeq(server);
  await server.stop();
  const asleep = ['--sleeper', sleeper, '--sleeper-ms', String(SAMPLE_SLEEP_MS)];
  return ['--order', order, '--reading', String(reading), ...asleep];
}
