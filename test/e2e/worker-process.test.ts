/** `holdfast serve --mode effect` as a process: how it starts, what it says of itself, and that values stay where they are. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLI } from '../support/checkout.ts';
import { runToEnd } from '../support/child.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { HoldfastWorker } from '../support/holdfast-worker.ts';
import { Project } from '../support/project.ts';
import { TempFolder } from '../support/temp-folder.ts';

let server: HoldfastServer;
let key: string;
const folder = new TempFolder('worker');

beforeAll(async () => {
  server = await HoldfastServer.start({
    restaurant: false,
    args: ['--mode', 'saga'],
    env: { HOLDFAST_SECRET_PIN: 'of the server', HOLDFAST_CONFIG_PLACE: 'server' },
  });
  ({ secret: key } = await server.api.createKey({ name: 'worker', scopes: ['work'] }));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const serve = (...args: readonly string[]) =>
  runToEnd(process.execPath, [CLI, 'serve', '--data-dir', folder.at('refused'), '--json', ...args]);

test('a worker whose key is refused ends and says why', async () => {
  const url = server.ready.http;
  const unknown = await serve('--mode', 'effect', '--url', url, '--key', 'hf_nobody');
  expect(unknown.code).toBe(77);
  expect(JSON.parse(unknown.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
    error: { code: 'auth.refused' },
  });
  const { secret } = await server.api.createKey({ name: 'viewer', scopes: ['view'] });
  expect((await serve('--mode', 'effect', '--url', url, '--key', secret)).code).toBe(77);
});

test('a worker needs a server, and only a worker takes one', async () => {
  expect((await serve('--mode', 'effect')).code).toBe(78);
  expect((await serve('--url', server.ready.http)).code).toBe(2);
});

test('the worker’s key is shown to nobody', async () => {
  const shown = await runToEnd(
    process.execPath,
    [CLI, 'config', 'show', '--origin', '--data-dir', folder.at('refused')],
    { env: { HOLDFAST_WORKER_KEY: 'hf_never_shown' } },
  );
  expect(shown.stdout).toMatch(/worker\.key +\[secret\] +HOLDFAST_WORKER_KEY/);
  expect(shown.stdout + shown.stderr).not.toContain('hf_never_shown');
});

test('functions run at the worker, with its own values and secrets', async () => {
  using project = new Project();
  project.write(
    'holdfast.release.yaml',
    'app: values\nentry: index.ts\nconfig: { PLACE: release }\nsecrets: [PIN]\n',
  );
  project.write(
    'index.ts',
    `import { effect, event, saga } from '@holdfast/sdk';
     import { z } from 'zod';
     const Asked = event('values.asked', z.object({ id: z.string() }));
     const tell = effect('values.tell', { input: z.object({}), output: z.any(), inDoubt: 'hold' },
       (_, { config, secrets, log }) => {
         log.info('the pin is ' + secrets.get('PIN'));
         return { place: config.get('PLACE'), pin: secrets.get('PIN') };
       });
     export const values = saga('values', { on: Asked, key: (e) => e.id }, function* () {
       return yield* tell({});
     });
     export { Asked, tell };
`,
  );
  await project.deploy(server);
  await using worker = await HoldfastWorker.start({
    name: 'one',
    url: server.ready.http,
    key,
    folder,
    env: { HOLDFAST_SECRET_PIN: 'of the worker', HOLDFAST_CONFIG_PLACE: 'worker' },
  });
  const ready = await fetch(`${worker.ready.http}/ready`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
  await server.api.publish({
    specversion: '1.0',
    id: 'v-1',
    source: 'test',
    type: 'values.asked',
    data: { id: 'v-1' },
  });
  const saga = await server.api.waitForStatus('values', 'v-1', 'completed');
  expect(saga).toMatchObject({ result: { place: 'worker', pin: 'of the worker' } });
  const metrics = await (await fetch(`${worker.ready.http}/metrics`)).text();
  expect(metrics).toContain('holdfast_worker_results_total{result="succeeded"} 1');
  expect(await worker.stop()).toBe(0);
  expect(worker.log).toContain('the pin is [secret]');
  expect(worker.log).not.toContain('of the worker');
  const records = await server.api.get(`/v1/workers/records`);
  expect(records.json).toMatchObject({
    items: [{ kind: 'left' }, { kind: 'draining' }, { kind: 'joined' }],
  });
});
