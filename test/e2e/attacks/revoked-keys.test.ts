/** A key that is revoked, or expires, while something of it is still open: nothing more comes of any of it. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cleanEnv, CLI } from '../../support/checkout.ts';
import { Child } from '../../support/child.ts';
import { eventually, within } from '../../support/eventually.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import type { ApiAnswer, HttpApi } from '../../support/http-api.ts';
import { problemOf } from '../../support/http-api.ts';
import { MqttUser } from '../../support/mqtt.ts';
import { order, orderPlaced } from '../../support/orders.ts';
import { asConsole, openStream, rawRequest, signIn } from '../../support/raw-request.ts';

/** Far from what it takes, and far from what is waited for (`wait`), so that the one is not taken for the other. */
const AT_ONCE_MS = 30_000;
const LONG = '10m';

interface Key {
  readonly secret: string;
  readonly id: string;
  readonly api: HttpApi;
}

let server: HoldfastServer;
let base: string;
beforeAll(async () => {
  server = await HoldfastServer.start({ args: ['--mode', 'saga'] });
  base = server.ready.http;
});
afterAll(() => server[Symbol.asyncDispose]());

async function makeKey(scopes: readonly string[], more: object = {}): Promise<Key> {
  const made = await server.api.createKey({ name: `of ${scopes.join()}`, scopes, ...more });
  return { ...made, api: server.api.with({ key: made.secret }) };
}

const revoke = async ({ id }: Key): Promise<void> => {
  expect((await server.api.send('DELETE', `/v1/keys/${id}`)).status).toBe(204);
};

function expectRefused(answer: ApiAnswer): void {
  expect(answer.status, answer.text).toBe(401);
  expect(problemOf(answer).code).toBe('auth.refused');
}

/** Nobody runs its effects: it stays where it is. */
async function standing(): Promise<string> {
  const placed = order();
  await server.api.publish(orderPlaced(placed));
  await eventually(
    'it runs',
    async () => (await server.api.saga('order', placed.orderId)) ?? undefined,
  );
  return placed.orderId;
}

describe('an answer that is held back', () => {
  test('for the end of an instance ends at once, and shows nothing', async () => {
    const orderId = await standing();
    const key = await makeKey(['view']);
    const held = key.api.get(`/v1/sagas/order/${orderId}?wait=${LONG}`);
    const cookie = await signIn(base, key.secret);
    const bySession = rawRequest(base, `/v1/sagas/order/${orderId}?wait=${LONG}`, {
      headers: asConsole(cookie),
    });
    // Both have arrived once a third, sent after them on a connection of its own, was answered.
    expect((await key.api.get(`/v1/sagas/order/${orderId}?wait=50ms`)).status).toBe(200);
    await revoke(key);
    expectRefused(await within('the key’s ends', AT_ONCE_MS, held));
    const other = await within('the session’s ends', AT_ONCE_MS, bySession);
    expect([other.status, other.code]).toEqual([401, 'auth.refused']);
    expect(other.text).not.toContain(orderId);
  });

  test('of a session that signs out ends at once; one of its key goes on', async () => {
    const orderId = await standing();
    const key = await makeKey(['view']);
    const path = `/v1/sagas/order/${orderId}?wait=`;
    const headers = asConsole(await signIn(base, key.secret));
    const held = rawRequest(base, path + LONG, { headers });
    const goesOn = key.api.get(`${path}2s`);
    expect((await rawRequest(base, `${path}50ms`, { headers })).status).toBe(200);
    const out = await rawRequest(base, '/v1/session', { method: 'DELETE', headers });
    expect(out.status).toBe(204);
    expect((await within('it ends', AT_ONCE_MS, held)).status).toBe(401);
    expect((await goesOn).status).toBe(200);
  });

  test('for the end of what an event started ends at once; the event is on record', async () => {
    const key = await makeKey(['publish']);
    const placed = order();
    const held = key.api.post(`/v1/events?wait=${LONG}&saga=order`, orderPlaced(placed));
    await eventually(
      'it was taken',
      async () => (await server.api.saga('order', placed.orderId)) ?? undefined,
    );
    await revoke(key);
    expectRefused(await within('it ends', AT_ONCE_MS, held));
    expect(await server.api.saga('order', placed.orderId)).not.toBeNull();
  });
});

