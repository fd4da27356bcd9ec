/** A page whose name its owner has made resolve to this server (DNS rebinding): every kind of route refuses the name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { asConsole, rawBytes, rawRequest, signIn } from '../../support/raw-request.ts';

let server: HoldfastServer;
let base: string;
let cookie: string;

beforeAll(async () => {
  server = await HoldfastServer.start({ restaurant: false });
  base = server.ready.http;
  cookie = await signIn(base, server.adminKey);
});
afterAll(() => server[Symbol.asyncDispose]());

const MISDIRECTED = 421;
const NAMES = [
  'evil.example',
  'evil.example:7420',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '192.0.2.1',
  '0.0.0.0',
];

describe.each(NAMES)('Host: %s', (host) => {
  test.each([
    ['what is open', 'GET', '/health', {}],
    ['the description', 'GET', '/openapi.json', {}],
    ['a page', 'GET', '/', { accept: 'text/html' }],
    ['a page of the console’s own', 'GET', '/sagas/order/1', { accept: 'text/html' }],
    ['an asset', 'GET', '/assets/x.js', {}],
    ['no route at all', 'GET', '/v1/nothing', {}],
    ['a route that needs another method', 'PUT', '/health', {}],
    ['a wait’s token', 'POST', '/v1/waits/token/complete', {}],
    ['the sign-in', 'POST', '/v1/session', {}],
  ])('%s is refused', async (_, method, path, headers) => {
    const answer = await rawRequest(base, path, { method, headers: { host, ...headers } });
    expect(answer.status).toBe(MISDIRECTED);
    expect(answer.code).toBe('request.invalid');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('a key, a session and an event stream are refused', async () => {
    const key = { authorization: `Bearer ${server.adminKey}`, host };
    for (const headers of [key, { ...asConsole(cookie), host }]) {
      for (const path of ['/v1/keys', '/v1/session', '/v1/events/stream']) {
        expect((await rawRequest(base, path, { headers })).status).toBe(MISDIRECTED);
      }
    }
    const link = { method: 'POST', headers: key };
    expect((await rawRequest(base, '/v1/session/links', link)).status).toBe(MISDIRECTED);
  });

  test('a WebSocket is refused', async () => {
    expect(await upgrade(host)).toMatch(/^HTTP\/1\.1 421 /);
  });
});

test('two Hosts, and none, are refused', async () => {
  for (const hosts of ['Host: localhost\r\nHost: evil.example\r\n', '']) {
    const answer = await rawBytes(
      base,
      `GET /health HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain('"storage"');
  }
});

test('an absolute target does not speak for the Host', async () => {
  const answer = await rawBytes(
    base,
    `GET http://localhost:${new URL(base).port}/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 421 /);
});

test('off loopback the machine’s addresses and names are taken, and no name that anybody could own', async () => {
  await using wide = await HoldfastServer.start({
    restaurant: false,
    args: ['--host', '0.0.0.0'],
    env: {
      HOLDFAST_HTTP_PLAIN: 'true',
      HOLDFAST_MQTT_PLAIN: 'true',
      HOLDFAST_HTTP_ALLOWED_HOSTS: 'holdfast.lan',
    },
  });
  const ask = async (host: string): Promise<number> =>
    (await rawRequest(wide.ready.http, '/health', { headers: { host } })).status;
  for (const host of [
    'localhost',
    '127.0.0.1:1',
    '192.0.2.7',
    '[2001:db8::1]:7420',
    'Holdfast.LAN',
  ])
    expect([host, await ask(host)]).toEqual([host, 200]);
  for (const host of [
    'evil.example',
    '192.0.2.7.evil.example',
    '1.2.3',
    'holdfast.lan.evil.example',
  ])
    expect([host, await ask(host)]).toEqual([host, MISDIRECTED]);
});

function upgrade(host: string): Promise<string> {
  return rawBytes(
    base,
    `GET /mqtt HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n',
  );
}
