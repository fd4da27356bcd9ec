import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiRoutes } from '@holdfast/gateway';
import { instance } from '../support/fake-house.ts';
import { HttpHouse } from '../support/http-house.ts';

const house = new HttpHouse();
const key = house.key(['view', 'operate']);
const PATH = '/v1/sagas/order/o-1';
const ask = (path: string, tag?: string, method = 'GET') =>
  house.ask(method, path, { key, headers: tag === undefined ? {} : { 'if-none-match': tag } });

beforeAll(async () => {
  house.fake.instances.push(instance({ key: 'o-1' }));
  await house.start();
});
afterAll(() => house.stop());

test('one resource has a tag, and is not sent again to who has it', async () => {
  const first = await ask(PATH);
  const tag = first.headers.etag ?? '';
  expect(tag).toMatch(/^"[0-9a-f]{32}"$/);
  for (const asked of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const again = await ask(PATH, asked);
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
    expect(again.headers.etag).toBe(tag);
    expect(again.headers['x-content-type-options']).toBe('nosniff');
  }
  for (const asked of ['"other"', tag.replaceAll('"', ''), `${tag.slice(0, -2)}"`]) {
    const again = await ask(PATH, asked);
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  }
});

test('another state has another tag', async () => {
  const before = (await ask(PATH)).headers.etag ?? '';
  const [row] = house.fake.instances;
  house.fake.instances[0] = { ...row, ...instance({ key: 'o-1', version: 99 }) };
  const after = await ask(PATH, before);
  expect(after.status).toBe(200);
  expect(after.headers.etag).not.toBe(before);
});

test('what is refused has none, whatever the caller has', async () => {
  const missing = await ask('/v1/sagas/order/nobody', '*');
  expect(missing.status).toBe(404);
  expect(missing.headers.etag).toBeUndefined();
  const refused = await house.ask('GET', PATH, { headers: { 'if-none-match': '*' } });
  expect(refused.status).toBe(401);
});

test('an act is not held back by a tag', async () => {
  const tag = (await ask(PATH)).headers.etag;
  const acted = await ask(`${PATH}/cancel`, tag, 'POST');
  expect(acted.status).toBe(200);
  expect(acted.headers.etag).toBeUndefined();
});

describe('in the description of the API', () => {
  test.each(
    apiRoutes(house.deps)
      .filter(({ method, path }) => method === 'GET' && path.startsWith('/v1/'))
      .map((route) => [`${route.method} ${route.path}`, route] as const),
  )('%s has a tag exactly where it answers one resource', async (_name, route) => {
    const document = (await house.ask('GET', '/openapi.json')).body as {
      paths: Record<string, Record<string, { responses: Record<string, { headers?: object }> }>>;
    };
    const responses = document.paths[route.path]?.['get']?.responses ?? {};
    const isOne = route.path.includes('{');
    expect('304' in responses).toBe(isOne);
    expect('etag' in (responses['200']?.headers ?? {})).toBe(isOne);
  });
});
