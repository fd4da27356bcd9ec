/** Bad input over HTTP: each fault is named, nothing of it is journaled, and the line goes on. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { problemOf } from '../support/http-api.ts';
import type { ApiAnswer } from '../support/http-api.ts';
import { order, orderPlaced } from '../support/orders.ts';

const MIB = 1024 * 1024;
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** I9: whatever came before, the next order runs. */
afterEach(async () => {
  const placed = order();
  await server.api.publish(orderPlaced(placed));
  await server.api.waitForStatus('order', placed.orderId, 'waiting');
});

async function lastSeq(): Promise<number> {
  return (await server.api.events('?order=desc')).at(0)?.seq ?? 0;
}

function post(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = STRUCTURED,
): Promise<ApiAnswer> {
  return server.api.send('POST', '/v1/events', body, { headers });
}

describe('an event that cannot be understood is refused with 400, and the problem names the place', () => {
  const valid = { specversion: '1.0', id: 'x', source: '/s', type: 't', data: {} };
  test.each<[string, string, RegExp, string]>([
    ['no JSON', '{"specversion": "1.0", id: 1}', /line 1, column \d+/, 'event.not_json'],
    ['cut short', '{"specversion": "1.0"', /line 1, column \d+/, 'event.not_json'],
    ['nothing at all', '', /line 1, column 1/, 'event.not_json'],
    ['no id', JSON.stringify({ ...valid, id: undefined }), /\/id/, 'event.invalid'],
    ['an empty id', JSON.stringify({ ...valid, id: '' }), /\/id/, 'event.invalid'],
    ['no source', JSON.stringify({ ...valid, source: undefined }), /\/source/, 'event.invalid'],
    ['no type', JSON.stringify({ ...valid, type: undefined }), /\/type/, 'event.invalid'],
    [
      'no specversion',
      JSON.stringify({ ...valid, specversion: undefined }),
      /\/specversion/,
      'event.invalid',
    ],
    [
      'another specversion',
      JSON.stringify({ ...valid, specversion: '0.3' }),
      /\/specversion/,
      'event.invalid',
    ],
    ['an id that is no text', JSON.stringify({ ...valid, id: 7 }), /\/id/, 'event.invalid'],
    [
      'a type with a wildcard',
      JSON.stringify({ ...valid, type: 'a/#' }),
      /\/type/,
      'event.invalid',
    ],
    [
      'a time that is none',
      JSON.stringify({ ...valid, time: 'yesterday' }),
      /\/time/,
      'event.invalid',
    ],
    [
      'U+0000 in the data',
      JSON.stringify({ ...valid, data: { a: ['b\u0000'] } }),
      /\/data\/a\/0/,
      'event.invalid',
    ],
    ['U+0000 in the id', JSON.stringify({ ...valid, id: 'a\u0000b' }), /\/id/, 'event.invalid'],
    [
      'too deep',
      `{"specversion":"1.0","id":"x","source":"/s","type":"t","data":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      /\/data/,
      'event.invalid',
    ],
    ['an array', '[]', /./, 'event.invalid'],
    ['a number', '7', /./, 'event.invalid'],
  ])('%s', async (_, body, place, code) => {
    const before = await lastSeq();
    const answer = await post(body);
    const problem = problemOf(answer);
    expect(answer.status).toBe(400);
    expect(problem).toMatchObject({ status: 400, code });
    expect(`${problem.detail} ${problem.faults.map(({ at }) => at).join()}`).toMatch(place);
    expect(await lastSeq()).toBe(before);
  });

  test('bytes that are not UTF-8', async () => {
    const answer = await post(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect(answer.status).toBe(400);
    expect(problemOf(answer)).toMatchObject({ code: 'event.not_json' });
  });

  test('data that does not fit the schema of its type: every fault is named', async () => {
    const placed = { ...order(), amount: 'much', items: [{ sku: 1, qty: 2 }] };
    const answer = await post(JSON.stringify({ ...orderPlaced(order()), data: placed }));
    expect(answer.status).toBe(400);
    const places = problemOf(answer)
      .faults.map(({ at }) => at)
      .join(' ');
    expect(places).toContain('amount');
    expect(places).toContain('sku');
  });

  test('in binary mode: a header is named', async () => {
    const answer = await post('{}', {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'x',
      'ce-source': '/s',
    });
    expect(answer.status).toBe(400);
    expect(
      problemOf(answer)
        .faults.map(({ at }) => at)
        .join(),
    ).toContain('type');
  });

  test('a batch: the good ones are taken, each bad one has its own problem', async () => {
    const good = orderPlaced(order());
    const answer = await post(JSON.stringify([good, { ...good, id: undefined }]), {
      'content-type': 'application/cloudevents-batch+json',
    });
    expect(answer.status).toBe(207);
    expect(answer.json).toMatchObject([
      { id: good.id, duplicate: false },
      { status: 400, code: 'event.invalid' },
    ]);
  });
});

describe('an event of 1 MiB and more', () => {
  /** An event whose whole envelope has so many bytes. */
  function eventOf(bytes: number): string {
    const frame = JSON.stringify({ ...orderPlaced(order()), type: 'shelf.weighed', data: '' });
    return frame.replace('"data":""', `"data":"${'x'.repeat(bytes - frame.length)}"`);
  }

  test('is taken up to the limit and refused with 413 beyond it', async () => {
    const before = await lastSeq();
    expect((await post(eventOf(MIB))).status).toBe(202);
    const answer = await post(eventOf(MIB + 1));
    expect(answer.status).toBe(413);
    expect(problemOf(answer)).toMatchObject({ code: 'event.too_large' });
    expect(await lastSeq()).toBe(before + 1);
  });

  test('is refused whatever it says of its length', async () => {
    const whole = eventOf(3 * MIB);
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(Buffer.from(whole));
        controller.close();
      },
    });
    const answer = await fetch(`${server.ready.http}/v1/events`, {
      method: 'POST',
      headers: { ...STRUCTURED, authorization: `Bearer ${server.adminKey}` },
      body: stream,
      duplex: 'half',
    }).catch((error: unknown) => error);
    // The answer comes, or the connection ends, before three times the limit has been read.
    if (answer instanceof Response) expect(answer.status).toBe(413);
    else expect(answer).toBeInstanceOf(TypeError);
  });
});

describe('an event that no saga takes is journaled, and says why', () => {
  test('an unknown type', async () => {
    const { seq } = await server.api.publish({ type: 'nobody.knows', data: {} });
    const { dispositions = [] } = await server.api.event(seq);
    expect(dispositions).toMatchObject([{ status: 'unrouted' }]);
    expect(dispositions[0]?.reason).toContain('nobody.knows');
  });
});

describe('a key', () => {
  test.each<[string, string | null, number, string]>([
    ['missing: 401', null, 401, 'auth.missing'],
    ['unknown: 401', 'hf_not_a_key', 401, 'auth.refused'],
  ])('that is %s', async (_, key, status, code) => {
    const before = await lastSeq();
    for (const path of ['/v1/events', '/v1/sagas', '/v1/quarantine', '/info']) {
      const answer = await server.api.with({ key }).get(path);
      expect(answer.status).toBe(status);
      expect(problemOf(answer)).toMatchObject({ code });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await server.api.with({ key }).post('/v1/events', orderPlaced(order()))).status).toBe(
      status,
    );
    expect(await lastSeq()).toBe(before);
  });

  test('without the scope: 403', async () => {
    const { secret } = await server.api.createKey({ name: 'viewer', scopes: ['view'] });
    const viewer = server.api.with({ key: secret });
    const answer = await viewer.post('/v1/events', orderPlaced(order()));
    expect(answer.status).toBe(403);
    expect(problemOf(answer)).toMatchObject({ code: 'auth.scope' });
    expect((await viewer.post('/v1/keys', { name: 'x', scopes: ['admin'] })).status).toBe(403);
    expect((await viewer.completeWait('order', 'x', 'kitchen.ready')).status).toBe(403);
  });

  test('limited to types: 403 for others', async () => {
    const { secret } = await server.api.createKey({
      name: 'shelf',
      scopes: ['publish'],
      types: ['shelf.*'],
    });
    const shelf = server.api.with({ key: secret });
    expect((await shelf.post('/v1/events', { type: 'shelf.weighed', data: {} })).status).toBe(202);
    expect((await shelf.post('/v1/events', orderPlaced(order()))).status).toBe(403);
  });

  test('of another tenant: 403, and it sees nothing', async () => {
    const placed = order();
    await server.api.publish(orderPlaced(placed));
    const { secret } = await server.api.createKey({
      name: 'b',
      tenant: 'b',
      scopes: ['view', 'publish', 'operate'],
    });
    const other = server.api.with({ key: secret });
    expect((await other.with({ tenant: '_' }).get('/v1/sagas')).status).toBe(403);
    expect(await other.saga('order', placed.orderId)).toBeNull();
    expect((await other.completeWait('order', placed.orderId, 'kitchen.ready')).status).toBe(404);
    const named = await other.post('/v1/events', { ...orderPlaced(order()), tenantid: '_' });
    expect(named.status).toBe(403);
  });

  test('that has been revoked: 401', async () => {
    const { secret, id } = await server.api.createKey({ name: 'short', scopes: ['view'] });
    const short = server.api.with({ key: secret });
    expect((await short.get('/v1/sagas')).status).toBe(200);
    expect((await server.api.send('DELETE', `/v1/keys/${id}`)).status).toBeLessThan(300);
    expect((await short.get('/v1/sagas')).status).toBe(401);
  });
});

describe('a forged outcome is refused', () => {
  const TYPES = [
    'effect.succeeded',
    'effect.failed',
    'effect.unknown',
    'timer.fired',
    'wait.completed',
    'wait.failed',
    'wait.expired',
    'child.ended',
    'saga.completed',
    'saga.cancel',
    'saga.redrive',
  ];

  test.each(TYPES)('%s from outside: 403', async (type) => {
    const before = await lastSeq();
    const answer = await server.api.post('/v1/events', { ...orderPlaced(order()), type });
    expect(answer.status).toBe(403);
    expect(problemOf(answer)).toMatchObject({ code: 'event.reserved' });
    expect(await lastSeq()).toBe(before);
  });

  test("a source of the engine's own: 403", async () => {
    const answer = await server.api.post('/v1/events', {
      ...orderPlaced(order()),
      source: 'holdfast:engine',
    });
    expect(answer.status).toBe(403);
    expect(problemOf(answer)).toMatchObject({ code: 'event.reserved' });
  });

  test('one that looks like the real outcome of a waiting order moves nothing', async () => {
    const placed = order();
    await server.api.publish(orderPlaced(placed));
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
    const outcome = (await server.api.events('?stream=WORKFLOW_EVENTS')).find(
      ({ type }) => type === 'effect.succeeded',
    );
    expect(outcome).toBeDefined();
    const forged = {
      specversion: '1.0',
      ...outcome,
      type: 'Effect.Succeeded',
      correlationid: placed.orderId,
    };
    await server.api.post('/v1/events', forged);
    const { id, source, type, data } = { ...outcome };
    const straight = { specversion: '1.0', id, source, type, data };
    expect((await server.api.post('/v1/events', straight)).status).toBe(403);
    expect((await server.api.saga('order', placed.orderId))?.status).toBe('waiting');
  });
});

describe('a request that is none', () => {
  test('an unknown route is 404, another method 405, an unknown parameter 400, each as a problem', async () => {
    expect(problemOf(await server.api.get('/v1/nothing')).status).toBe(404);
    expect(problemOf(await server.api.send('PUT', '/v1/events', '{}')).status).toBe(405);
    expect(problemOf(await server.api.get('/v1/sagas?statos=waiting')).status).toBe(400);
  });

  test('names with slashes, dots and percent signs stay names', async () => {
    const placed = order({ orderId: '../..%2f /é?#' });
    await server.api.publish({ ...orderPlaced(placed), id: 'odd-name' });
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
    expect((await server.api.completeWait('order', placed.orderId, 'kitchen.ready')).status).toBe(
      200,
    );
    await server.api.waitForStatus('order', placed.orderId, 'completed');
  });
});
