import { request as httpRequest } from 'node:http';
import type { ClientRequest } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changesSchema } from '@holdfast/core';
import type { Changes } from '@holdfast/core';
import type { TenantChanges } from '@holdfast/engine';
import { apiRoutes } from '@holdfast/gateway';
import { createClient } from '@holdfast/sdk/client';
import { HttpHouse } from '../support/http-house.ts';

let house: HttpHouse;
let open: ClientRequest[];

beforeEach(async () => {
  open = [];
  house = await new HttpHouse({ heartbeat: 40, limits: { maxStreams: 2 } }).start();
});
afterEach(async () => {
  for (const request of open) request.destroy();
  await house.stop();
});

interface Followed {
  readonly status: number | undefined;
  text: string;
  ended: boolean;
  told(): readonly Changes[];
}

function follow(key = house.key(['view'])): Promise<Followed> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${house.url}/v1/changes`, {
      agent: false,
      headers: { authorization: `Bearer ${key}` },
    });
    open.push(request);
    request.on('error', reject);
    request.on('response', (response) => {
      const seen: Followed = {
        status: response.statusCode,
        text: '',
        ended: false,
        told: () =>
          [...seen.text.matchAll(/^event: changes\ndata: (.*)$/gm)].map(([, data]) =>
            changesSchema.parse(JSON.parse(data ?? '')),
          ),
      };
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (seen.text += chunk));
      response.on('end', () => (seen.ended = true));
      response.on('error', () => (seen.ended = true));
      resolve(seen);
    });
    request.end();
  });
}

function changed(head: number, ...changes: readonly TenantChanges[]): void {
  for (const listener of house.fake.changeListeners) listener({ head, changes });
}

test('a tenant is told of its own changes and of those that are nobody’s, and of no other’s', async () => {
  const own = await follow();
  const other = await follow(house.key(['view'], { tenant: 'other' }));
  changed(5, { tenant: '', topics: ['sagas', 'events'] });
  changed(6, { tenant: 'other', topics: ['events'] }, { tenant: null, topics: ['releases'] });
  await expect.poll(() => own.told()).toHaveLength(2);
  await expect.poll(() => other.told()).toHaveLength(1);
  expect(own.told()).toEqual([
    { head: 5, topics: ['sagas', 'events'] },
    { head: 6, topics: ['releases'] },
  ]);
  expect(other.told()).toEqual([{ head: 6, topics: ['events', 'releases'] }]);
});

test('nothing but signs of life while nothing changes, and nobody listens once the reader is gone', async () => {
  const seen = await follow();
  await expect.poll(() => seen.text.match(/^: alive$/gm)?.length).toBeGreaterThan(2);
  expect(seen.told()).toEqual([]);
  expect(house.fake.changeListeners.size).toBe(1);
  open[0]?.destroy();
  await expect.poll(() => house.fake.changeListeners.size).toBe(0);
});

test('it ends with its key, and there is room for so many and no more', async () => {
  const key = house.key(['view']);
  const seen = await follow(key);
  const second = await follow(key);
  expect((await follow(key)).status).toBe(429);
  const route = apiRoutes(house.deps).find(({ path }) => path === '/v1/changes');
  expect(route?.errors).toContain('overloaded');
  house.keyRing.revoke('k-view-');
  await expect.poll(() => [seen.ended, second.ended]).toEqual([true, true]);
  await expect.poll(() => house.fake.changeListeners.size).toBe(0);
  expect((await follow(house.key(['view', 'operate']))).status).toBe(200);
});

test('the client gives what is told until it is ended', async () => {
  const key = house.key(['view']);
  const pauses = { sleep: () => Promise.resolve(), random: () => 0 };
  const client = createClient({ url: house.url, key, pauses });
  const end = new AbortController();
  const changes = client.changes({ signal: end.signal });
  const first = changes.next();
  await expect.poll(() => house.fake.changeListeners.size).toBe(1);
  changed(7, { tenant: '', topics: ['waits'] });
  expect((await first).value).toEqual({ head: 7, topics: ['waits'] });
  end.abort();
  expect((await changes.next()).done).toBe(true);
  await expect.poll(() => house.fake.changeListeners.size).toBe(0);
});
