/**
 * `npm run bench`: what Holdfast does on this machine. With `--quick`, a tenth of the load.
 *
 * - `--peers`: also the same work on Restate, DBOS and Mosquitto in the same minutes, and the ratios (see `peers/`).
 * - `--syncs`: instead, the same loads with syncs that take longer (see `syncs.ts`).
 * - `--growth [--events 5000000] [--schedules 1000000] [--instances 100000] [--rounds 3]`: instead, what grown data
 *   costs: a long journal, many pending schedules, many instances in flight at a start (see `growth.ts`).
 * - `--reads [--events 5000000] [--instances 1000000] [--blocked 10000] [--requests 300]`: instead, how long an operator's
 *   lists and searches take on grown data (see `reads.ts`).
 * - `--console [--events 5000000] [--instances 1000000] [--seconds 20] [--screens Today,Events]`: instead, whether the console
 *   stays smooth while 1,000 events a second come in (see `console.ts`).
 *
 * Every figure is from the built server in processes of its own, on real sockets, with every commit synced to disk.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { TempFolder } from '../support/temp-folder.ts';
import {
  benchServer,
  cpuShare,
  ingest,
  INGEST_CLIENTS,
  INGEST_WINDOW,
  lastSeq,
  load,
  LOAD,
  machine,
  orders,
  residentMb,
  row,
  say,
  target,
} from './bench-support.ts';
import { measureConsole } from './console.ts';
import { measureGrowth } from './growth.ts';
import type { LoadResult } from './load/percentiles.ts';
import { measureReads } from './reads.ts';
import { measureSyncs } from './syncs.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    syncs: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    reads: { type: 'boolean', default: false },
    console: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '20' },
    screens: { type: 'string' },
    blocked: { type: 'string' },
    requests: { type: 'string', default: '300' },
    events: { type: 'string', default: '5000000' },
    schedules: { type: 'string', default: '1000000' },
    instances: { type: 'string' },
    rounds: { type: 'string', default: '3' },
  },
});
const { quick } = options;
const scale = (count: number): number => (quick ? Math.ceil(count / 10) : count);
/** Orders and how many are in flight at one time. */
const LOADS = [
  [300, 1],
  [8000, 64],
  [12_000, 256],
] as const;
const INGEST_EACH = 5000;
const IDLE_SECONDS = 20;
/** A server that has worked must come to rest as one that has only started. */
const ORDERS_BEFORE_REST = 300;
const SETTLE_SECONDS = 15;

/** What `--peers` compares with. */
export interface Figures {
  readonly alone: LoadResult;
  readonly at256: LoadResult;
  readonly httpAlone: LoadResult;
  readonly httpAt256: LoadResult;
  readonly ingest: LoadResult;
}

const HEAD = ['| work | per second | p50 ms | p99 ms |', '| --- | ---: | ---: | ---: |'];

async function measureOrders(): Promise<Omit<Figures, 'ingest'>> {
  const outside = await target(join(LOAD, 'http-target.ts'));
  using folder = new TempFolder('bench');
  const config = folder.at('holdfast.yaml');
  writeFileSync(config, `config:\n  TARGET_URL: '${outside.url}'\n`);
  await using server = await benchServer({ args: ['--config', config] });
  const { mqtt } = server.ready;
  const run = (type: string, count: number, width: number): Promise<LoadResult> =>
    orders(server, type, scale(count), width);
  await run('bench.function', 2000, 64);
  await run('bench.http', 1000, 64);
  say(
    ['', 'Three-effect orders over HTTP, held until they end, distinct keys:', '', ...HEAD].join(
      '\n',
    ),
  );
  const results = new Map<string, LoadResult>();
  for (const kind of ['echo', 'function', 'http']) {
    for (const [count, width] of LOADS) {
      const result = await run(`bench.${kind}`, count, width);
      results.set(`${kind} ${width}`, result);
      say(row(`${kind} effects, ${width} in flight`, result));
    }
  }
  const overMqtt = await load(
    join(LOAD, 'mqtt-orders.ts'),
    mqtt,
    server.adminKey,
    'bench.function',
    scale(8000),
    256,
  );
  say(row('function effects, started over MQTT, counted at completion, 256 in flight', overMqtt));
  outside.end();
  const of = (name: string): LoadResult => {
    const result = results.get(name);
    if (result === undefined) throw new Error(`not measured: ${name}`);
    return result;
  };
  return {
    alone: of('function 1'),
    at256: of('function 256'),
    httpAlone: of('http 1'),
    httpAt256: of('http 256'),
  };
}

