/**
 * The same work on what a user would pick instead, in the same minutes on the same machine, and the ratios.
 *
 * Peers are installed on demand into `node_modules` beside this file. Mosquitto and PostgreSQL are taken from the
 * machine (Debian: mosquitto, postgresql); what is missing is named and left out.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, LOAD, row, say, target } from '../bench-support.ts';
import type { LoadResult } from '../load/percentiles.ts';
import type { Figures } from '../run.ts';

const HERE = import.meta.dirname;
const READY_WITHIN_MS = 60_000;
const STEP_MS = 100;
/** Restate's default, and what does best on two cores. */
const PARTITIONS = [2, 24] as const;

interface RestateFigures {
  readonly alone: LoadResult;
  readonly at256: LoadResult;
  readonly httpAlone: LoadResult;
  readonly httpAt256: LoadResult;
}

/** Measures the peers and prints the ratios to Holdfast's figures of this run. */
export async function comparePeers(ours: Figures, scale: (count: number) => number): Promise<void> {
  install();
  say(
    '\n## Peers, in this run\n\n| work | per second | p50 ms | p99 ms |\n| --- | ---: | ---: | ---: |',
  );
  const restate: RestateFigures[] = [];
  for (const partitions of PARTITIONS) restate.push(await restateFigures(partitions, scale));
  const dbos = await dbosFigures(scale);
  const mosquitto = await mosquittoFigures(scale);
  const best = (pick: (figures: RestateFigures) => LoadResult): LoadResult =>
    restate.map(pick).reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
  const quickest = (pick: (figures: RestateFigures) => LoadResult): LoadResult =>
    restate.map(pick).reduce((a, b) => (b.p50 < a.p50 ? b : a));
  say('\n## Ratios, from this run\n\n| what | ours | peer | ratio |\n| --- | ---: | ---: | ---: |');
  const ratio = (what: string, mine: number, theirs: number, digits = 0): void =>
    say(
      `| ${what} | ${mine.toFixed(digits)} | ${theirs.toFixed(digits)} | ${(mine / theirs).toFixed(2)} |`,
    );
  ratio(
    "orders/s at 256, function effects, to Restate's better",
    ours.at256.perSecond,
    best((f) => f.at256).perSecond,
  );
  ratio(
    "p50 alone in ms, function effects, to Restate's better",
    ours.alone.p50,
    quickest((f) => f.alone).p50,
    2,
  );
  ratio(
    "orders/s at 256, HTTP calls in each step, to Restate's better",
    ours.httpAt256.perSecond,
    best((f) => f.httpAt256).perSecond,
  );
  ratio(
    'p50 alone in ms, HTTP calls in each step',
    ours.httpAlone.p50,
    quickest((f) => f.httpAlone).p50,
    2,
  );
  if (dbos !== null)
    ratio('orders/s at 256, to DBOS on PostgreSQL', ours.at256.perSecond, dbos.perSecond);
  if (mosquitto !== null)
    ratio(
      'MQTT QoS 1 publishes/s, synced, to Mosquitto unsynced',
      ours.ingest.perSecond,
      mosquitto.perSecond,
    );
}

