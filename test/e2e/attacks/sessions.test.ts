/** Login links and sessions: replayed, guessed, raced for, kept after their end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { asConsole, cookieOf, openStream, rawRequest, signIn } from '../../support/raw-request.ts';
import type { RawAnswer } from '../../support/raw-request.ts';
import { within } from '../../support/eventually.ts';
import { MqttUser } from '../../support/mqtt.ts';

let server: HoldfastServer;
let base: string;

beforeAll(async () => {
  server = await HoldfastServer.start({ restaurant: false });
  base = server.ready.http;
});
afterAll(() => server[Symbol.asyncDispose]());

const AT_ONCE_MS = 30_000;

async function makeLink(key = server.adminKey): Promise<string> {
  const answer = await rawRequest(base, '/v1/session/links', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
  });
  expect(answer.status).toBe(201);
  const { url } = JSON.parse(answer.text) as { url: string };
  expect(url.startsWith(`${base}/login#hl_`)).toBe(true);
  return new URL(url).hash.slice(1);
}

function use(link: string): Promise<RawAnswer> {
  return rawRequest(base, '/v1/session', { method: 'POST', json: { link } });
}

function whoAmI(cookie: string): Promise<RawAnswer> {
  return rawRequest(base, '/v1/session', { headers: asConsole(cookie) });
}

describe('a login link', () => {
  test('opens one session, and a replay none', async () => {
    const link = await makeLink();
    const first = await use(link);
    expect(first.status).toBe(200);
    expect(JSON.parse((await whoAmI(cookieOf(first))).text)).toMatchObject({
      name: 'admin',
      by: 'session',
    });
    const again = await use(link);
    expect(again.status).toBe(401);
    expect(again.code).toBe('auth.link');
    expect(again.headers['set-cookie']).toBeUndefined();
    // Who was signed in stays so.
    expect((await whoAmI(cookieOf(first))).status).toBe(200);
  });

  test('raced for by many opens one session', async () => {
    const link = await makeLink();
    const answers = await Promise.all(Array.from({ length: 8 }, () => use(link)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ headers }) => headers['set-cookie'] !== undefined)).toHaveLength(1);
  });

  test.each([
    ['a guess', `hl_${'A'.repeat(43)}`],
    ['a session’s secret in its place', `hs_${'A'.repeat(43)}`],
    ['what no link looks like', '../../etc/passwd'],
  ])('%s opens none', async (_, link) => {
    const answer = await use(link);
    expect(answer.code).toBe('auth.link');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('is made by an admin’s key alone, and is no key itself', async () => {
    const { secret } = await server.api.createKey({ name: 'looker', scopes: ['view', 'operate'] });
    const refused = await rawRequest(base, '/v1/session/links', {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(refused.code).toBe('auth.scope');
    const link = await makeLink();
    const asKey = { authorization: `Bearer ${link}` };
    expect((await rawRequest(base, '/v1/keys', { headers: asKey })).code).toBe('auth.refused');
    const asCookie = { cookie: `holdfast_session=${link}` };
    expect((await rawRequest(base, '/v1/keys', { headers: asCookie })).code).toBe('auth.refused');
  });

  test('is worth nothing once its key is revoked', async () => {
    const { secret, id } = await server.api.createKey({ name: 'leaving', scopes: ['admin'] });
    const link = await makeLink(secret);
    await server.api.send('DELETE', `/v1/keys/${id}`);
    expect((await use(link)).code).toBe('auth.link');
  });

  test('stands in no log and in no file', async () => {
    const link = await makeLink();
    const cookie = cookieOf(await use(link));
    await server.api.get('/v1/audit');
    expect(server.log).not.toContain(link);
    expect(server.log).not.toContain(cookie);
    const { text } = await server.api.get('/v1/audit');
    expect(text).toContain('session.opened');
    expect(text).not.toContain(link);
    expect(text).not.toContain(cookie.split('=')[1]);
  });
});

describe('a session', () => {
  test('that is guessed is refused, and the browser forgets it', async () => {
    const answer = await whoAmI(`holdfast_session=hs_${'A'.repeat(43)}`);
    expect(answer.code).toBe('auth.refused');
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^holdfast_session=; .*Max-Age=0/);
  });

  test('has the scopes and the tenant of its key and no more', async () => {
    const { secret } = await server.api.createKey({
      name: 'acme-looker',
      tenant: 'acme',
      scopes: ['view'],
    });
    const headers = asConsole(await signIn(base, secret));
    expect(JSON.parse((await rawRequest(base, '/v1/session', { headers })).text)).toMatchObject({
      tenant: 'acme',
      scopes: ['view'],
    });
    expect((await rawRequest(base, '/v1/keys', { headers })).code).toBe('auth.scope');
    const foreign = { ...headers, 'x-tenant-id': 'other' };
    expect((await rawRequest(base, '/v1/events', { headers: foreign })).code).toBe('auth.tenant');
  });

  test('does not outvote a key that is sent with it', async () => {
    const { secret } = await server.api.createKey({ name: 'weak', scopes: ['view'] });
    const headers = {
      ...asConsole(await signIn(base, server.adminKey)),
      authorization: `Bearer ${secret}`,
    };
    expect((await rawRequest(base, '/v1/keys', { headers })).code).toBe('auth.scope');
  });

  test('ends with its sign-out, its stream too; another one of the key goes on', async () => {
    const [one, two] = await Promise.all([
      signIn(base, server.adminKey),
      signIn(base, server.adminKey),
    ]);
    const path = '/v1/events/stream';
    const stream = await openStream(base, path, asConsole(one));
    const other = await openStream(base, path, asConsole(two));
    let otherEnded = false;
    void other.ended.then(() => (otherEnded = true));
    const out = await rawRequest(base, '/v1/session', {
      method: 'DELETE',
      headers: asConsole(one),
    });
    expect(out.status).toBe(204);
    await within('the stream of the session ends', AT_ONCE_MS, stream.ended);
    expect((await whoAmI(one)).code).toBe('auth.refused');
    expect((await whoAmI(two)).status).toBe(200);
    expect(otherEnded).toBe(false);
    other.close();
  });
});

test('a revoked key takes along its session, its streams and its MQTT connections', async () => {
  const { secret, id } = await server.api.createKey({
    name: 'going',
    scopes: ['view', 'publish', 'subscribe'],
  });
  const cookie = await signIn(base, secret);
  const path = '/v1/events/stream';
  const bySession = await openStream(base, path, asConsole(cookie));
  const byKey = await openStream(base, path, { authorization: `Bearer ${secret}` });
  expect([bySession.status, byKey.status]).toEqual([200, 200]);
  await using tcp = await MqttUser.connect(server.ready.mqtt, { key: secret });
  await using web = await MqttUser.connect(`${base.replace('http', 'ws')}/mqtt`, { key: secret });
  const closed = [tcp, web].map(
    ({ client }) => new Promise<void>((resolve) => client.once('close', () => resolve())),
  );
  expect((await server.api.send('DELETE', `/v1/keys/${id}`)).status).toBe(204);
  await within(
    'all of it ends',
    AT_ONCE_MS,
    Promise.all([bySession.ended, byKey.ended, ...closed]),
  );
  expect((await whoAmI(cookie)).code).toBe('auth.refused');
  const headers = { authorization: `Bearer ${secret}` };
  expect((await rawRequest(base, '/v1/events', { headers })).code).toBe('auth.refused');
});

test('a key that expires takes along its session and the stream of it', async () => {
  const { secret } = await server.api.createKey({
    name: 'brief',
    scopes: ['view'],
    expiresIn: '8s',
  });
  const cookie = await signIn(base, secret);
  const stream = await openStream(base, '/v1/events/stream', asConsole(cookie));
  await within('the stream ends', AT_ONCE_MS, stream.ended);
  expect((await whoAmI(cookie)).code).toBe('auth.refused');
});

test('a session outlives the server; a link, and a session that was ended, do not', async () => {
  await using own = await HoldfastServer.start({ restaurant: false });
  const at = (path: string, options = {}): Promise<RawAnswer> =>
    rawRequest(own.ready.http, path, options);
  const cookie = await signIn(own.ready.http, own.adminKey);
  const left = await signIn(own.ready.http, own.adminKey);
  await at('/v1/session', { method: 'DELETE', headers: asConsole(left) });
  const made = await at('/v1/session/links', {
    method: 'POST',
    headers: { authorization: `Bearer ${own.adminKey}` },
  });
  const link = new URL((JSON.parse(made.text) as { url: string }).url).hash.slice(1);
  await own.sigkill();
  await own.restart();
  expect((await at('/v1/session', { headers: asConsole(cookie) })).status).toBe(200);
  expect((await at('/v1/session', { headers: asConsole(left) })).code).toBe('auth.refused');
  expect((await at('/v1/session', { method: 'POST', json: { link } })).code).toBe('auth.link');
});
