import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  batchAnswerSchema,
  eventDetailSchema,
  HoldfastError,
  problemSchema,
  publishedSchema,
  sagaEndSchema,
} from '@holdfast/core';
import type { SagaEnd } from '@holdfast/engine';
import { HttpHouse } from '../support/http-house.ts';
import type { Reply } from '../support/http-house.ts';

const house = new HttpHouse({
  limits: { maxEventBytes: 2000, maxBatchBytes: 6000, maxBatchEvents: 5 },
});
const fake = house.fake;
const key = house.key(['publish', 'view']);

beforeAll(() => house.start());
afterAll(() => house.stop());
beforeEach(() => {
  fake.refusal = null;
  fake.ending = null;
  fake.waited.length = 0;
});

let count = 0;
function envelope(over: Record<string, unknown> = {}): Record<string, unknown> {
  count += 1;
  return {
    specversion: '1.0',
    id: `e-${count}`,
    source: '/shop',
    type: 'order.placed',
    data: { orderId: `o-${count}` },
    ...over,
  };
}

function post(
  body: unknown,
  headers: Record<string, string> = { 'content-type': 'application/cloudevents+json' },
  query = '',
): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return house.ask('POST', `/v1/events${query}`, { key, body: text, headers });
}

function problem(reply: Reply) {
  expect(reply.headers['content-type']).toBe('application/problem+json');
  const parsed = problemSchema.parse(reply.body);
  expect(parsed.status).toBe(reply.status);
  return parsed;
}

const lastEvent = () => fake.events.at(-1);

describe('the modes of CloudEvents', () => {
  test('structured: 202 with seq, id and duplicate, after the commit', async () => {
    const reply = await post(envelope({ id: 'first' }));
    expect(reply.status).toBe(202);
    expect(publishedSchema.parse(reply.body)).toEqual({
      seq: fake.events.length,
      id: 'first',
      duplicate: false,
    });
    expect(lastEvent()).toMatchObject({ source: '/shop', type: 'order.placed', tenant: '' });
  });

  test('structured: what CloudEvents requires is required, and each missing field is named', async () => {
    const reply = await post({ type: 'order.placed', data: {} });
    expect(reply.status).toBe(400);
    expect(problem(reply).faults?.map((fault) => fault.at)).toEqual([
      '/specversion',
      '/id',
      '/source',
    ]);
  });

  test('binary: attributes in headers, decoded once; the body is the data', async () => {
    const reply = await post('{"a": 1}', {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'b%20%2525',
      'ce-source': '/shop',
      'ce-type': 'order.placed',
      'ce-subject': '"quoted \\"x\\""',
      'ce-partitionkey': 'p%',
    });
    expect(reply.status).toBe(202);
    expect(lastEvent()).toMatchObject({
      id: 'b %25',
      data: '{"a":1}',
      subject: 'quoted "x"',
      extensions: '{"partitionkey":"p%"}',
    });
  });

  test('binary: no body is null data; data that is not JSON is refused, naming the attribute', async () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': 'b-2',
      'ce-source': '/shop',
      'ce-type': 'order.placed',
    };
    expect((await post('', headers)).status).toBe(202);
    expect(lastEvent()?.data).toBe('null');
    const reply = await post('<a/>', { ...headers, 'content-type': 'application/xml' });
    expect(problem(reply).code).toBe('event.not_json');
    const typed = await post('"<a/>"', { ...headers, 'content-type': 'application/xml' });
    expect(problem(typed).faults).toMatchObject([{ at: '/datacontenttype' }]);
  });

  test('plain JSON may leave out source and id, and is told that it is at-least-once', async () => {
    const reply = await post(
      { type: 'order.placed', data: 1 },
      { 'content-type': 'application/json' },
    );
    expect(reply.status).toBe(202);
    expect(publishedSchema.parse(reply.body).delivery).toBe('at-least-once');
    expect(lastEvent()).toMatchObject({ source: '/keys/publish-view-' });
    const untyped = await house.ask('POST', '/v1/events', { key, body: '{"type":"order.placed"}' });
    expect(untyped.status).toBe(202);
  });

  test('batch: an answer for each, in order, with problems of their own', async () => {
    const [one, two] = [envelope(), envelope()];
    const reply = await post([one, { ...envelope(), type: '' }, two], {
      'content-type': 'application/cloudevents-batch+json; charset=utf-8',
    });
    expect(reply.status).toBe(207);
    const answers = batchAnswerSchema.parse(reply.body);
    expect(answers).toMatchObject([
      { id: one['id'] },
      { code: 'event.invalid', status: 400, faults: [{ at: '/type' }] },
      { id: two['id'] },
    ]);
    const clean = await post([envelope(), envelope()], {
      'content-type': 'application/cloudevents-batch+json',
    });
    expect(clean.status).toBe(202);
  });

  test('batch: too many events, one too large, not an array, and a wait are refused', async () => {
    const batch = { 'content-type': 'application/cloudevents-batch+json' };
    const many = await post(
      Array.from({ length: 6 }, () => envelope()),
      batch,
    );
    expect(problem(many).code).toBe('event.too_large');
    const large = await post([envelope(), envelope({ data: 'x'.repeat(2500) })], batch);
    expect(large.status).toBe(207);
    expect(batchAnswerSchema.parse(large.body)).toMatchObject([
      { duplicate: false },
      { code: 'event.too_large' },
    ]);
    expect(problem(await post(envelope(), batch)).code).toBe('event.invalid');
    expect(problem(await post([envelope()], batch, '?wait=1s')).code).toBe('request.invalid');
  });
});