describe('a request on its way', () => {
  /** Sends the head of one, and gives the rest once the key is gone. */
  async function halfSent(
    key: Key,
    path: string,
    body: string,
  ): Promise<{ rest: () => Promise<string> }> {
    const socket: Socket = connect(server.httpPort, '127.0.0.1');
    socket.setEncoding('utf8');
    let text = '';
    socket.on('data', (part: string) => (text += part));
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key.secret}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n`,
    );
    // The key was looked at by then.
    await eventually('the server waits for the body', () =>
      text.includes('100 Continue') ? true : undefined,
    );
    return {
      rest: async () => {
        socket.write(body);
        await within('it is answered', AT_ONCE_MS, closed);
        return text;
      },
    };
  }

  test('whose body comes after the end of its key does nothing', async () => {
    const key = await makeKey(['admin']);
    const placed = order();
    const event = await halfSent(key, '/v1/events', JSON.stringify(orderPlaced(placed)));
    const act = await halfSent(
      key,
      '/v1/keys',
      JSON.stringify({ name: 'heir', scopes: ['admin'] }),
    );
    await revoke(key);
    for (const { rest } of [event, act]) {
      const text = await rest();
      expect(text).toMatch(/HTTP\/1\.1 401 /);
      expect(text).toContain('auth.refused');
    }
    expect(await server.api.saga('order', placed.orderId)).toBeNull();
    expect((await server.api.get('/v1/keys')).text).not.toContain('"heir"');
  });
});

describe('a worker', () => {
  const joined = z.looseObject({ id: z.string() });
  const leased = z.looseObject({
    commands: z.array(
      z.looseObject({
        commandId: z.string(),
        metadata: z.looseObject({ key: z.string(), attempt: z.number() }),
      }),
    ),
  });

  test('is handed nothing once its key is gone: what comes goes to another, with no doubt', async () => {
    const tenant = 'hands';
    const key = await makeKey(['work'], { tenant });
    const { id } = joined.parse(
      (await key.api.post('/v1/workers', { name: 'going', concurrency: 4 })).json,
    );
    const poll = key.api.post(`/v1/workers/${id}/lease`, { poll: 1, max: 4, wait: LONG });
    // Sent on after it, and answered.
    expect((await key.api.post(`/v1/workers/${id}/beat`, {})).status).toBe(200);
    await revoke(key);
    expectRefused(await within('the poll ends', AT_ONCE_MS, poll));
    for (const path of ['beat', 'lease', 'complete'])
      expectRefused(await key.api.post(`/v1/workers/${id}/${path}`, {}));
    const other = await makeKey(['work'], { tenant });
    const { id: otherId } = joined.parse(
      (await other.api.post('/v1/workers', { name: 'stays', concurrency: 4 })).json,
    );
    const placed = order();
    await server.api.with({ tenant }).publish(orderPlaced(placed));
    const { commands } = leased.parse(
      (await other.api.post(`/v1/workers/${otherId}/lease`, { poll: 1, max: 4, wait: '60s' })).json,
    );
    expect(commands).toMatchObject([{ metadata: { key: placed.orderId, attempt: 1 } }]);
  });

  test('settles nothing with a key that is gone', async () => {
    const tenant = 'late';
    const key = await makeKey(['work'], { tenant });
    const { id } = joined.parse(
      (await key.api.post('/v1/workers', { name: 'late', concurrency: 1 })).json,
    );
    const placed = order();
    await server.api.with({ tenant }).publish(orderPlaced(placed));
    const {
      commands: [command],
    } = leased.parse(
      (await key.api.post(`/v1/workers/${id}/lease`, { poll: 1, max: 1, wait: '60s' })).json,
    );
    await revoke(key);
    expectRefused(
      await key.api.post(`/v1/workers/${id}/complete`, {
        tenantId: tenant,
        commandId: command?.commandId,
        effectName: 'kitchen.reserve',
        attempt: 1,
        resultType: 'succeeded',
        payload: { ticket: 'forged' },
        timestamp: new Date().toISOString(),
      }),
    );
    const { text } = await server.api
      .with({ tenant })
      .get(`/v1/sagas/order/${placed.orderId}/timeline`);
    expect(text).not.toContain('forged');
  });
});

test('open connections of every kind end with the key, at once', async () => {
  const key = await makeKey(['view', 'publish', 'subscribe']);
  const cookie = await signIn(base, key.secret);
  const bearer = { authorization: `Bearer ${key.secret}` };
  const streams = await Promise.all(
    ['/v1/events/stream', '/v1/changes'].flatMap((path) => [
      openStream(base, path, bearer),
      openStream(base, path, asConsole(cookie)),
    ]),
  );
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const will = { topic: 'last/words', payload: Buffer.from('boo'), qos: 1 as const, retain: true };
  await using tcp = await MqttUser.connect(server.ready.mqtt, { key: key.secret, will });
  await using web = await MqttUser.connect(`${base.replace('http', 'ws')}/mqtt`, {
    key: key.secret,
  });
  await using listener = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
  await listener.subscribe('last/words');
  const closed = [tcp, web].map(
    ({ client }) => new Promise<void>((resolve) => client.once('close', () => resolve())),
  );
  await revoke(key);
  await within(
    'all of it ends',
    AT_ONCE_MS,
    Promise.all([...streams.map(({ ended }) => ended), ...closed]),
  );
  for (const url of [server.ready.mqtt, `${base.replace('http', 'ws')}/mqtt`])
    await expect(MqttUser.connect(url, { key: key.secret })).rejects.toThrow(
      /refused|not authori|closed/i,
    );
  const answers = await Promise.all([
    rawRequest(base, '/v1/session', { headers: asConsole(cookie) }),
    rawRequest(base, '/v1/events', { headers: bearer }),
    rawRequest(base, '/v1/session', { method: 'POST', json: { key: key.secret } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  // It has no last words either.
  await listener.publish('last/words', 'after');
  await listener.message('what came after', ({ payload }) => payload === 'after');
  expect(listener.received.map(({ payload }) => payload)).toEqual(['after']);
});

test('an assistant that is running is told so, and learns nothing more', async () => {
  const key = await makeKey(['view']);
  const assistant = new Client({ name: 'test', version: '1' });
  await assistant.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [CLI, 'mcp', '--data-dir', server.dataDir],
      env: cleanEnv({ HOLDFAST_KEY: key.secret }),
    }),
  );
  try {
    const ask = () => assistant.callTool({ name: 'find_instances', arguments: {} });
    expect((await ask()).isError ?? false).toBe(false);
    await revoke(key);
    const refused = await ask();
    expect(refused.isError).toBe(true);
    expect(JSON.stringify(refused)).toContain('auth.refused');
  } finally {
    await assistant.close();
  }
});

test('a tail on the command line ends when its key does', async () => {
  const key = await makeKey(['view']);
  await using tail = new Child(process.execPath, [
    CLI,
    'events',
    'tail',
    '--json',
    '--data-dir',
    server.dataDir,
    '--key',
    key.secret,
  ]);
  const { seq } = await server.api.publish({ type: 'tail.begins', data: {} });
  await eventually('it follows', async () => {
    await server.api.publish({ type: 'tail.goes.on', data: {} });
    return tail.stdout.includes('tail.goes.on') ? true : undefined;
  });
  expect(seq).toBeGreaterThan(0);
  await revoke(key);
  const { code, stderr } = await within('it ends', AT_ONCE_MS, tail.ended);
  expect([code, stderr.includes('auth.refused')]).toEqual([77, true]);
});

test('an answer that is held back past the end of its key’s time shows nothing', async () => {
  const orderId = await standing();
  const key = await makeKey(['view'], { expiresIn: '1s' });
  const held = key.api.get(`/v1/sagas/order/${orderId}?wait=3s`);
  const answer = await within('it ends', AT_ONCE_MS, held);
  expectRefused(answer);
  expect(answer.text).not.toContain(orderId);
});
