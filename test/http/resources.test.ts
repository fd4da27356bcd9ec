import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  eventSchema,
  healthSchema,
  infoSchema,
  keySchema,
  newKeySchema,
  pageOf,
  problemSchema,
  readySchema,
  releaseDetailSchema,
  sagaDetailSchema,
  sagaSummarySchema,
  stateAtSchema,
  timelineSchema,
} from '@holdfast/core';
import { instance } from '../support/fake-house.ts';
import { HttpHouse } from '../support/http-house.ts';
import type { AskOptions, Reply } from '../support/http-house.ts';

const house = new HttpHouse();
const fake = house.fake;
const admin = house.key(['admin']);

beforeAll(() => house.start());
afterAll(() => house.stop());
beforeEach(() => {
  fake.acts.length = 0;
  fake.instances.length = 0;
  fake.waits.length = 0;
  fake.ending = null;
  fake.waited.length = 0;
  fake.onAwaitEnd = () => undefined;
});

const ask = (method: string, path: string, options: AskOptions = {}): Promise<Reply> =>
  house.ask(method, path, { key: admin, ...options });

function problem(reply: Reply) {
  expect(reply.headers['content-type']).toBe('application/problem+json');
  const parsed = problemSchema.parse(reply.body);
  expect(parsed.status).toBe(reply.status);
  return parsed;
}

describe('instances', () => {
  const AWKWARD = [
    'o1',
    'a/b',
    'a b',
    'ü',
    '%',
    '%2F',
    '%252F',
    '?x=1#y',
    'a+b',
    '//',
    'a%00b',
    '.',
    '..',
    ':key',
    '*',
  ];

  test.each(AWKWARD)('the key %j is found by its percent-encoded segment', async (key) => {
    fake.instances.push(instance({ key }));
    const path = `/v1/sagas/order/${encodeURIComponent(key)}`;
    expect(sagaDetailSchema.parse((await ask('GET', path)).body).key).toBe(key);
    expect(timelineSchema.parse((await ask('GET', `${path}/timeline`)).body).key).toBe(key);
    expect((await ask('POST', `${path}/cancel`)).status).toBe(200);
    expect(fake.acts).toMatchObject([{ address: { tenant: '', saga: 'order', key } }]);
  });

  test('U+0000 in a segment is refused', async () => {
    expect(problem(await ask('GET', '/v1/sagas/order/a%00')).code).toBe('request.invalid');
  });

  test('a dot segment that was sent is a key and never climbs', async () => {
    fake.instances.push(instance({ key: '..' }));
    expect((await ask('GET', '/v1/sagas/order/../timeline')).body).toMatchObject({ key: '..' });
    expect((await ask('GET', '/v1/sagas/order/%2E%2E/timeline')).body).toMatchObject({ key: '..' });
  });

  test('lists filter by status and prefix of the key', async () => {
    fake.instances.push(instance({ key: 'a1' }), instance({ key: 'b1', status: 'completed' }));
    const list = async (query: string): Promise<string[]> => {
      const { body } = await ask('GET', `/v1/sagas${query}`);
      return pageOf(sagaSummarySchema)
        .parse(body)
        .items.map((item) => item.key);
    };
    expect(await list('')).toEqual(['a1', 'b1']);
    expect(await list('?status=completed')).toEqual(['b1']);
    expect(await list('?key=a')).toEqual(['a1']);
    expect(problem(await ask('GET', '/v1/sagas?status=done')).faults).toMatchObject([
      { at: '?status' },
    ]);
    expect(problem(await ask('GET', '/v1/sagas?limit=501')).faults).toMatchObject([
      { at: '?limit' },
    ]);
  });

  test('state at a version; a version that never was is 404', async () => {
    fake.instances.push(instance());
    const found = await ask('GET', '/v1/sagas/order/o1/at/4');
    expect(stateAtSchema.parse(found.body).state).toEqual({ step: 'kitchen.ready' });
    for (const wrong of ['9', 'x', '-1']) {
      expect((await ask('GET', `/v1/sagas/order/o1/at/${wrong}`)).status).toBe(404);
    }
  });

  test('?wait= holds until the end and answers with what is then', async () => {
    fake.instances.push(instance());
    fake.onAwaitEnd = () => {
      fake.instances[0] = instance({ status: 'completed', result: { courier: 'c' } });
    };
    const reply = await ask('GET', '/v1/sagas/order/o1?wait=2s');
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ status: 'completed', result: { courier: 'c' } });
    expect(fake.waited).toEqual([2000]);
    await ask('GET', '/v1/sagas/order/o1?wait=2s');
    expect(fake.waited).toEqual([2000]);
  });

  test('what is not there is 404 and says what', async () => {
    const reply = await ask('GET', '/v1/sagas/order/nobody');
    expect(reply.status).toBe(404);
    expect(problem(reply)).toMatchObject({
      code: 'not_found',
      detail: 'there is no instance of saga "order" with key "nobody"',
    });
  });

  test('acts carry who and why', async () => {
    fake.instances.push(instance());
    const reply = await ask('POST', '/v1/sagas/order/o1/redrive', { json: { reason: 'fixed it' } });
    expect(sagaDetailSchema.parse(reply.body).key).toBe('o1');
    expect(fake.acts).toEqual([
      {
        act: 'redrive',
        address: { tenant: '', saga: 'order', key: 'o1' },
        actor: { by: 'k-admin-', reason: 'fixed it' },
      },
    ]);
    const misspelt = await ask('POST', '/v1/sagas/order/o1/redrive', { json: { reson: 'x' } });
    expect(problem(misspelt).faults).toEqual([{ at: '/reson', message: 'is not known here' }]);
    expect(problem(await ask('POST', '/v1/sagas/order/o1/redrive', { body: '[' })).code).toBe(
      'request.invalid',
    );
  });
});

