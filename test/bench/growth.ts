/**
 * `npm run bench -- --growth`: what grown data costs. Every option may be 0, which leaves its part out.
 *
 * 1. `--events`: a journal with so many events, half of them of whole orders. `--schedules`: so many pending schedules, each
 *    of an instance of its own. Throughput and time to ready on each, and on next to nothing, in turn and `--rounds` times,
 *    since the machine drifts: the ratios are medians of the rounds' own.
 * 2. At rest on that data: processor and memory, after a start and after some work.
 * 3. `--instances`: so many in flight when the process is killed (see `growth/in-flight.ts`).
 *
 * The data is written through the store's port from samples of the server's own (see `growth/grow-main.ts`), into a folder of
 * its own under the system's temporary one, and removed. Left out: a cold page cache; data of days, with its retention.
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { cpuShare, ingest, median, orders, residentMb, say, table } from './bench-support.ts';
import { bytesFor, gib, growData, needRoom } from './growth/grown-data.ts';
import { measureInFlight } from './growth/in-flight.ts';
import type { LoadResult } from './load/percentiles.ts';

const WARM_UP = { orders: 2000, inFlight: 64, publishesEach: 500 };
const LOADS = [
  ['function effects, 256 in flight', 'bench.function', 10_000],
  ['function effects with a deadline, 256 in flight', 'bench.deadline', 6000],
] as const;
const IN_FLIGHT = 256;
const INGEST = 'MQTT ingest, QoS 1';
const INGEST_EACH = 5000;
const REST_SECONDS = 20;
const SETTLE_SECONDS = 15;
const SHORTEST_REST_SECONDS = 5;
const ORDERS_BEFORE_REST = 300;

export interface GrowthOptions {
  readonly events: number;
  readonly schedules: number;
  readonly instances: number;
  readonly rounds: number;
  /** Of the measured loads. */
  readonly scale: (count: number) => number;
}

/** Data that is measured. */
interface Arm {
  readonly name: string;
  /** Where it is; null for none yet: each round makes its own, which the ones before it have not filled. */
  readonly dataDir: string | null;
}

/** What one round showed of an arm. */
interface Round {
  /** Seconds from the start of the process. */
  readonly ready: number;
  readonly loads: ReadonlyMap<string, LoadResult>;
}

export async function measureGrowth(options: GrowthOptions): Promise<void> {
  const { events, schedules, instances, rounds, scale } = options;
  const bytes = bytesFor(options);
  needRoom(tmpdir(), bytes);
  say(`\nThe data takes up to ${gib(bytes)} GiB below ${tmpdir()}, removed in the end.`);
  using folder = new TempFolder('growth');
  const empty: Arm = { name: 'next to nothing', dataDir: null };
  const arms: Arm[] = [empty];
  if (events > 0) arms.push(await grownArm(folder, `${events} events`, { events, schedules: 0 }));
  if (schedules > 0)
    arms.push(await grownArm(folder, `${schedules} schedules`, { events: 0, schedules }));
  if (arms.length > 1) {
    const seen = new Map<Arm, Round[]>(arms.map((arm) => [arm, []]));
    for (let round = 0; round < rounds; round++)
      for (const arm of arms)
        seen.get(arm)?.push(await measureRound(await dataOf(arm, folder), scale));
    sayRounds(seen, empty);
    await sayAtRest(arms, folder, scale);
  }
  if (instances > 0) await measureInFlight(folder, instances, rounds);
}

async function grownArm(
  folder: TempFolder,
  name: string,
  growth: { readonly events: number; readonly schedules: number },
): Promise<Arm> {
  const dataDir = folder.at(name.replace(' ', '-'));
  const seconds = await growData(dataDir, growth);
  say(`Growing ${name} took ${seconds.toFixed(0)} s.`);
  return { name, dataDir };
}

async function dataOf({ dataDir }: Arm, folder: TempFolder): Promise<string> {
  if (dataDir !== null) return dataDir;
  const fresh = folder.at('empty');
  rmSync(fresh, { recursive: true, force: true });
  await growData(fresh, { events: 0, schedules: 0 });
  return fresh;
}

