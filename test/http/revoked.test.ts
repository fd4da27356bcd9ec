/** What a key or a session had open when it ended: it ends too, at once, and whoever comes back is told why. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SESSION_COOKIE } from '@holdfast/core';
import type { Clock } from '@holdfast/core';
import { instance } from '../support/fake-house.ts';
import { HttpHouse, systemClock } from '../support/http-house.ts';
import type { Reply } from '../support/http-house.ts';

let house: HttpHouse;
const never = (): Promise<never> => new Promise<never>(() => undefined);

beforeEach(async () => {
  house = await new HttpHouse().start();
});
afterEach(() => house.stop());

function gone(reply: Reply): void {
  expect(reply.status).toBe(401);
  expect(reply.body).toMatchObject({ code: 'auth.refused' });
}

describe('an answer that is held ends with its key', () => {
  test('the end of an instance', async () => {
    house.fake.instances.push(instance({ key: 'k' }));
    house.fake.onAwaitEnd = never;
    const key = house.key(['view']);
    const held = house.ask('GET', '/v1/sagas/order/k?wait=60s', { key });
    const other = house.ask('GET', '/v1/sagas/order/k?wait=60s', {
      key: house.key(['view', 'operate']),
    });
    let answered = false;
    other.finally(() => (answered = true)).catch(() => undefined);
    await vi.waitFor(() => expect(house.fake.waited).toHaveLength(2));
    house.keyRing.revoke('k-view-');
    gone(await held);
    expect(answered).toBe(false);
    house.keyRing.revoke('k-view-operate-');
    gone(await other);
  });

  test('the end of what an event starts', async () => {
    let asked = 0;
    house.fake.beforeCommit = () => {
      asked += 1;
      return never();
    };
    const key = house.key(['publish']);
    const held = house.ask('POST', '/v1/events?wait=60s', {
      key,
      json: { type: 'order.placed', data: {} },
    });
    await vi.waitFor(() => expect(asked).toBe(1));
    house.keyRing.revoke('k-publish-');
    gone(await held);
  });

  test('a lease, which is given up', async () => {
    let asked = 0;
    house.fake.onLease = () => {
      asked += 1;
      return never();
    };
    const held = house.ask('POST', '/v1/workers/w1/lease', {
      key: house.key(['work']),
      json: { poll: 7, max: 1, wait: '60s' },
    });
    await vi.waitFor(() => expect(asked).toBe(1));
    house.keyRing.revoke('k-work-');
    gone(await held);
    expect(house.fake.abandoned).toEqual([['w1', 7]]);
  });
});

test('a stream whose key is revoked before it begins ends as it begins', async () => {
  house.fake.onLastSeq = () => house.keyRing.revoke('k-view-');
  const reply = await house.ask('GET', '/v1/events/stream', { key: house.key(['view']) });
  expect([reply.status, reply.text]).toEqual([200, 'id: 0\n\n']);
  expect(house.fake.listeners).toBe(0);
});

test('streams end when the time of their key is up, without a heartbeat', async () => {
  const expiresAt = systemClock.now() + 300_000;
  const key = house.key(['view'], { expiresAt });
  const replies = await Promise.all(
    ['/v1/events/stream', '/v1/changes'].map((path) => house.ask('GET', path, { key })),
  );
  expect(replies.map(({ status }) => status)).toEqual([200, 200]);
  expect(systemClock.now()).toBeGreaterThanOrEqual(expiresAt);
});

test('whoever comes back with what has ended is told so, however often; who guesses is slowed', async () => {
  const still: Clock = {
    now: () => 1,
    monotonic: () => 1,
    after: (_delay, run) => {
      const soon = setImmediate(run);
      return () => clearImmediate(soon);
    },
  };
  const strict = await new HttpHouse({ slowing: true, clock: still }).start();
  try {
    const key = strict.key(['view']);
    const signedIn = await strict.ask('POST', '/v1/session', { json: { key } });
    const [cookie = ''] = signedIn.headers['set-cookie'] ?? [];
    const session = { cookie: cookie.split(';')[0] ?? '' };
    expect(session.cookie).toContain(`${SESSION_COOKIE}=hs_`);
    strict.keyRing.revoke('k-view-');
    for (let i = 0; i < 60; i++) {
      gone(await strict.ask('GET', '/v1/sagas', { key }));
      gone(await strict.ask('GET', '/v1/sagas', { headers: session }));
    }
    const guesses = Array.from({ length: 60 }, () => strict.ask('GET', '/v1/sagas', { key: 'x' }));
    const first = await Promise.race(guesses);
    expect(first.status).toBe(401);
    const slowed = (await Promise.all(guesses)).filter(({ status }) => status === 429);
    expect(slowed.length).toBeGreaterThan(0);
  } finally {
    await strict.stop();
  }
});
