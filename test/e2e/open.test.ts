/** `holdfast open`, as a person and a script run it; a self-made certificate, as a home network meets it. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect as tlsConnect } from 'node:tls';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI } from '../support/checkout.ts';
import { runToEnd } from '../support/child.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { rawRequest } from '../support/raw-request.ts';
import { TempFolder } from '../support/temp-folder.ts';

const linkSchema = z.object({ url: z.string(), expiresAt: z.string(), opened: z.boolean() });

describe('holdfast open', () => {
  let server: HoldfastServer;
  const folder = new TempFolder('browser');
  beforeAll(async () => {
    server = await HoldfastServer.start({ restaurant: false });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const NO_SCREEN = { DISPLAY: '', WAYLAND_DISPLAY: '', BROWSER: '' };
  const open = (args: readonly string[], env: Record<string, string> = NO_SCREEN) =>
    runToEnd(process.execPath, [CLI, 'open', ...args, '--data-dir', server.dataDir], { env });

  async function signsIn(url: string): Promise<number> {
    const link = new URL(url).hash.slice(1);
    const answer = await rawRequest(server.ready.http, '/v1/session', {
      method: 'POST',
      json: { link },
    });
    return answer.status;
  }

  test('prints the link, and nothing else, on standard output where there is no screen', async () => {
    for (const args of [[], ['--print']]) {
      const { code, stdout } = await open(args);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login#hl_[A-Za-z0-9_-]{43}\n$/);
      expect(await signsIn(stdout.trim())).toBe(200);
      expect(await signsIn(stdout.trim())).toBe(401);
    }
  });

  test('--json tells whether a browser was opened', async () => {
    const { stdout, stderr } = await open(['--json']);
    const answer = linkSchema.parse(JSON.parse(stdout));
    expect(stderr).toBe('');
    expect(answer.opened).toBe(false);
    expect(Date.parse(answer.expiresAt)).toBeGreaterThan(Date.now());
    expect(await signsIn(answer.url)).toBe(200);
  });

  test('hands the link to the desktop’s opener', async (context) => {
    if (process.platform !== 'linux') return context.skip('stands in for xdg-open: Linux only');
    const [opener, seen] = [folder.at('xdg-open'), folder.at('seen')];
    writeFileSync(opener, `#!/bin/sh\nprintf %s "$1" > '${seen}'\n`);
    chmodSync(opener, 0o755);
    const env = { DISPLAY: ':9', PATH: `${folder.path}:${process.env['PATH'] ?? ''}` };
    const { code, stdout } = await open([], env);
    expect([code, stdout]).toEqual([0, 'opened  the console, in your browser\n']);
    const url = await eventually('the opener was called', () => {
      const text = existsSync(seen) ? readFileSync(seen, 'utf8') : '';
      return text === '' ? undefined : text;
    });
    expect(await signsIn(url)).toBe(200);
    writeFileSync(opener, '#!/bin/sh\nexit 3\n');
    const failed = await open([], env);
    expect(failed.code).toBe(0);
    expect(failed.stdout).toMatch(/^http/);
    expect(failed.stderr).toContain('found no browser');
  });

  test('a key that is no admin’s is told so', async () => {
    const { secret } = await server.api.createKey({ name: 'looker', scopes: ['view'] });
    const { code, stderr } = await open(['--key', secret, '--json']);
    expect(code).toBe(77);
    expect(stderr).toContain('auth.scope');
  });
});

describe('a self-made certificate', () => {
  let server: HoldfastServer;
  beforeAll(async () => {
    server = await HoldfastServer.start({
      restaurant: false,
      args: ['--host', '0.0.0.0'],
      env: { HOLDFAST_HTTP_TLS_SELF_SIGNED: 'true', HOLDFAST_MQTT_TLS_SELF_SIGNED: 'true' },
    });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const certificate = (): string => readFileSync(`${server.dataDir}/tls/certificate.pem`, 'utf8');

  function fingerprintAt(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = tlsConnect({ host: '127.0.0.1', port, ca: certificate() }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.end();
      });
      socket.on('error', reject);
    });
  }

  test('both listeners show it, and its fingerprint is told at start and by /info', async () => {
    expect(server.ready.http).toMatch(/^https:/);
    expect(server.ready.mqtt).toMatch(/^mqtts:/);
    const told = z.string().parse(server.ready['fingerprint']);
    expect(await fingerprintAt(server.httpPort)).toBe(told);
    expect(await fingerprintAt(server.mqttPort)).toBe(told);
    const info = z
      .looseObject({ certificates: z.array(z.looseObject({ listener: z.string() })) })
      .parse(await server.cliJson('status'));
    expect(info.certificates).toMatchObject(
      ['http', 'mqtt'].map((listener) => ({ listener, selfSigned: true, fingerprint: told })),
    );
  });

  test('the command line trusts it, for its own data directory alone', async () => {
    expect(await server.cliJson('keys', 'list')).toHaveProperty('items');
    using elsewhere = new TempFolder('elsewhere');
    const args = ['keys', 'list', '--url', server.ready.http, '--key', server.adminKey];
    const { code, stderr } = await runToEnd(process.execPath, [
      CLI,
      ...args,
      '--data-dir',
      elsewhere.path,
    ]);
    expect(code).toBe(69);
    expect(stderr).toContain('cannot reach');
  });

  test('a device that is given it connects, one that is not does not', async () => {
    const device = mqtt.connect(server.ready.mqtt, {
      username: 'device',
      password: server.adminKey,
      ca: certificate(),
      reconnectPeriod: 0,
    });
    await new Promise<void>((resolve, reject) => {
      device.once('connect', () => resolve());
      device.once('error', reject);
    });
    await device.endAsync();
    const stranger = mqtt.connect(server.ready.mqtt, {
      username: 'device',
      password: server.adminKey,
      reconnectPeriod: 0,
    });
    const refused = await new Promise<Error>((resolve) => stranger.once('error', resolve));
    expect(refused.message).toMatch(/self-signed|verify/);
    stranger.end(true);
  });

  test('its key is its owner’s, and it is the same after a restart', async () => {
    if (process.platform !== 'win32')
      expect(statSync(`${server.dataDir}/tls/key.pem`).mode & 0o777).toBe(0o600);
    const before = server.ready['fingerprint'];
    await server.stop();
    await server.restart();
    expect(server.ready['fingerprint']).toBe(before);
  });
});
