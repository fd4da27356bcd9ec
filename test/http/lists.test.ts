/** Every list pages without leaving out or repeating anything; and the small reads tell what is so, on a real server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  mqttClientSchema,
  mqttRetainedSchema,
  mqttTopicSchema,
  openWaitSchema,
  outboxItemSchema,
  pageOf,
  settingsSchema,
  tenantSchema,
  upstreamSchema,
} from '@holdfast/core';
import { apiRoutes } from '@holdfast/gateway';
import { HttpHouse } from '../support/http-house.ts';
import { MARK, Scene } from '../support/scene.ts';

const lists = apiRoutes(new HttpHouse().deps)
  .filter(({ method, query }) => method === 'GET' && 'cursor' in query.shape)
  .map(({ path, query }) => [path, query] as const);

let scene: Scene;
let closing = (): Promise<void> => Promise.resolve();
beforeAll(async () => {
  scene = await Scene.open();
  closing = () => scene[Symbol.asyncDispose]();
});
afterAll(() => closing());

const pageSchema = z.object({ items: z.array(z.json()), next: z.string().nullable() });

const placed = (path: string): string => path.replace('{group}', scene.group);

async function page(path: string, query: string) {
  const answer = await scene.api.get(`${placed(path)}?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return pageSchema.parse(answer.json);
}

test('all that may be long can be paged', () => {
  expect(lists.length).toBeGreaterThanOrEqual(12);
});

describe.each(lists)('GET %s', (path, query) => {
  test('gives one by one what it gives at once', async () => {
    const whole = await page(path, 'limit=500');
    expect(whole.next).toBeNull();
    const found: unknown[] = [];
    let cursor = '';
    for (let pages = 0; pages <= whole.items.length; pages++) {
      const one = await page(path, `limit=1${cursor}`);
      found.push(...one.items);
      if (one.next === null) break;
      cursor = `&cursor=${encodeURIComponent(one.next)}`;
    }
    // What is counted while it is read may have moved on; what it is called has not.
    const named = (items: readonly unknown[]) =>
      items.map((item) => {
        const {
          seen: _seen,
          messages: _messages,
          lastAt: _lastAt,
          ...rest
        } = z.looseObject({}).parse(item);
        return rest;
      });
    expect(named(found)).toEqual(named(whole.items));
  });

  test('refuses a cursor that it has not given, and a page too large', async () => {
    for (const wrong of [
      'cursor=x',
      'cursor=WyJldmVudHMiXQ',
      'limit=501',
      'limit=0',
      'unknown=1',
    ]) {
      const answer = await scene.api.get(`${placed(path)}?${wrong}`);
      expect([wrong, answer.status]).toEqual([wrong, 400]);
    }
    expect(Object.keys(query.shape)).toContain('limit');
  });
});

describe('a wait by its token', () => {
  const read = async (errand: string) => {
    const token = scene.tokens.get(errand) ?? '';
    const anybody = scene.server.api.with({ key: null });
    return anybody.get(`/v1/waits/${encodeURIComponent(token)}`);
  };

  test('tells a stranger what is asked, and nothing of the instance', async () => {
    const answer = await read(scene.errands.shown);
    const wait = openWaitSchema.parse(answer.json);
    expect(wait).toMatchObject({
      name: 'errand.answer',
      saga: 'errand',
      state: 'open',
      closed: false,
    });
    expect(wait.schema).toMatchObject({ properties: { shelf: { type: 'string' } } });
    expect(Date.parse(wait.expiresAt ?? '')).toBeGreaterThan(Date.parse(wait.askedAt));
    expect(answer.text).not.toContain(MARK);
  });

  test('tells that it is closed, and knows no other token', async () => {
    await scene.api.completeWait('errand', scene.errands.complete, 'errand.answer', { shelf: 'A' });
    const wait = openWaitSchema.parse((await read(scene.errands.complete)).json);
    expect(wait).toMatchObject({ state: 'completed', closed: true });
    expect((await read('nobody')).status).toBe(404);
  });
});

test('MQTT clients, retained messages and topics are told as their tenant knows them', async () => {
  const items = async <T extends z.ZodType>(path: string, shape: T) =>
    pageOf(shape).parse((await scene.api.get(path)).json).items;
  const [client] = await items('/v1/mqtt/clients', mqttClientSchema);
  expect(client).toMatchObject({
    key: { name: `${MARK}-admin` },
    address: '127.0.0.1',
    subscriptions: [{ filter: `${MARK}/#`, qos: 1 }],
  });
  const said = { topic: `${MARK}/lamp`, payload: `{"lamp":"${MARK}"}`, encoding: 'utf8', qos: 1 };
  expect(await items('/v1/mqtt/retained', mqttRetainedSchema)).toMatchObject([said]);
  expect(await items(`/v1/mqtt/topics?prefix=${MARK}/l`, mqttTopicSchema)).toMatchObject([
    { ...said, messages: 1, retain: true },
  ]);
  expect(await items('/v1/mqtt/topics?prefix=nothing', mqttTopicSchema)).toEqual([]);
});

test('the outbox has what is not settled, the longest due first', async () => {
  const read = async (query: string) =>
    pageOf(outboxItemSchema).parse((await scene.api.get(`/v1/outbox${query}`)).json).items;
  const held = await read('?state=held');
  expect(held.map(({ effect }) => effect)).toEqual([
    'errand.press',
    'errand.press',
    'errand.press',
    'errand.press',
  ]);
  const due = held.map(({ dueAt }) => dueAt ?? '');
  expect(due).toEqual(due.toSorted());
  expect(await read('?state=pending')).toEqual([]);
  expect(await read('?effect=nobody')).toEqual([]);
  expect((await scene.api.get('/v1/outbox?state=settled')).status).toBe(400);
});

test('upstreams tell of breaker, tries and latency', async () => {
  const { items } = pageOf(upstreamSchema).parse((await scene.api.get('/v1/upstreams')).json);
  const outside = items.find(({ upstream }) => upstream === 'outside');
  expect(outside).toMatchObject({
    app: 'errands',
    breaker: 'closed',
    effects: [{ effect: 'errand.tell', attempts: { succeeded: 5 }, failureRate: 0, held: 0 }],
  });
  expect(outside?.effects[0]?.seconds.p95).toBeGreaterThan(0);
  const effects = items.flatMap((one) => one.effects);
  expect(effects.find(({ effect }) => effect === 'errand.press')).toMatchObject({ held: 4 });
});

test('settings are told with their origin, and what is meant for few eyes is not', async () => {
  const answer = await scene.api.get('/v1/settings');
  const { items } = settingsSchema.parse(answer.json);
  const byName = new Map(items.map((one) => [one.name, one]));
  expect(byName.get('config.TARGET')).toMatchObject({
    value: '[secret]',
    origin: { kind: 'env', at: 'HOLDFAST_CONFIG_TARGET' },
  });
  expect(byName.get('http.port')?.origin.kind).toBe('flag');
  expect(byName.get('log.level')?.origin.kind).toBe('default');
  const { port } = new URL(scene.server.ready.http);
  expect(answer.text).not.toContain(`127.0.0.1:${port}`);
});

test('tenants are those that have keys or data', async () => {
  const { items } = pageOf(tenantSchema).parse((await scene.api.get('/v1/tenants')).json);
  expect(items.map(({ tenant }) => tenant)).toEqual(['', 'elsewhere', 'ours']);
  expect(items.find(({ tenant }) => tenant === 'ours')?.live).toBeGreaterThan(3);
  expect(items.find(({ tenant }) => tenant === 'elsewhere')).toMatchObject({ keys: 1, live: 0 });
});
