/** Guessing keys, sessions, links and tokens: slowed, then refused, and the owner is let in meanwhile. */
import { describe, expect, test } from 'vitest';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { asConsole, rawRequest, signIn } from '../../support/raw-request.ts';
import type { RawAnswer, RawOptions } from '../../support/raw-request.ts';
import { MqttUser } from '../../support/mqtt.ts';

/** More than are answered at all. */
const MANY = 120;

const GUESS = 'A'.repeat(43);
const WAYS: readonly (readonly [string, string, RawOptions])[] = [
  ['a key', '/v1/events', { headers: { authorization: `Bearer hf_${GUESS}` } }],
  ['a session', '/v1/events', { headers: { cookie: `holdfast_session=hs_${GUESS}` } }],
  ['a key at the sign-in', '/v1/session', { method: 'POST', json: { key: `hf_${GUESS}` } }],
  ['a login link', '/v1/session', { method: 'POST', json: { link: `hl_${GUESS}` } }],
  ['a wait’s token', `/v1/waits/${GUESS}/complete`, { method: 'POST', json: {} }],
];

async function guess(
  base: string,
  path: string,
  options: RawOptions,
  times = MANY,
): Promise<RawAnswer[]> {
  return Promise.all(Array.from({ length: times }, () => rawRequest(base, path, options)));
}

describe.each(WAYS)('%s', (_, path, options) => {
  test('is answered some times, then refused with the pause to keep; its owner is let in', async () => {
    await using server = await HoldfastServer.start({ restaurant: false });
    const base = server.ready.http;
    const cookie = await signIn(base, server.adminKey);
    const answers = await guess(base, path, options);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(MANY / 2);
    for (const { code, headers } of refused) {
      expect(code).toBe('auth.slowed');
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(120);
    }
    // A few were told the truth, so that who mistypes learns of it.
    expect(answers.some(({ status }) => status === 401 || status === 404)).toBe(true);
    expect((await server.api.get('/v1/events')).status).toBe(200);
    expect((await rawRequest(base, '/v1/events', { headers: asConsole(cookie) })).status).toBe(200);
    await signIn(base, server.adminKey);
    await using user = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    expect(user.connected).toBe(true);
    // The log tells of the address, once, and holds no guess.
    expect(server.log.match(/failed attempts from this address are slowed/g)).toHaveLength(1);
    expect(server.log).not.toContain(GUESS);
  });
});

test('an MQTT password: refused each time, the log told of few; the same address over HTTP is known', async () => {
  await using server = await HoldfastServer.start({ restaurant: false });
  const tries = await Promise.allSettled(
    Array.from({ length: MANY }, () => MqttUser.connect(server.ready.mqtt, { key: `hf_${GUESS}` })),
  );
  expect(tries.filter(({ status }) => status === 'fulfilled')).toEqual([]);
  const told = server.log.match(/the password is no valid key/g) ?? [];
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThanOrEqual(10);
  const [path, options] = ['/v1/events', { headers: { authorization: `Bearer hf_${GUESS}` } }];
  expect((await rawRequest(server.ready.http, path, options)).code).toBe('auth.slowed');
  await using user = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
  expect(user.connected).toBe(true);
});

test('no key at all is no guess: a page that is not signed in is not slowed', async () => {
  await using server = await HoldfastServer.start({ restaurant: false });
  const answers = await guess(server.ready.http, '/v1/session', {});
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['auth.missing']));
});

test('a key that asks too often gets 429 with the pause; another key does not', async () => {
  await using server = await HoldfastServer.start({
    restaurant: false,
    env: { HOLDFAST_LIMITS_REQUESTS_PER_SECOND: '1', HOLDFAST_LIMITS_REQUEST_BURST: '5' },
  });
  const base = server.ready.http;
  const { secret } = await server.api.createKey({ name: 'eager', scopes: ['view'] });
  const cookie = await signIn(base, secret);
  const byKey = { headers: { authorization: `Bearer ${secret}` } };
  const answers = await guess(base, '/v1/events', byKey, 100);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(50);
  for (const { code, headers } of refused) {
    expect(code).toBe('rate.limited');
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  }
  expect(answers.some(({ status }) => status === 200)).toBe(true);
  // A session is no second allowance.
  const bySession = await guess(base, '/v1/events', { headers: asConsole(cookie) }, 50);
  expect(bySession.filter(({ code }) => code === 'rate.limited').length).toBeGreaterThan(25);
  expect((await server.api.get('/v1/events')).status).toBe(200);
});