/** Every acknowledged message must have a row in the journal. */
async function measureIngest(): Promise<LoadResult> {
  await using server = await benchServer();
  await ingest(server, scale(1000));
  const before = await lastSeq(server);
  const result = await ingest(server, scale(INGEST_EACH));
  const journaled = (await lastSeq(server)) - before;
  say(
    [
      '',
      `Durable MQTT ingest, QoS 1 (${INGEST_CLIENTS} clients, window ${INGEST_WINDOW}), a journal row for every PUBACK:`,
      '',
      ...HEAD,
    ].join('\n'),
  );
  say(row('publishes', result));
  if (journaled !== result.done)
    throw new Error(`${result.done} acknowledged, ${journaled} journaled`);
  say(`\n${result.done} acknowledged, ${journaled} journaled.`);
  return result;
}

async function atRest(): Promise<void> {
  using folder = new TempFolder('idle');
  const options = { dataDir: folder.at('data'), env: { HOLDFAST_LOG_LEVEL: 'warn' } };
  const first = await HoldfastServer.start(options);
  await first.stop();
  const starts: number[] = [];
  let server = first;
  for (let n = 0; n < 5; n++) {
    if (n > 0) await server.stop();
    const at = performance.now();
    server = await HoldfastServer.start(options);
    starts.push(performance.now() - at);
  }
  starts.sort((a, b) => a - b);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const share = await cpuShare(server.pid, quick ? 5 : IDLE_SECONDS);
  const fresh = residentMb(server.pid);
  await placeOrders(server, ORDERS_BEFORE_REST);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_SECONDS * 1000));
  say(['', 'At rest, with the restaurant active:', ''].join('\n'));
  say(
    `- ready on existing data: median ${((starts[2] ?? 0) / 1000).toFixed(2)} s of 5 starts, process start and restaurant included`,
  );
  say(
    `- server process: ${fresh.toFixed(0)} MB resident, ${(share * 100).toFixed(2)} % of a core over ${quick ? 5 : IDLE_SECONDS} s`,
  );
  say(
    `- and ${SETTLE_SECONDS} s after ${ORDERS_BEFORE_REST} orders that wait for the kitchen: ${residentMb(server.pid).toFixed(0)} MB`,
  );
  await server[Symbol.asyncDispose]();
}

/** Orders of the restaurant, a few at a time; they come to rest at their wait. */
async function placeOrders(server: HoldfastServer, count: number): Promise<void> {
  const place = async (n: number): Promise<void> => {
    const answer = await fetch(`${server.ready.http}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.adminKey}`,
        'content-type': 'application/cloudevents+json',
      },
      body: JSON.stringify({
        specversion: '1.0',
        id: `rest-${n}`,
        source: 'bench',
        type: 'order.placed',
        data: {
          orderId: `rest-${n}`,
          customer: 'A guest',
          items: [{ sku: 'margherita', qty: 1 }],
          amount: 1200,
        },
      }),
    });
    if (!answer.ok) throw new Error(`an order was refused: ${await answer.text()}`);
  };
  for (let n = 0; n < count; n += 20) {
    await Promise.all(Array.from({ length: Math.min(20, count - n) }, (_, at) => place(n + at)));
  }
}

say(
  `# Benchmark\n\nMachine: ${machine()}. Load, server, effect host and outside services share it.`,
);
say(
  'Durability: WAL, synchronous=FULL; every acknowledgement, attempt and outcome after its synced commit.',
);
if (options.syncs) await measureSyncs(scale);
if (options.growth) {
  const count = (of: 'events' | 'schedules'): number => scale(Number(options[of]));
  await measureGrowth({
    events: count('events'),
    schedules: count('schedules'),
    instances: scale(Number(options.instances ?? 100_000)),
    rounds: Number(options.rounds),
    scale,
  });
}
if (options.reads) {
  const instances = scale(Number(options.instances ?? 1_000_000));
  await measureReads({
    events: scale(Number(options.events)),
    instances,
    blocked: Number(options.blocked ?? Math.floor(instances / 100)),
    requests: Number(options.requests),
  });
}
if (options.console) {
  await measureConsole({
    events: scale(Number(options.events)),
    instances: scale(Number(options.instances ?? 1_000_000)),
    seconds: Number(options.seconds),
    screens: options.screens?.split(','),
    scale,
  });
}
if (!options.syncs && !options.growth && !options.reads && !options.console) {
  say(
    'Left out: network between machines, TLS, large payloads, more than one tenant, days of data.',
  );
  const figures = { ...(await measureOrders()), ingest: await measureIngest() };
  await atRest();
  if (options.peers) {
    const { comparePeers } = await import('./peers/compare.ts');
    await comparePeers(figures, scale);
  }
}
process.exit(0);