describe('what the journal knows already', () => {
  test('the same event twice answers with the first seq; other content is a 409', async () => {
    const event = envelope();
    const first = publishedSchema.parse((await post(event)).body);
    const again = await post(event);
    expect(again.status).toBe(202);
    expect(again.body).toEqual({ ...first, duplicate: true });
    const other = await post({ ...event, data: { changed: true } });
    expect(other.status).toBe(409);
    expect(problem(other)).toMatchObject({ code: 'event.conflict' });
    expect(problem(other).detail).toContain(`seq ${first.seq}`);
  });

  test('data that violates its schema is a 400 with the faults of the engine', async () => {
    const reply = await post(envelope({ type: 'schema.violation' }));
    expect(reply.status).toBe(400);
    expect(problem(reply).faults).toEqual([{ at: '/data/amount', message: 'must be a number' }]);
  });
});

describe('headers', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const headers = {
    'content-type': 'application/cloudevents+json',
    traceparent,
    'x-correlation-id': 'h-1',
  };

  test('traceparent and x-correlation-id flow into the event', async () => {
    await post(envelope(), headers);
    expect(lastEvent()).toMatchObject({ traceparent, correlationId: 'h-1' });
  });

  test("the envelope's own go before them", async () => {
    await post(envelope({ correlationid: 'own' }), headers);
    expect(lastEvent()).toMatchObject({ traceparent, correlationId: 'own' });
  });

  test('a malformed traceparent is dropped', async () => {
    await post(envelope(), { ...headers, traceparent: 'x' });
    expect(lastEvent()?.traceparent).toBeNull();
  });
});