describe('waits', () => {
  beforeEach(() => {
    fake.waits.push({
      tenant: '',
      saga: 'order',
      key: 'a/b',
      name: 'kitchen.ready',
      token: 'tok-1',
      state: 'open',
      payload: null,
    });
  });
  const path = '/v1/sagas/order/a%2Fb/waits/kitchen.ready';

  test('complete by key: the body is the payload; a second time is 409', async () => {
    const reply = await ask('POST', `${path}/complete`, { json: { shelf: 'A1' } });
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({ state: 'completed' });
    expect(fake.waits[0]?.payload).toBe('{"shelf":"A1"}');
    const late = await ask('POST', `${path}/fail`);
    expect(late.status).toBe(409);
    expect(problem(late).code).toBe('wait.closed');
  });

  test('an empty body is an empty object', async () => {
    await ask('POST', `${path}/complete`);
    expect(fake.waits[0]?.payload).toBe('{}');
  });

  test('curl -d without a content type is taken as JSON', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await ask('POST', `${path}/complete`, { body: '{"shelf":"B"}', headers });
    expect(fake.waits[0]?.payload).toBe('{"shelf":"B"}');
  });

  test('fail by key with a message', async () => {
    const reply = await ask('POST', `${path}/fail`, { json: { message: 'no oven' } });
    expect(reply.body).toEqual({ state: 'failed' });
    expect(fake.waits[0]?.payload).toBe('"no oven"');
  });

  test('by token alone, without a key; the actor is named without giving the token away', async () => {
    const reply = await house.ask('POST', '/v1/waits/tok-1/complete', { json: 7 });
    expect(reply.status).toBe(200);
    expect(fake.waits[0]?.payload).toBe('7');
    expect(fake.acts[0]?.actor.by).toMatch(/^token:[0-9a-f]{12}$/);
    expect((await house.ask('POST', '/v1/waits/other/complete')).status).toBe(404);
  });

  test('a payload with U+0000 is refused', async () => {
    const reply = await ask('POST', `${path}/complete`, { json: { shelf: 'a\u0000' } });
    expect(problem(reply).faults).toEqual([{ at: '/shelf', message: 'holds U+0000' }]);
    expect(fake.waits[0]?.state).toBe('open');
  });
});

test('events are listed in pages that follow one another', async () => {
  for (const id of ['1', '2', '3']) {
    await ask('POST', '/v1/events', { json: { type: 'page.test', id, source: '/p' } });
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const reply = await ask('GET', `/v1/events?type=page.test&order=asc&limit=2${from}`);
    const page = pageOf(eventSchema).parse(reply.body);
    seen.push(...page.items.map((item) => item.id));
    cursor = page.next;
  } while (cursor !== null);
  expect(seen).toEqual(['1', '2', '3']);
  expect(problem(await ask('GET', '/v1/events?from=yesterday')).faults).toMatchObject([
    { at: '?from' },
  ]);
});

