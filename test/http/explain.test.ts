/** What helps a person to find an instance and to understand it, over HTTP. The whole way is in `test/e2e/explain.test.ts`. */
import { explanationSchema, pageOf, problemSchema, sagaFieldsSchema } from '@holdfast/core';
import type { Explanation } from '@holdfast/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HttpHouse } from '../support/http-house.ts';
import type { Reply } from '../support/http-house.ts';

const house = new HttpHouse();
const fake = house.fake;
const viewer = house.key(['view']);

beforeAll(() => house.start());
afterAll(() => house.stop());
beforeEach(() => {
  fake.explained.length = 0;
  fake.placed.length = 0;
  fake.sagaQueries.length = 0;
});

const get = (path: string): Promise<Reply> => house.ask('GET', path, { key: viewer });
const AT = '2026-11-21T09:00:00.000000Z';
const place = (line: number) => ({ file: 'src/order.ts', line, column: 3, source: `line ${line}` });

const open = (step: string, kind: Explanation['open'][number]['kind']) => ({
  step,
  kind,
  since: AT,
  text: 'stands',
  at: null,
});
const explanation = (over: Partial<Explanation> = {}): Explanation => ({
  saga: 'order',
  key: 'o1',
  run: 1,
  version: 3,
  current: true,
  status: 'blocked',
  summary: 'It is blocked.',
  open: [open('saga', 'failure'), open('pay#1', 'effect'), open('lost#1', 'effect')],
  next: ['Redrive.'],
  decision: {
    version: 3,
    seq: 9,
    event: 'order.placed',
    recordedAt: AT,
    release: 'r',
    check: { state: 'not_made', reason: 'its release was not asked' },
  },
  cause: null,
  parent: null,
  children: [],
  parked: 2,
  linesMissing: null,
  ...over,
});
const ask = { instanceId: 7, release: 'r', version: 3, steps: [], at: null };

describe('GET /v1/sagas/{saga}/{key}/explain', () => {
  const path = '/v1/sagas/order/o1/explain';

  test('puts the lines that the engine finds to the steps, and how the decision compares', async () => {
    fake.explained.push({ tenant: '', explanation: explanation(), ask });
    fake.places = {
      check: { state: 'differs', reason: 'another call' },
      places: { 'pay#1': place(12) },
      failedAt: place(30),
      at: null,
      missing: null,
    };
    const { status, body } = await get(path);
    expect(status).toBe(200);
    const read = explanationSchema.parse(body);
    expect(read.open.map(({ at }) => at?.line ?? null)).toEqual([30, 12, null]);
    expect(read.decision?.check).toEqual({ state: 'differs', reason: 'another call' });
    expect(fake.placed).toEqual([ask]);
  });

  test('a failure stands where the program threw rather than where its saga gave up', async () => {
    fake.explained.push({ tenant: '', explanation: explanation(), ask });
    fake.places = {
      check: { state: 'same', reason: null },
      places: {},
      failedAt: place(30),
      at: place(17),
      missing: null,
    };
    const read = explanationSchema.parse((await get(path)).body);
    expect(read.open[0]?.at).toEqual(place(17));
  });

  test('why no line could be found is told apart from how the decision compares', async () => {
    fake.explained.push({ tenant: '', explanation: explanation(), ask });
    fake.places = {
      check: { state: 'same', reason: null },
      places: {},
      failedAt: null,
      at: null,
      missing: 'its SDK is too old',
    };
    const read = explanationSchema.parse((await get(path)).body);
    expect(read.decision?.check).toEqual({ state: 'same', reason: null });
    expect(read.linesMissing).toBe('its SDK is too old');
  });

  test('what is not there is 404, in words; a version that is none is refused', async () => {
    const gone = await get(path);
    expect(gone.status).toBe(404);
    expect(problemSchema.parse(gone.body).detail ?? '').toContain(
      'no instance of saga "order" with key "o1"',
    );
    fake.explained.push({ tenant: '', explanation: explanation(), ask });
    const version = await get(`${path}?version=9`);
    expect(version.status).toBe(404);
    expect(JSON.stringify(version.body)).toContain('has no version 9');
    for (const wrong of ['version=0', 'version=x', 'run=0', 'unknown=1'])
      expect((await get(`${path}?${wrong}`)).status).toBe(400);
  });

  test('is of the own tenant, for keys that may view', async () => {
    fake.explained.push({ tenant: 'other', explanation: explanation(), ask });
    expect((await get(path)).status).toBe(404);
    const reply = await house.ask('GET', path, { key: house.key(['publish']) });
    expect(reply.status).toBe(403);
  });
});

describe('GET /v1/sagas', () => {
  test('takes search terms, one or several, as they were written', async () => {
    const several = ['customer:ada:1*', 'room:a&b'].map(
      (term) => `search=${encodeURIComponent(term)}`,
    );
    expect((await get(`/v1/sagas?${several.join('&')}&status=waiting`)).status).toBe(200);
    expect((await get('/v1/sagas?search=customer:ada')).status).toBe(200);
    expect(fake.sagaQueries).toEqual([
      { search: ['customer:ada:1*', 'room:a&b'], status: ['waiting'] },
      { search: ['customer:ada'] },
    ]);
  });

  test('refuses more terms than eight, and empty ones', async () => {
    const terms = Array.from({ length: 9 }, () => 'search=a:b').join('&');
    expect((await get(`/v1/sagas?${terms}`)).status).toBe(400);
    expect((await get('/v1/sagas?search=')).status).toBe(400);
  });

  test('/fields lists what sagas can be searched by, and is no instance', async () => {
    const { status, body } = await get('/v1/sagas/fields');
    expect(status).toBe(200);
    expect(pageOf(sagaFieldsSchema).parse(body)).toEqual({
      items: [{ saga: 'order', fields: ['customer'] }],
      next: null,
    });
  });
});
