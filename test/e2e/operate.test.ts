/** Operating a server while it runs: drain, reload, SIGHUP (R10.2, R10.5, R10.6, R11.1). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI } from '../support/checkout.ts';
import { Child } from '../support/child.ts';
import { selfSigned } from '../../packages/gateway/src/mqtt/testing/self-signed.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { orderPlaced } from '../support/orders.ts';
import { Project } from '../support/project.ts';
import { RestaurantLab } from '../support/restaurant-lab.ts';
import { TempFolder } from '../support/temp-folder.ts';

const changes = z.array(z.looseObject({ name: z.string() }));
const reloaded = z.object({
  applied: changes,
  afterRestart: changes,
  deployed: z.array(z.looseObject({ app: z.string(), digest: z.string() })),
});

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0)) await end();
});

async function start(config: string): Promise<HoldfastServer> {
  const folder = new TempFolder('operate');
  const dataDir = folder.at('data');
  const server = await startOn(dataDir, config);
  cleanup.push(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });
  return server;
}

async function startOn(dataDir: string, config: string): Promise<HoldfastServer> {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'holdfast.yaml'), config);
  return HoldfastServer.start({ dataDir, restaurant: false });
}

const configure = (server: HoldfastServer, config: string): void =>
  writeFileSync(join(server.dataDir, 'holdfast.yaml'), config);

test('a reload takes up what may change, and names what needs a restart', async () => {
  const server = await start('log:\n  level: info\nsandbox:\n  threads: 1\n');
  configure(
    server,
    'log:\n  level: debug\nsandbox:\n  threads: 2\nrelay:\n  concurrency: 9\nconfig:\n  kitchen_url: http://127.0.0.1:1\n',
  );
  const answer = reloaded.parse(await server.cliJson('reload', '--reason', 'try'));
  expect(answer.applied.map(({ name }) => name).toSorted()).toEqual([
    'config.kitchen_url',
    'log.level',
    'relay.concurrency',
  ]);
  expect(answer.afterRestart).toEqual([{ name: 'sandbox.threads', from: '1', to: '2' }]);
  expect(JSON.stringify(answer)).not.toContain('127.0.0.1:1');
  const again = reloaded.parse(await server.cliJson('reload'));
  expect(again).toEqual({ applied: [], afterRestart: answer.afterRestart, deployed: [] });
  const events = await server.api.get('/v1/events?type=server.reloaded');
  expect(events.text).toContain('"reason":"try"');
});

test('a configuration with faults is refused whole, each named with its place', async () => {
  const server = await start('log:\n  level: info\n');
  configure(server, 'log:\n  level: loud\nrelay:\n  concurrency: -1\n');
  const ended = await server.cli('reload');
  expect(ended.code).toBe(78);
  expect(ended.stderr).toContain('holdfast.yaml:2:10');
  expect(ended.stderr).toContain('holdfast.yaml:4:16');
  configure(server, 'log:\n  level: info\n');
  expect(reloaded.parse(await server.cliJson('reload')).applied).toEqual([]);
});

test('SIGHUP reads the configuration again, and the server goes on', async () => {
  const server = await start('log:\n  level: info\n');
  configure(server, 'log:\n  level: debug\n');
  process.kill(server.pid, 'SIGHUP');
  await eventually('the log tells of it', () =>
    server.log.includes('configuration read again') ? true : undefined,
  );
  configure(server, 'log:\n  level: loud\n');
  process.kill(server.pid, 'SIGHUP');
  await eventually('the log tells of the fault', () =>
    server.log.includes('the configuration was not taken') ? true : undefined,
  );
  expect((await server.api.get('/ready')).status).toBe(200);
});

test('SIGHUP while it starts is a reload for when it has', async (context) => {
  if (process.platform === 'win32') context.skip('Windows has neither SIGHUP nor named pipes');
  const folder = new TempFolder('operate');
  cleanup.push(async () => folder[Symbol.dispose]());
  // The start stands still where it reads what nobody has written yet.
  const ca = folder.at('ca.pem');
  execFileSync('mkfifo', [ca]);
  const dataDir = folder.at('data');
  mkdirSync(dataDir);
  writeFileSync(
    join(dataDir, 'holdfast.yaml'),
    `bridges: { home: { url: 'mqtts://127.0.0.1:1', tls: { ca: '${ca}' } } }\n`,
  );
  const ports = ['--http-port', '0', '--mqtt-port', '0'];
  const args = [CLI, 'serve', '--data-dir', dataDir, ...ports, '--json'];
  await using child = new Child(process.execPath, args, { lifeline: true });
  const writing = await open(ca, 'w');
  child.signal('SIGHUP');
  await writing.close();
  await eventually('the log tells of the reload', () =>
    child.stderr.includes('configuration read again') ? true : undefined,
  );
  child.signal('SIGTERM');
  expect((await child.ended).code).toBe(0);
});

test('a reload that finds a fault in one of its files takes up none of them', async () => {
  using project = Project.fromTemplate();
  using other = Project.fromTemplate();
  other.replace('holdfast.release.yaml', 'app: parcel', 'app: parcel\nnonsense: true');
  const server = await start('log:\n  level: info\n');
  configure(server, `releases: ['${project.path}', '${other.path}']\n`);
  const ended = await server.cli('reload');
  expect(ended.stderr).toContain('nonsense');
  expect(readdirSync(join(server.dataDir, 'releases'))).toEqual([]);
  configure(server, `releases: ['${project.path}']\n`);
  expect(reloaded.parse(await server.cliJson('reload')).deployed).toHaveLength(1);
});

test('a reload that finds no certificate where one was deploys nothing either', async () => {
  using project = Project.fromTemplate();
  const folder = new TempFolder('operate');
  cleanup.push(async () => folder[Symbol.dispose]());
  const { cert, key } = selfSigned();
  writeFileSync(folder.at('cert.pem'), cert);
  writeFileSync(folder.at('key.pem'), key);
  const tls = `http: { tls: { cert: '${folder.at('cert.pem')}', key: '${folder.at('key.pem')}' } }\n`;
  const server = await start(tls);
  writeFileSync(folder.at('cert.pem'), 'half a certif');
  configure(server, `${tls}releases: ['${project.path}']\n`);
  process.kill(server.pid, 'SIGHUP');
  await eventually('the log tells of the fault', () =>
    server.log.includes('the configuration was not taken') ? true : undefined,
  );
  expect(server.log).toContain('are not a certificate and its key');
  expect(readdirSync(join(server.dataDir, 'releases'))).toEqual([]);
});

test('releases that the configuration names are deployed once, at start and on reload', async () => {
  using project = Project.fromTemplate();
  const server = await start(`releases: [${project.path}]\n`);
  const listed = async (): Promise<number> =>
    z.object({ items: z.array(z.unknown()) }).parse((await server.api.get('/v1/releases')).json)
      .items.length;
  expect(await listed()).toBe(1);
  expect(reloaded.parse(await server.cliJson('reload')).deployed).toEqual([]);
  project.replace('holdfast.release.yaml', "notice_url: ''", "notice_url: ''\n  more: ''");
  expect(reloaded.parse(await server.cliJson('reload')).deployed).toMatchObject([
    { app: 'parcel' },
  ]);
  expect(await listed()).toBe(2);
});

test('a release that cannot be built keeps the server from starting, and says where', async () => {
  const folder = new TempFolder('operate');
  using project = Project.fromTemplate();
  project.replace('holdfast.release.yaml', 'app: parcel', 'app: parcel\nnonsense: true');
  const failed = await startOn(folder.at('data'), `releases: [${project.path}]\n`).then(
    async (server) => {
      await server[Symbol.asyncDispose]();
      return 'it started';
    },
    (error: unknown) => String(error),
  );
  folder[Symbol.dispose]();
  expect(failed).toContain('nonsense');
});

test('a drain finishes what is in flight, takes nothing more, and reads go on', async () => {
  const lab = await RestaurantLab.open();
  cleanup.push(() => lab[Symbol.asyncDispose]());
  const { server } = lab;
  await lab.mishap({ name: 'kitchen.reserve', kind: 'slow', ms: 5000 });
  const event = orderPlaced({
    orderId: 'drained',
    customer: 'c',
    items: [{ sku: 'soup', qty: 1 }],
    amount: 5,
  });
  await server.api.publish(event);
  await eventually('the call is out', async () =>
    (await server.api.get('/info')).text.includes('"effectsInFlight":1') ? true : undefined,
  );
  const drained = await server.cliJson('drain', '--reason', 'maintenance');
  expect(drained).toEqual({ drained: true, inFlight: 0 });
  expect((await server.api.get('/ready')).status).toBe(503);
  expect((await server.api.get('/health')).status).toBe(200);
  const refused = await server.api.send('POST', '/v1/events', JSON.stringify({ type: 'x' }));
  expect(refused.status).toBe(503);
  expect(refused.text).toContain('"draining"');
  // The outcome was recorded, and nothing more was started.
  expect(lab.callsOf('drained').map(({ name }) => name)).toEqual(['kitchen.reserve']);
  const timeline = await server.api.get('/v1/sagas/order/drained/timeline');
  expect(timeline.text).toContain('kitchen.reserve');
  expect(await server.stop()).toBe(0);
  await server.restart();
  await server.api.waitForStatus('order', 'drained', 'waiting');
});