describe('keys', () => {
  test('a created key shows its secret once, works at once, and is refused once revoked', async () => {
    const made = await ask('POST', '/v1/keys', {
      json: { name: 'shop', scopes: ['view'], tenant: 'acme', expiresIn: '1h' },
    });
    expect(made.status).toBe(201);
    const { key, secret } = newKeySchema.parse(made.body);
    expect(secret).toMatch(/^hf_/);
    expect(key).toMatchObject({ name: 'shop', tenant: 'acme', scopes: ['view'], revokedAt: null });
    expect(Date.parse(key.expiresAt ?? '')).toBeGreaterThan(Date.now());
    expect((await house.ask('GET', '/v1/sagas', { key: secret })).status).toBe(200);

    const listed = await ask('GET', '/v1/keys');
    expect(
      pageOf(keySchema)
        .parse(listed.body)
        .items.map((item) => item.id),
    ).toContain(key.id);
    expect(listed.text).not.toContain(secret);
    expect(listed.text).not.toContain(fake.keyRows[0]?.hash);

    expect((await ask('DELETE', `/v1/keys/${key.id}`)).status).toBe(204);
    expect((await house.ask('GET', '/v1/sagas', { key: secret })).status).toBe(401);
    expect((await ask('DELETE', `/v1/keys/${key.id}`)).status).toBe(404);
    expect(fake.acts.map(({ act, actor }) => [act, actor.by])).toEqual([
      ['createKey', 'k-admin-'],
      ['revokeKey', 'k-admin-'],
    ]);
  });

  test.each([
    [{ scopes: ['view'] }, '/name'],
    [{ name: 'x', scopes: [] }, '/scopes'],
    [{ name: 'x', scopes: ['root'] }, '/scopes/0'],
    [{ name: 'x', scopes: ['view'], tenant: 'a/b' }, '/tenant'],
    [{ name: 'x', scopes: ['view'], expiresAt: '2001-01-01T00:00:00Z' }, '/expiresAt'],
    [{ name: 'x', scopes: ['view'], expiresIn: 'soon' }, '/expiresIn'],
    [
      { name: 'x', scopes: ['view'], expiresIn: '1h', expiresAt: '2999-01-01T00:00:00Z' },
      '/expiresIn',
    ],
    [{ name: 'x', scopes: ['view'], scope: 'view' }, '/scope'],
  ])('%j is refused, naming %s', async (json, at) => {
    const reply = await ask('POST', '/v1/keys', { json });
    expect(reply.status).toBe(400);
    expect(problem(reply).faults?.[0]?.at).toBe(at);
  });
});

test('secrets: names come out, values never', async () => {
  const set = await ask('PUT', '/v1/secrets/STRIPE_KEY', { json: { value: 'sk-1' } });
  expect(set.status).toBe(204);
  expect(set.text).toBe('');
  expect(house.secrets.get('STRIPE_KEY')).toBe('sk-1');
  const listed = await ask('GET', '/v1/secrets');
  expect(listed.body).toEqual({ items: [{ name: 'STRIPE_KEY' }], next: null });
  expect((await ask('DELETE', '/v1/secrets/STRIPE_KEY')).status).toBe(204);
  expect((await ask('DELETE', '/v1/secrets/STRIPE_KEY')).status).toBe(404);
  const climbing = await ask('PUT', '/v1/secrets/..%2Fadmin-token', { json: { value: 'x' } });
  expect(problem(climbing).faults).toMatchObject([{ at: '{name}' }]);
  expect(house.secrets.size).toBe(0);
});