async function measureRound(dataDir: string, scale: (count: number) => number): Promise<Round> {
  const begun = performance.now();
  await using server = await start(dataDir);
  const ready = (performance.now() - begun) / 1000;
  await orders(server, 'bench.function', scale(WARM_UP.orders), WARM_UP.inFlight);
  await ingest(server, scale(WARM_UP.publishesEach));
  const loads = new Map<string, LoadResult>();
  for (const [name, type, count] of LOADS)
    loads.set(name, await orders(server, type, Math.max(scale(count), IN_FLIGHT), IN_FLIGHT));
  loads.set(INGEST, await ingest(server, scale(INGEST_EACH)));
  await server.stop();
  return { ready, loads };
}

function start(dataDir: string): Promise<HoldfastServer> {
  return HoldfastServer.start({
    dataDir,
    restaurant: false,
    env: { HOLDFAST_LOG_LEVEL: 'warn' },
  });
}

function sayRounds(seen: ReadonlyMap<Arm, readonly Round[]>, empty: Arm): void {
  const bare = seen.get(empty) ?? [];
  const loadOf = (round: Round | undefined, name: string): LoadResult => {
    const result = round?.loads.get(name);
    if (result === undefined) throw new Error(`not measured: ${name}`);
    return result;
  };
  const names = [...LOADS.map(([name]) => name), INGEST];
  const rows = names.flatMap((name) =>
    [...seen].map(([arm, rounds]) => {
      const results = rounds.map((round) => loadOf(round, name));
      const ratios = results.map((one, at) => one.perSecond / loadOf(bare[at], name).perSecond);
      const middle = (pick: (result: LoadResult) => number, digits: number): string =>
        median(results.map(pick)).toFixed(digits);
      return [
        name,
        arm.name,
        middle(({ perSecond }) => perSecond, 0),
        median(ratios).toFixed(2),
        middle(({ p50 }) => p50, 2),
        middle(({ p99 }) => p99, 2),
        String(results.reduce((sum, { errors }) => sum + errors, 0)),
      ];
    }),
  );
  say(`\nThroughput, medians of ${bare.length} rounds in turn; ratios of the same round:\n`);
  say(table(['work', 'data', 'per second', 'to empty', 'p50 ms', 'p99 ms', 'failed'], rows));
  say('\nFrom the start of the process until it is ready:\n');
  const readies = [...seen].map(([arm, rounds]) => [
    arm.name,
    median(rounds.map(({ ready }) => ready)).toFixed(2),
    rounds.map(({ ready }) => ready.toFixed(2)).join(', '),
  ]);
  say(table(['data', 'median s', 'each'], readies));
}

async function sayAtRest(
  arms: readonly Arm[],
  folder: TempFolder,
  scale: (count: number) => number,
): Promise<void> {
  const settle = Math.max(SHORTEST_REST_SECONDS, scale(SETTLE_SECONDS));
  const watched = Math.max(SHORTEST_REST_SECONDS, scale(REST_SECONDS));
  const rows: string[][] = [];
  for (const arm of arms) {
    await using server = await start(await dataOf(arm, folder));
    await sleep(settle * 1000);
    const share = await cpuShare(server.pid, watched);
    const fresh = residentMb(server.pid);
    await orders(server, 'bench.function', ORDERS_BEFORE_REST, WARM_UP.inFlight);
    await sleep(settle * 1000);
    const worked = residentMb(server.pid);
    rows.push([arm.name, (share * 100).toFixed(2), fresh.toFixed(0), worked.toFixed(0)]);
    await server.stop();
  }
  say(
    `\nAt rest, ${settle} s after a start, over ${watched} s; and ${settle} s after ${ORDERS_BEFORE_REST} orders more:\n`,
  );
  say(table(['data', '% of a core', 'MB after a start', 'MB after work'], rows));
}