describe('bad input', () => {
  test('not JSON: 400 with the place', async () => {
    const reply = await post('{"specversion": "1.0", oops}');
    expect(reply.status).toBe(400);
    expect(problem(reply)).toMatchObject({
      code: 'event.not_json',
      faults: [{ at: 'line 1, column 24' }],
    });
    expect(problem(await post('')).code).toBe('event.not_json');
  });

  test('not UTF-8: 400', async () => {
    const body = Buffer.concat([
      Buffer.from('{"type":"x","data":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]);
    const reply = await house.ask('POST', '/v1/events', { key, body });
    expect(problem(reply)).toMatchObject({ code: 'event.not_json', status: 400 });
  });

  test.each([
    ['a wrong field', { time: 'noon' }, 400, 'event.invalid', '/time'],
    ['U+0000', { data: { a: 'x\u0000' } }, 400, 'event.invalid', '/data/a'],
    ['a forged outcome', { type: 'effect.succeeded' }, 403, 'event.reserved', '/type'],
    ["the engine's source", { source: 'holdfast:engine' }, 403, 'event.reserved', '/source'],
    ['another tenant', { tenantid: 'other' }, 403, 'auth.tenant', '/tenantid'],
  ])('%s', async (_, over, status, code, at) => {
    const before = fake.events.length;
    const reply = await post(envelope(over));
    expect(reply.status).toBe(status);
    expect(problem(reply)).toMatchObject({ code, faults: [{ at }] });
    expect(fake.events.length).toBe(before);
  });

  test('too large is 413, told by Content-Length or found while reading', async () => {
    const large = JSON.stringify(envelope({ data: 'x'.repeat(3000) }));
    const told = await post(large);
    expect(told.status).toBe(413);
    expect(problem(told).code).toBe('event.too_large');
    const headers = { 'content-type': 'application/cloudevents+json' };
    const found = await house.ask('POST', '/v1/events', {
      key,
      body: large,
      headers,
      chunked: true,
    });
    expect(found.status).toBe(413);
    expect(problem(found).code).toBe('event.too_large');
    const body = JSON.stringify(envelope());
    const small = await house.ask('POST', '/v1/events', { key, body, headers, chunked: true });
    expect(small.status).toBe(202);
  });

  test('a content coding is refused rather than read as JSON', async () => {
    const reply = await post(envelope(), { 'content-encoding': 'gzip' });
    expect(reply.status).toBe(415);
  });

  test('an unknown query parameter is named', async () => {
    expect(problem(await post(envelope(), {}, '?wiat=3s')).faults).toEqual([
      { at: '?wiat', message: 'is not known here' },
    ]);
    expect(problem(await post(envelope(), {}, '?wait=soon')).faults).toMatchObject([
      { at: '?wait' },
    ]);
    expect(problem(await post(envelope(), {}, '?wait=2h')).faults).toMatchObject([{ at: '?wait' }]);
  });

  test('a key limited to types publishes no others', async () => {
    const limited = house.key(['publish'], { types: ['kitchen.*'] });
    const ask = (type: string): Promise<Reply> =>
      house.ask('POST', '/v1/events', { key: limited, json: { type } });
    expect((await ask('kitchen.ready')).status).toBe(202);
    const refused = await ask('order.placed');
    expect(refused.status).toBe(403);
    expect(problem(refused).code).toBe('auth.scope');
  });
});

describe('?wait=', () => {
  const ending: SagaEnd = {
    saga: 'order',
    key: 'o/1',
    run: 1,
    status: 'completed',
    version: 7,
    release: 'r'.repeat(64),
    result: '{"courier":"c-1"}',
    failure: null,
  };

  test('200 with the saga once it has ended, and where it is', async () => {
    fake.ending = ending;
    const reply = await post(envelope(), {}, '?wait=1500ms&saga=order');
    expect(reply.status).toBe(200);
    expect(sagaEndSchema.parse(reply.body)).toMatchObject({
      status: 'completed',
      result: { courier: 'c-1' },
      failure: null,
      event: { duplicate: false },
    });
    expect(reply.headers.location).toBe('/v1/sagas/order/o%2F1');
    expect(fake.waited).toEqual([1500]);
  });

  test('202 when time runs out or nothing was started', async () => {
    const reply = await post(envelope(), {}, '?wait=1s');
    expect(reply.status).toBe(202);
    publishedSchema.parse(reply.body);
  });
});

describe('when the engine refuses', () => {
  test.each([
    ['overloaded', 429],
    ['draining', 503],
    ['unavailable', 503],
    ['store.full', 507],
  ] as const)('%s is %i with Retry-After, for one and for a whole batch', async (code, status) => {
    fake.refusal = new HoldfastError(code, 'not now', { hint: 'later' });
    for (const reply of [await post(envelope()), await post([envelope(), envelope()], {})]) {
      expect(reply.status).toBe(status);
      expect(problem(reply)).toMatchObject({ code, detail: 'not now', hint: 'later' });
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  test('an unexpected error is a 500 that tells nothing and is logged', async () => {
    fake.refusal = new Error('secret detail');
    const reply = await post(envelope());
    expect(reply.status).toBe(500);
    expect(problem(reply).code).toBe('internal');
    expect(reply.text).not.toContain('secret detail');
    expect(house.lines.at(-1)).toMatchObject({ level: 'error' });
    expect(JSON.stringify(house.lines.at(-1))).toContain('secret detail');
  });
});

test('publishes beyond what may be held are refused with 429 and taken again later', async () => {
  const small = await new HttpHouse({ limits: { maxHeldRequests: 1 } }).start();
  try {
    const publisher = small.key(['publish']);
    const ask = (): Promise<Reply> =>
      small.ask('POST', '/v1/events', { key: publisher, json: { type: 'x' } });
    const commit = Promise.withResolvers<void>();
    let entered = 0;
    small.fake.beforeCommit = () => {
      entered += 1;
      return commit.promise;
    };
    const held = ask();
    await expect.poll(() => entered).toBe(1);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(problem(refused).code).toBe('overloaded');
    commit.resolve();
    expect((await held).status).toBe(202);
    expect((await ask()).status).toBe(202);
  } finally {
    await small.stop();
  }
});

test('what became of an event', async () => {
  const { seq } = publishedSchema.parse((await post(envelope())).body);
  const reply = await house.ask('GET', `/v1/events/${seq}`, { key });
  expect(eventDetailSchema.parse(reply.body)).toMatchObject({
    seq,
    dispositions: [{ status: 'unrouted' }],
  });
  for (const wrong of ['999999', 'x', '-1', '1.5']) {
    expect((await house.ask('GET', `/v1/events/${wrong}`, { key })).status).toBe(404);
  }
});
