/** Bodies that would do more than say something: pollute prototypes, exhaust a stack, a processor or the memory. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually, within } from '../../support/eventually.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { problemOf } from '../../support/http-api.ts';
import type { ApiAnswer } from '../../support/http-api.ts';
import { MqttUser } from '../../support/mqtt.ts';
import { order, orderPlaced } from '../../support/orders.ts';
import { rawBytes } from '../../support/raw-request.ts';

const MIB = 1024 * 1024;
/** Far beyond what an answer takes, far short of what the fault would: minutes, or the end of the process. */
const ANSWERED_WITHIN_MS = 30_000;

let server: HoldfastServer;
let pid: number;
beforeAll(async () => {
  server = await HoldfastServer.start();
  ({ pid } = server);
});
afterAll(() => server[Symbol.asyncDispose]());

/** Whatever came before, the same process takes the next order and ends it. */
afterEach(async () => {
  const placed = order();
  await within('an order is taken', ANSWERED_WITHIN_MS, server.api.publish(orderPlaced(placed)));
  await server.api.waitForStatus('order', placed.orderId, 'waiting');
  expect((await server.api.completeWait('order', placed.orderId, 'kitchen.ready')).status).toBe(
    200,
  );
  await server.api.waitForStatus('order', placed.orderId, 'completed');
  expect(server.pid).toBe(pid);
});

function post(
  path: string,
  text: string,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  return within(
    `POST ${path} is answered`,
    ANSWERED_WITHIN_MS,
    server.api.send('POST', path, text, { headers }),
  );
}