function install(): void {
  if (existsSync(join(HERE, 'node_modules', '@restatedev', 'restate-server'))) return;
  say('\ninstalling the peers beside test/bench/peers ...');
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'],
    { cwd: HERE, stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

async function restateFigures(
  partitions: number,
  scale: (count: number) => number,
): Promise<RestateFigures> {
  const base = mkdtempSync(join(tmpdir(), 'bench-restate-'));
  const [ingress, admin, node, service] = await freePorts(4);
  const outside = await target(join(LOAD, 'http-target.ts'));
  const served = spawn(
    process.execPath,
    [join(HERE, 'restate-service.mjs'), String(service), outside.url],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  await once(served.stdout, 'data');
  const server = spawn(join(HERE, 'node_modules/.bin/restate-server'), ['--base-dir', base], {
    stdio: 'ignore',
    env: {
      ...process.env,
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_DEFAULT_NUM_PARTITIONS: String(partitions),
      DO_NOT_TRACK: '1',
      RESTATE_DISABLE_TELEMETRY: 'true',
    },
  });
  try {
    const register = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uri: `http://127.0.0.1:${service}` }),
    };
    await until(async () => (await fetch(`http://127.0.0.1:${admin}/deployments`, register)).ok);
    const run = async (
      name: string,
      kind: string,
      count: number,
      width: number,
    ): Promise<LoadResult> => {
      const result = await load(
        join(HERE, 'restate-load.ts'),
        `http://127.0.0.1:${ingress}`,
        kind,
        scale(count),
        width,
      );
      say(row(`Restate, ${partitions} partitions, ${name}, ${width} in flight`, result));
      return result;
    };
    await load(
      join(HERE, 'restate-load.ts'),
      `http://127.0.0.1:${ingress}`,
      'order',
      scale(1000),
      64,
    );
    return {
      alone: await run('steps answer at once', 'order', 300, 1),
      at256: await run('steps answer at once', 'order', 6000, 256),
      httpAlone: await run('an HTTP call in each step', 'calls', 300, 1),
      httpAt256: await run('an HTTP call in each step', 'calls', 6000, 256),
    };
  } finally {
    await Promise.all([ended(server), ended(served)]);
    outside.end();
    rmSync(base, { recursive: true, force: true });
  }
}

async function mosquittoFigures(scale: (count: number) => number): Promise<LoadResult | null> {
  const program = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) =>
    existsSync(path),
  );
  if (program === undefined) {
    say('| Mosquitto: not installed, left out | | | |');
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-mosquitto-'));
  const [port] = await freePorts(1);
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n`,
  );
  const broker = spawn(program, ['-c', config], { stdio: 'ignore' });
  try {
    const script = join(LOAD, 'mqtt-ingest.ts');
    const publish = (each: number): Promise<LoadResult> =>
      load(script, `mqtt://127.0.0.1:${port}`, '-', 'dev/1/temp', 8, each, 50);
    await until(async () => (await publish(10)).done > 0);
    await publish(scale(1000));
    const result = await publish(scale(5000));
    say(row('Mosquitto, QoS 1 publishes, nothing synced', result));
    return result;
  } finally {
    await ended(broker);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A PostgreSQL of our own in a temporary folder, with its default durability. */
async function dbosFigures(scale: (count: number) => number): Promise<LoadResult | null> {
  const bin = ['18', '17', '16', '15']
    .map((version) => `/usr/lib/postgresql/${version}/bin`)
    .find((path) => existsSync(`${path}/initdb`));
  if (bin === undefined) {
    say('| DBOS: PostgreSQL is not installed, left out | | | |');
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-postgres-'));
  const [port] = await freePorts(1);
  // PostgreSQL refuses to run as root; Debian's package brings a user of its own.
  const asRoot = process.getuid?.() === 0;
  const own = (program: string, ...args: string[]): [string, string[]] =>
    asRoot
      ? ['runuser', ['-u', 'postgres', '--', join(bin, program), ...args]]
      : [join(bin, program), args];
  if (asRoot) execFileSync('chown', ['postgres', folder]);
  execFileSync(...own('initdb', '-D', join(folder, 'data'), '-U', 'bench', '--auth=trust'), {
    stdio: 'ignore',
  });
  const server = spawn(
    ...own(
      'postgres',
      '-D',
      join(folder, 'data'),
      '-p',
      String(port),
      '-k',
      folder,
      '-c',
      'listen_addresses=127.0.0.1',
    ),
    { stdio: 'ignore' },
  );
  try {
    const url = `postgresql://bench@127.0.0.1:${port}/bench`;
    await until(() => {
      execFileSync(
        join(bin, 'createdb'),
        ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench', 'bench'],
        { stdio: 'ignore' },
      );
      return Promise.resolve(true);
    });
    const result = await load(join(HERE, 'dbos-order.mjs'), url, scale(3000), 256);
    say(row('DBOS on PostgreSQL, steps answer at once, 256 in flight', result));
    return result;
  } finally {
    await ended(server);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exit;
  clearTimeout(force);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error('a peer did not become ready');
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  for (const server of servers) server.close();
  return ports;
}
