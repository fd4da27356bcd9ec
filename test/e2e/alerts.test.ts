/**
 * Alerts of a real server, to receivers of this process: an effect is broken, somebody is told once, with a link; it is
 * mended and redriven, and the end is told. And the dead-man ping: while all is well, and not after a stop.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { alertMessageSchema, alertsSchema, alertsTestedSchema } from '@holdfast/core';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { Project } from '../support/project.ts';
import { TempFolder } from '../support/temp-folder.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Got {
  readonly line: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Keeps what it is sent. */
async function receiver(): Promise<{ readonly url: string; readonly got: Got[] }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      got.push({ line: `${request.method} ${request.url}`, body, headers: request.headers });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got };
}

function configured(text: string): { readonly path: string; write(text: string): void } {
  const folder = new TempFolder('alerts');
  ends.push(() => folder[Symbol.dispose]());
  const path = join(folder.path, 'holdfast.yaml');
  const write = (content: string): void => writeFileSync(path, content);
  write(text);
  return { path, write };
}

async function serve(config: string, env: Readonly<Record<string, string>> = {}) {
  const server = await HoldfastServer.start({
    restaurant: false,
    args: ['--config', config],
    env: { HOLDFAST_SECRET_HOOK: 'whsec_c2VjcmV0', ...env },
  });
  ends.push(() => server[Symbol.asyncDispose]());
  return server;
}

const messages = ({ got }: { readonly got: readonly Got[] }) =>
  got.map(({ body }) => alertMessageSchema.parse(JSON.parse(body)));

test('a broken effect is told of once, with a link, through a restart; mended and redriven, so is its end', async () => {
  const hook = await receiver();
  const config = configured(`
alerts:
  consoleUrl: https://console.example/
  window: 1s
  targets:
    ops: { type: webhook, url: "${hook.url}/in", secret: "secret://HOOK" }
`);
  const server = await serve(config.path);
  const project = new Project('test/e2e/operator');
  ends.push(() => project[Symbol.dispose]());
  await project.deploy(server);
  for (const id of ['a', 'b', 'c']) {
    await server.api.publish({ type: 'job.asked', data: { id, how: 'silent' } });
  }
  for (const id of ['a', 'b', 'c']) await server.api.waitForStatus('job', id, 'blocked');
  await eventually('the alert', () => messages(hook)[0]);
  const [opened] = messages(hook);
  expect(opened).toMatchObject({
    type: 'holdfast.alerts',
    alerts: [{ kind: 'doubtful', severity: 'critical', notice: 'opened', tenant: '' }],
  });
  const link = new URL(opened?.url ?? '');
  expect(link.href).toMatch(/^https:\/\/console\.example\/needs-you\?group=[\w-]+$/);
  const group = Buffer.from(link.searchParams.get('group') ?? '', 'base64url').toString();
  expect(group).toMatch(/^\["r","effect\.in_doubt","job",/);
  expect(hook.got[0]?.headers['webhook-signature']).toMatch(/^v1,/);

  const open = async () =>
    alertsSchema.parse((await server.api.get('/v1/alerts')).json).open.map(({ count }) => count);
  await eventually('all three under one alert', async () =>
    (await open())[0] === 3 ? true : undefined,
  );
  expect(await open()).toEqual([3]);
  const status = await server.cli('status');
  expect(status.stdout).toContain('3 calls of press are in doubt');
  expect(status.stdout).toContain('ops (webhook) well');
  expect((await server.api.get('/metrics')).text).toContain(
    'holdfast_alert_deliveries_total{target="ops",result="sent"} 1',
  );

  await server.sigkill();
  await server.restart();
  await eventually('the alert is known again', async () =>
    (await open())[0] === 3 ? true : undefined,
  );

  const held = z
    .looseObject({ items: z.array(z.looseObject({ commandId: z.string() })) })
    .parse(await server.cliJson('effects', 'list', '--state', 'held')).items;
  for (const { commandId } of held) {
    const resolve = ['effects', 'resolve', commandId, '--succeeded', '--output', '{"receipt":"r"}'];
    await server.cliJson(...resolve, '--reason', 'seen at the press');
  }
  for (const id of ['a', 'b', 'c']) await server.api.waitForStatus('job', id, 'completed');
  await eventually('the end', () => messages(hook)[1]);
  const told = messages(hook);
  expect(told.map(({ alerts }) => alerts.map(({ notice, kind }) => `${notice} ${kind}`))).toEqual([
    ['opened doubtful'],
    ['resolved doubtful'],
  ]);
  expect(told[1]?.alerts[0]?.id).toBe(told[0]?.alerts[0]?.id);
  expect(await open()).toEqual([]);
});

test('targets are tested by an admin, changed by reload, and their addresses shown to nobody', async () => {
  const [first, second] = [await receiver(), await receiver()];
  const config = configured(`
alerts:
  targets:
    ops: { type: webhook, url: "${first.url}/hidden-path" }
`);
  const server = await serve(config.path, { HOLDFAST_SECRET_PHONE: `${second.url}/my-topic` });
  const tested = async (body: object = {}) =>
    alertsTestedSchema.parse((await server.api.post('/v1/alerts/test', body)).json).items;
  expect(await tested()).toMatchObject([{ target: 'ops', ok: true, error: null }]);
  expect(messages(first)).toMatchObject([{ type: 'holdfast.test' }]);
  config.write(`
alerts:
  targets:
    ops: { type: webhook, url: "${first.url}/hidden-path" }
    phone: { type: ntfy, url: "secret://PHONE" }
    lost: { type: ntfy, url: "secret://NOWHERE" }
`);
  expect(await server.cliJson('reload')).toMatchObject({
    applied: [{ name: 'alerts.targets' }],
    afterRestart: [],
  });
  expect(await tested({ target: 'phone' })).toMatchObject([{ target: 'phone', ok: true }]);
  expect(second.got.map(({ line }) => line)).toEqual(['POST /my-topic']);
  expect(await tested({ target: 'lost' })).toMatchObject([
    { ok: false, error: expect.stringContaining('there is no secret NOWHERE') as string },
  ]);
  const none = await server.api.post('/v1/alerts/test', { target: 'none' });
  expect(none.status).toBe(404);
  const audit = JSON.stringify(await server.cliJson('audit', 'list'));
  expect(audit).toContain('alerts.tested');
  const shown = await server.cli('config', 'show', '--config', config.path);
  expect(shown.stdout).toContain('secret://PHONE');
  expect(`${shown.stdout}${server.log}${audit}`).not.toContain('hidden-path');
});

test('a watcher is told while the server is well, and of its stop', async () => {
  const watcher = await receiver();
  const config = configured(`
alerts:
  ping: { url: "${watcher.url}/uuid", interval: 5s, stopUrl: "${watcher.url}/uuid/log" }
`);
  const server = await serve(config.path);
  const lines = () => watcher.got.map(({ line }) => line);
  // The second comes after a commit that was made for it: nothing else is at work.
  await eventually('two pings', () => lines()[1]);
  expect(new Set(lines())).toEqual(new Set(['GET /uuid']));
  const { ping } = alertsSchema.parse((await server.api.get('/v1/alerts')).json);
  expect(ping).toMatchObject({ state: 'well', interval: 5000, error: null });
  expect(await server.stop()).toBe(0);
  expect(watcher.got.at(-1)).toMatchObject({ line: 'POST /uuid/log', body: 'stopping' });
  expect(server.log).not.toContain(`${watcher.url}/uuid`);
});