describe('members that every object has', () => {
  const POLLUTION =
    '"__proto__":{"polluted":"yes","tenantid":"other","scopes":["admin"]},' +
    '"constructor":{"prototype":{"polluted":"yes"}},"hasOwnProperty":1,"toString":"no","valueOf":null';

  test('are data like any other in an event, there as they were sent, and nowhere else', async () => {
    const placed = order();
    const data = `{${POLLUTION},${JSON.stringify(placed).slice(1)}`;
    const text = `{"specversion":"1.0","id":"${placed.orderId}","source":"/s","type":"order.placed",${POLLUTION},"data":${data}}`;
    const answer = await post('/v1/events', text);
    expect(answer.status, answer.text).toBe(202);
    const { seq } = answer.json as { seq: number };
    const { text: shown } = await server.api.get(`/v1/events/${seq}`);
    expect(shown).toContain(`"data":{${POLLUTION}`);
    const { json } = await server.api.get(`/v1/events/${seq}`);
    expect(json).toMatchObject({ tenant: '', type: 'order.placed' });
    const saga = await server.api.waitForStatus('order', placed.orderId, 'waiting');
    expect(JSON.stringify(saga)).not.toContain('polluted":"yes","polluted');
    for (const path of ['/v1/keys', '/info', '/v1/sagas', '/v1/overview'])
      expect((await server.api.get(path)).text).not.toContain('polluted');
    const clean = await server.api.publish({ type: 'clean', data: {} });
    expect((await server.api.get(`/v1/events/${clean.seq}`)).text).not.toContain('polluted');
  });

  test('give a key nothing, and are refused where they are not known', async () => {
    for (const text of [
      `{"name":"planted","scopes":["view"],${POLLUTION}}`,
      '{"name":"planted","scopes":["view"],"__proto__":{"scopes":["admin"]}}',
      '{"name":"planted","constructor":{"prototype":{"scopes":["admin"]}}}',
      '{"__proto__":{"name":"planted","scopes":["admin"]}}',
    ]) {
      const answer = await post('/v1/keys', text);
      expect([text, answer.status]).toEqual([text, 400]);
    }
    for (const name of ['__proto__', 'constructor', 'toString']) {
      // As the value of a field they are a name.
      const made = await server.api.createKey({ name, scopes: ['view'] });
      expect((await server.api.with({ key: made.secret }).get('/v1/keys')).status).toBe(403);
    }
    expect((await post('/v1/keys', '{"name":"x","scopes":["__proto__"]}')).status).toBe(400);
    expect((await post('/v1/keys', '{"name":"x","scopes":["constructor"]}')).status).toBe(400);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'])(
    'may be the name of a key, a tenant, a type, a secret and a query: %s',
    async (name) => {
      const placed = order({ orderId: name });
      const api = server.api.with({ tenant: name });
      await api.publish({ ...orderPlaced(placed), id: name, source: name, subject: name });
      expect(await api.waitForStatus('order', name, 'waiting')).toMatchObject({ key: name });
      expect(await server.api.saga('order', name)).toBeNull();
      expect((await api.get(`/v1/sagas/${name}/${name}`)).status).toBe(404);
      expect((await api.get(`/v1/sagas?search=${name}:x`)).status).toBeLessThan(500);
      expect((await api.get(`/v1/sagas?${name}=x`)).status).toBeLessThan(500);
      await api.publish({ type: name, data: {} });
      expect(await api.events(`?type=${name}`)).toHaveLength(1);
      const mqtt = await MqttUser.connect(server.ready.mqtt, {
        key: server.adminKey,
        clientId: name,
        username: name,
      });
      await mqtt.publish(name, name, { retain: true });
      await mqtt.subscribe(`${name}/#`);
      await mqtt.message('what is retained', ({ topic }) => topic === name);
      await mqtt.end();
      for (const path of ['/metrics', '/info', '/v1/tenants', '/v1/mqtt/topics'])
        expect((await server.api.get(path)).status).toBe(200);
    },
  );
});

describe('JSON that is too deep, too large a number, or too many', () => {
  const nested = (depth: number, open: string, close: string): string =>
    open.repeat(depth) + close.repeat(depth);

  test.each<[string, string]>([
    ['arrays', nested(200_000, '[', ']')],
    ['objects', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`],
    ['arrays that never end', '['.repeat(900_000)],
  ])('%s, everywhere a body is read: refused, and the line goes on', async (_, deep) => {
    const envelope = (member: string): string =>
      `{"specversion":"1.0","id":"deep","source":"/s","type":"deep.one","${member}":${deep}}`;
    for (const member of ['data', 'extension', 'traceparent', 'tenantid', 'time'])
      expect((await post('/v1/events', envelope(member))).status).toBeLessThan(500);
    for (const member of ['data', 'traceparent']) {
      const answer = await post('/v1/events', `[${envelope(member)}]`);
      expect([member, answer.status < 500]).toEqual([member, true]);
    }
    for (const path of [
      '/v1/keys',
      '/v1/session',
      '/v1/sagas/order/x/waits/y/complete',
      '/v1/reprocess',
    ])
      expect((await post(path, deep)).status).toBe(400);
    const user = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await user.publish('hf/events/deep.two', deep);
    await user.end();
    expect(await server.api.events('?type=deep.one')).toEqual([]);
    expect(await server.api.events('?type=deep.two')).toEqual([]);
  });

  test.each(['1e400', '-1e400', `1${'0'.repeat(400)}`, '[{"n":1e999}]'])(
    'the number %s is refused rather than kept as null',
    async (number) => {
      const answer = await post('/v1/events', `{"type":"huge","data":{"n":${number}}}`);
      expect(answer.status).toBe(400);
      expect(problemOf(answer).faults[0]).toMatchObject({
        at: expect.stringMatching(/^\/data\/n/) as string,
      });
      expect(await server.api.events('?type=huge')).toEqual([]);
    },
  );

  test('numbers at the edge of what a double holds are kept', async () => {
    const numbers = '[1.7976931348623157e+308,-5e-324,9007199254740991,0.1]';
    const { seq } = (await post('/v1/events', `{"type":"edge","data":${numbers}}`)).json as {
      seq: number;
    };
    expect((await server.api.get(`/v1/events/${seq}`)).text).toContain(numbers);
  });

  test('millions of tiny events in one batch are refused as one, and not read one by one', async () => {
    for (const [one, type] of [
      ['1', 'application/json'],
      ['{}', 'application/cloudevents-batch+json'],
    ] as const) {
      const count = Math.floor((7 * MIB) / (one.length + 1));
      const many = `[${Array.from({ length: count }, () => one).join(',')}]`;
      const answer = await post('/v1/events', many, { 'content-type': type });
      expect(answer.status).toBe(413);
      expect(problemOf(answer).code).toBe('event.too_large');
    }
  });

  test('an envelope of a hundred thousand members costs its sender an answer, and nobody else', async () => {
    const members = Array.from({ length: 90_000 }, (_, i) => `"${i}":0`).join(',');
    expect((await post('/v1/keys', `{${members}}`)).status).toBe(400);
    expect(
      (
        await post(
          '/v1/events',
          `{"type":"wide",${members.slice(0, 900_000).replace(/,[^,]*$/, '')}}`,
        )
      ).status,
    ).toBeLessThan(500);
  });
});

describe('what is packed', () => {
  const bomb = Buffer.alloc(64 * MIB, 0x20);
  test.each<[string, Buffer]>([
    ['gzip', gzipSync(bomb)],
    ['deflate', deflateSync(bomb)],
    ['br', brotliCompressSync(bomb)],
    ['x-gzip', gzipSync(bomb)],
    ['identity, gzip', gzipSync(bomb)],
    ['GZIP', gzipSync(bomb)],
    ['zstd', Buffer.from('28b52ffd', 'hex')],
  ])('with %s is not unpacked', async (coding, bytes) => {
    for (const path of ['/v1/events', '/v1/session', '/v1/releases', '/v1/keys']) {
      const answer = await server.api.send('POST', path, bytes, {
        headers: { 'content-encoding': coding },
      });
      expect([path, answer.status]).toEqual([path, 415]);
    }
  });

  test('as a coding of the transfer is refused', async () => {
    const text = await rawBytes(
      server.ready.http,
      'POST /v1/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  test('a WebSocket agrees to no compression', async () => {
    const socket = new WebSocket(`${server.ready.http.replace('http', 'ws')}/mqtt`, 'mqtt');
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('not opened')));
    });
    // Every client of its kind offers it.
    expect(socket.extensions).toBe('');
    socket.close();
  });
});

/**
 * Each is the worst that its reader can be given within the limits of a request: where it reads anything in two ways, this
 * takes it minutes.
 */
describe('text that is slow to read', () => {
  const spaces = ' '.repeat(900_000);
  test.each<[string, string]>([
    ['white space in base64', `{"type":"slow","data_base64":"${spaces}!"}`],
    [
      'base64 without an end',
      `{"type":"slow","data_base64":"${'A'.repeat(900_000)}=== ${'='.repeat(1000)}"}`,
    ],
    ['base64 of signs', `{"type":"slow","data_base64":"${'= '.repeat(400_000)}"}`],
    ['a media type', `{"type":"slow","datacontenttype":"${'application/'.repeat(20)}","data":1}`],
    ['a time', `{"type":"slow","time":"2026-01-01T00:00:00.${'1'.repeat(900_000)}"}`],
    ['a type', `{"type":"${'a/'.repeat(450_000)}"}`],
    ['a source', `{"type":"slow","source":"${'a'.repeat(900_000)} "}`],
    ['an id', `{"type":"slow","id":"${'\\u0001'.repeat(150_000)}"}`],
    ['a traceparent', `{"type":"slow","traceparent":"01-${'0'.repeat(900_000)}"}`],
    ['JSON that breaks off far inside a text', `{"type":"slow","data":"${'x'.repeat(900_000)}" y`],
    [
      'JSON that breaks off after many escapes',
      `{"type":"slow","data":"${'\\n'.repeat(400_000)}" y`,
    ],
    ['JSON of white space', `${spaces}x`],
    ['JSON of digits', `${'1'.repeat(900_000)}x`],
  ])('%s', async (_, text) => {
    const answer = await post('/v1/events', text);
    expect([202, 400]).toContain(answer.status);
  });

  test.each<[string, string]>([
    ['a duration', `/v1/sagas/order/x?wait=${'1'.repeat(8000)}`],
    ['a duration of many parts', `/v1/sagas/order/x?wait=${'1s'.repeat(4000)}x`],
    ['a search', `/v1/sagas?search=a:${'*'.repeat(8000)}`],
    ['a prefix of wildcards', `/v1/sagas?key=${encodeURIComponent('%_'.repeat(1300))}`],
    ['a search in texts', `/v1/events?text=${encodeURIComponent('%_'.repeat(1300))}`],
    ['a time', `/v1/events?from=2026-01-01T00:00:00.${'1'.repeat(8000)}Z`],
    ['a cursor', `/v1/events?cursor=${'A'.repeat(8000)}`],
    ['many parameters', `/v1/sagas?${'status=waiting&'.repeat(500)}`],
    ['a path of escapes', `/v1/sagas/order/${'%25'.repeat(2500)}`],
    ['a path of slashes', `/v1/${'/'.repeat(8000)}`],
  ])('%s in an address', async (_, path) => {
    const answer = await within('it is answered', ANSWERED_WITHIN_MS, server.api.get(path));
    expect(answer.status).toBeLessThan(500);
  });

  test('filters of many wildcards at topics of many levels', async () => {
    const user = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    const levels = 12;
    for (let i = 0; i < 100; i += 1) {
      const filter = Array.from({ length: levels }, (_, level) =>
        (i >> (level % 7)) & 1 ? '+' : 'a',
      ).join('/');
      await user.subscribe(`${filter}/#`);
    }
    await user.publish(`${'a/'.repeat(levels)}end`, 'through');
    await eventually('it comes through', () =>
      user.received.find(({ payload }) => payload === 'through'),
    );
    expect(user.connected).toBe(true);
    await user.end();
  });
});
