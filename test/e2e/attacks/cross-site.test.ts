/** Pages of other sites that have a signed-in visitor's browser make requests (CSRF), and read answers (XSSI). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { asConsole, cookieOf, rawRequest, signIn } from '../../support/raw-request.ts';
import type { RawAnswer } from '../../support/raw-request.ts';

let server: HoldfastServer;
let base: string;
let cookie: string;

beforeAll(async () => {
  server = await HoldfastServer.start({ restaurant: false });
  base = server.ready.http;
  cookie = await signIn(base, server.adminKey);
});
afterAll(() => server[Symbol.asyncDispose]());

/** What the attack would have done. */
const NEW_KEY = { name: 'planted', scopes: ['admin'] };

function plant(headers: Record<string, string>): Promise<RawAnswer> {
  return rawRequest(base, '/v1/keys', { method: 'POST', json: NEW_KEY, headers });
}

async function planted(): Promise<number> {
  const { json } = await server.api.get('/v1/keys');
  return (json as { items: { name: string }[] }).items.filter(({ name }) => name === 'planted')
    .length;
}

describe('a POST with the visitor’s cookie', () => {
  test.each([
    ['without the console’s header', {}],
    ['with the header set to something else', { 'x-holdfast-console': 'true' }],
    ['from another site', { 'x-holdfast-console': '1', 'sec-fetch-site': 'cross-site' }],
    [
      'from another port of this host',
      { 'x-holdfast-console': '1', 'sec-fetch-site': 'same-site' },
    ],
    ['with a foreign Origin', { 'x-holdfast-console': '1', origin: 'https://evil.example' }],
    ['from a sandboxed frame', { 'x-holdfast-console': '1', origin: 'null' }],
    [
      'with an Origin that begins like ours',
      { 'x-holdfast-console': '1', origin: 'http://127.0.0.1.evil.example' },
    ],
    ['from another port, by Origin', { 'x-holdfast-console': '1', origin: 'http://127.0.0.1:1' }],
    ['as a form would send it', { 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' }],
  ])('%s: 403, and nothing is done', async (_, headers) => {
    const answer = await plant({ cookie, ...headers });
    expect(answer.status).toBe(403);
    expect(answer.code).toBe('auth.origin');
    expect(await planted()).toBe(0);
  });

  test('from the console itself it is done', async () => {
    const answer = await rawRequest(base, '/v1/keys', {
      method: 'POST',
      json: { name: 'meant', scopes: ['view'] },
      headers: { ...asConsole(cookie), origin: base },
    });
    expect(answer.status).toBe(201);
  });
});

test.each(['PUT', 'DELETE', 'PATCH'])('%s is no way around it', async (method) => {
  const path =
    method === 'PUT' ? '/v1/secrets/X' : method === 'PATCH' ? '/v1/workers/w' : '/v1/keys/x';
  const answer = await rawRequest(base, path, {
    method,
    json: { value: 'x' },
    headers: { cookie },
  });
  expect(answer.code).toBe('auth.origin');
});

test.each(['cross-site', 'same-site'])(
  'a page of a %s origin reads nothing with the cookie either',
  async (site) => {
    const headers = { cookie, 'sec-fetch-site': site };
    for (const path of ['/v1/keys', '/v1/events', '/v1/events/stream', '/info', '/metrics']) {
      expect((await rawRequest(base, path, { headers })).code).toBe('auth.origin');
    }
  },
);

test('no answer lets another origin read it', async () => {
  const headers = { ...asConsole(cookie), origin: base };
  for (const path of ['/v1/keys', '/v1/session', '/openapi.json', '/']) {
    const answer = await rawRequest(base, path, { headers });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    );
  }
  const preflight = await rawRequest(base, '/v1/keys', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-holdfast-console',
    },
  });
  expect(preflight.status).toBe(405);
  expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
});

describe('signing a visitor in as somebody else', () => {
  test.each([
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['with a foreign Origin', { origin: 'https://evil.example' }],
  ])('%s: 403, and no cookie is set', async (_, headers) => {
    const answer = await rawRequest(base, '/v1/session', {
      method: 'POST',
      json: { key: server.adminKey },
      headers,
    });
    expect(answer.code).toBe('auth.origin');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

test('the cookie is out of scripts’ reach, is sent to no other site, and holds no key', async () => {
  const answer = await rawRequest(base, '/v1/session', {
    method: 'POST',
    json: { key: server.adminKey },
  });
  const [set = ''] = answer.headers['set-cookie'] ?? [];
  expect(set).toMatch(/; HttpOnly(;|$)/);
  expect(set).toMatch(/; SameSite=Strict(;|$)/);
  expect(set).toMatch(/; Path=\/(;|$)/);
  expect(set).not.toMatch(/Domain=/i);
  expect(set).not.toContain(server.adminKey);
  expect(answer.text).not.toContain(cookieOf(answer).split('=')[1]);
});

test('behind TLS of a proxy the cookie is for TLS alone', async () => {
  const host = new URL(base).host;
  const answer = await rawRequest(base, '/v1/session', {
    method: 'POST',
    json: { key: server.adminKey },
    headers: { host, origin: `https://${host}` },
  });
  expect(answer.headers['set-cookie']?.[0]).toMatch(/; Secure(;|$)/);
});
