/** What the benchmarks share: a built release, a server with it active, load processes, and what they use up. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { buildRelease } from '../../packages/engine/src/releases/build.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import type { ServerOptions } from '../support/holdfast-server.ts';
import { expectStatus } from '../support/http-api.ts';
import { Scrape } from '../support/metrics.ts';
import type { LoadResult } from './load/percentiles.ts';

export const LOAD = join(import.meta.dirname, 'load');
const CLOCK_TICKS_PER_SECOND = 100;
export const INGEST_CLIENTS = 8;
export const INGEST_WINDOW = 50;

/** Runs a load process to its end. @throws Error with what it wrote when it fails */
export async function load(
  script: string,
  ...args: readonly (string | number)[]
): Promise<LoadResult> {
  const child = spawn(process.execPath, [script, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return JSON.parse(text) as LoadResult;
}

/** A process that prints its URL and serves until it is ended. */
export async function target(script: string): Promise<{ url: string; end: () => void }> {
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: chunk.toString().trim(), end: () => void child.kill() };
}

/** A server with the benchmark's release active. */
export async function benchServer(
  options: Pick<ServerOptions, 'args' | 'env' | 'dataDir'> = {},
): Promise<HoldfastServer> {
  const server = await HoldfastServer.start({
    ...options,
    restaurant: false,
    env: { HOLDFAST_LOG_LEVEL: 'warn', ...options.env },
  });
  const { bundle, digest } = await buildRelease(join(import.meta.dirname, 'release'));
  await post(server, '/v1/releases', bundle);
  await post(server, `/v1/releases/${digest}/activate`, { reason: 'benchmark' });
  return server;
}

async function post(server: HoldfastServer, path: string, body: unknown): Promise<void> {
  const answer = await fetch(server.ready.http + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** Orders of a type over HTTP, each held until it has ended. */
export function orders(
  server: HoldfastServer,
  type: string,
  count: number,
  inFlight: number,
): Promise<LoadResult> {
  const { http } = server.ready;
  return load(join(LOAD, 'http-orders.ts'), http, server.adminKey, type, count, inFlight);
}

/** QoS 1 publishes that no saga takes, by `INGEST_CLIENTS` clients with `INGEST_WINDOW` unacknowledged each. */
export function ingest(server: HoldfastServer, each: number): Promise<LoadResult> {
  return load(
    join(LOAD, 'mqtt-ingest.ts'),
    server.ready.mqtt,
    server.adminKey,
    'hf/events/bench.reading',
    INGEST_CLIENTS,
    each,
    INGEST_WINDOW,
  );
}

/** What the server says of itself. */
export async function metrics(server: HoldfastServer): Promise<Scrape> {
  return new Scrape(expectStatus(await server.api.get('/metrics'), 200).text);
}

/** Position of the journal's newest event; 0 for none. */
export async function lastSeq(server: HoldfastServer): Promise<number> {
  const seq = (await metrics(server)).value('holdfast_journal_last_seq');
  if (seq === undefined) throw new Error('the server does not say where its journal ends');
  return seq;
}

/** Resident memory of a process, in MB. */
export function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

/** Share of one core that a process uses over `seconds`. */
export async function cpuShare(pid: number, seconds: number): Promise<number> {
  const before = cpuSeconds(pid);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return (cpuSeconds(pid) - before) / seconds;
}

/** Processor time that a process has used since its start. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const kernel = execFileSync('uname', ['-sr']).toString().trim();
  return `${cpus().length} × ${model.trim()}, ${kernel}, Node ${process.version}`;
}

export function row(name: string, { perSecond, p50, p99, errors }: LoadResult): string {
  const failed = errors === 0 ? '' : ` **${errors} failed**`;
  return `| ${name} | ${perSecond.toFixed(0)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |${failed}`;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A Markdown table; columns of numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const isNumber = (at: number): boolean => rows.every((cells) => !Number.isNaN(Number(cells[at])));
  const rule = head.map((_, at) => (isNumber(at) ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(at)] ?? Number.NaN) + (sorted[Math.ceil(at)] ?? Number.NaN)) / 2;
}
