import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpHouse } from '../support/http-house.ts';

let house: HttpHouse;
beforeEach(async () => {
  house = await new HttpHouse().start();
});
afterEach(() => house.stop());

async function post(path: string, key: string, body: unknown = {}): Promise<Response> {
  return fetch(house.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe.each(['/admin/drain', '/admin/reload'])('%s', (path) => {
  test("is an admin's", async () => {
    const answer = await post(path, house.key(['operate']));
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'auth.scope' });
    expect(house.fake.acts).toEqual([]);
  });

  test('is done in the name of the key, with the reason', async () => {
    const answer = await post(path, house.key(['admin']), { reason: 'new kernel' });
    expect(answer.status).toBe(200);
    expect(house.fake.acts).toMatchObject([{ actor: { reason: 'new kernel' } }]);
  });

  test('refuses what it does not know', async () => {
    const answer = await post(path, house.key(['admin']), { force: true });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'request.invalid' });
  });
});

test('a drain waits as long as it is told to', async () => {
  await post('/admin/drain', house.key(['admin']), { timeout: '90s' });
  await post('/admin/drain', house.key(['admin']));
  expect(house.fake.acts.map(({ address }) => address)).toEqual([90_000, null]);
  const refused = await post('/admin/drain', house.key(['admin']), { timeout: 'soon' });
  expect(refused.status).toBe(400);
});