test('releases: register, look at, activate; rolling back what has nothing before is 409', async () => {
  const bundle = { format: 1, files: { 'release.json': '{}' } };
  const registered = await ask('POST', '/v1/releases', { json: bundle });
  expect(registered.status).toBe(201);
  const { digest } = z.object({ digest: z.string() }).parse(registered.body);
  expect((await ask('POST', '/v1/releases', { json: bundle })).status).toBe(200);
  const found = await ask('GET', `/v1/releases/${digest}`);
  expect(releaseDetailSchema.parse(found.body).manifest).toEqual({ app: 'restaurant' });
  const activated = await ask('POST', `/v1/releases/${digest}/activate`, {
    json: { reason: 'go' },
  });
  expect(activated.body).toMatchObject({
    app: 'restaurant',
    previous: null,
    digest,
    dryRun: false,
  });
  expect((await ask('POST', '/v1/releases/nope/activate')).status).toBe(404);
  const back = await ask('POST', '/v1/releases/rollback', { json: { app: 'restaurant' } });
  expect(back.status).toBe(409);
  const wrong = await ask('POST', '/v1/releases', { json: { files: { a: 1 } } });
  expect(wrong.status).toBe(422);
  expect(problem(wrong)).toMatchObject({ code: 'release.invalid' });
  expect(problem(wrong).faults?.map((fault) => fault.at)).toEqual(['/format', '/files/a']);
});

describe('health, readiness, info', () => {
  test('well', async () => {
    expect(healthSchema.parse((await house.ask('GET', '/health')).body).status).toBe('ok');
    expect(readySchema.parse((await house.ask('GET', '/ready')).body).status).toBe('ready');
    const info = infoSchema.parse((await ask('GET', '/info')).body);
    expect(info).toMatchObject({
      version: '0.0.1',
      mode: 'combined',
      epoch: 3,
      effects: ['payment.charge'],
    });
  });

  test('storage that cannot be written fails both', async () => {
    fake.status = { ...fake.status, writable: false, noRoom: true };
    for (const path of ['/health', '/ready']) {
      const reply = await house.ask('GET', path);
      expect(reply.status).toBe(503);
      expect(reply.body).toMatchObject({ checks: { storage: false, broker: true }, noRoom: true });
    }
    fake.status = { ...fake.status, writable: true, noRoom: false };
  });

  test('a broker that is down fails both; draining fails readiness alone', async () => {
    house.probes.brokerUp = false;
    expect((await house.ask('GET', '/health')).status).toBe(503);
    expect((await house.ask('GET', '/ready')).status).toBe(503);
    house.probes.brokerUp = true;
    house.probes.accepting = false;
    expect((await house.ask('GET', '/health')).status).toBe(200);
    const ready = await house.ask('GET', '/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({ status: 'not_ready', checks: { accepting: false } });
    house.probes.accepting = true;
  });

  test('an engine that refuses to answer is not healthy', async () => {
    fake.refusal = new Error('gone');
    expect((await house.ask('GET', '/health')).status).toBe(503);
    expect((await house.ask('GET', '/ready')).status).toBe(503);
    fake.refusal = null;
  });
});

describe('routes that are not there', () => {
  test('404 and 405 are problem details; 405 says what is allowed', async () => {
    const unknown = await ask('GET', '/v1/nothing');
    expect(unknown.status).toBe(404);
    expect(problem(unknown).code).toBe('not_found');
    const wrong = await ask('DELETE', '/v1/events');
    expect(wrong.status).toBe(405);
    expect(wrong.headers.allow).toBe('POST, GET, HEAD');
    expect(problem(wrong).code).toBe('request.invalid');
    expect((await ask('OPTIONS', '/v1/sagas/order/o1')).headers.allow).toBe('GET, HEAD');
  });

  test('HEAD answers like GET without a body', async () => {
    const reply = await ask('HEAD', '/v1/sagas');
    expect(reply.status).toBe(200);
    expect(reply.text).toBe('');
  });
});

test('every answer forbids sniffing, framing and keeping', async () => {
  for (const reply of [await ask('GET', '/v1/sagas'), await house.ask('GET', '/v1/sagas')]) {
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  }
});

describe('what is no HTTP', () => {
  function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(house.listener.port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => (answer += String(chunk)));
      socket.on('end', () => resolve(answer));
      socket.on('error', reject);
    });
  }

  test.each([
    ['a malformed request', 'GET / HTTP/9\r\n\r\n', 400],
    [
      'headers beyond the limit',
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
      431,
    ],
    ['no Host', 'GET /health HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    [
      'a Host that is no host',
      'GET /health HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n',
      400,
    ],
  ])('%s', async (_, text, status) => {
    const answer = await raw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test('absolute-form targets are routed by their path', async () => {
    const answer = await raw(
      'GET http://localhost/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });
});
