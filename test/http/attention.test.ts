import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  attentionActAnswerSchema,
  attentionSchema,
  HoldfastError,
  overviewSchema,
  overviewSeriesSchema,
} from '@holdfast/core';
import type { AttentionActAnswer } from '@holdfast/core';
import { createClient } from '@holdfast/sdk/client';
import type { AttentionPage } from '@holdfast/store';
import { instance } from '../support/fake-house.ts';
import { HttpHouse, systemClock } from '../support/http-house.ts';

/** Stands at the beginning of a step, and leaps. */
const START = 1_800_000_000 * 1_000_000;
let ahead = 0;
let spent = 0;
const timers: { at: number; run: () => void }[] = [];
const clock = {
  ...systemClock,
  now: () => START + ahead * 1_000_000,
  // What acts take, in milliseconds.
  monotonic: () => spent,
  after: (delay: number, run: () => void) => {
    const timer = { at: ahead * 1000 + delay, run };
    timers.push(timer);
    return () => {
      const at = timers.indexOf(timer);
      if (at >= 0) timers.splice(at, 1);
    };
  },
};
async function leap(seconds: number): Promise<void> {
  ahead += seconds;
  for (const timer of timers.filter(({ at }) => at <= ahead * 1000)) {
    timers.splice(timers.indexOf(timer), 1);
    timer.run();
  }
  // What they ask for is answered in turns to come.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

let house: HttpHouse;
let operator: string;

beforeEach(async () => {
  ahead = 0;
  spent = 0;
  timers.length = 0;
  house = await new HttpHouse({ clock }).start();
  operator = house.key(['view', 'operate']);
});
afterEach(() => house.stop());

const targets: Omit<AttentionPage, 'left'> = {
  kind: 'blocked',
  count: 3,
  targets: ['a', 'b', 'c'].map((key) => ({
    item: `i-${key}`,
    saga: 'order',
    key,
    commandId: null,
  })),
};

function many(count: number): AttentionPage['targets'] {
  return Array.from({ length: count }, (_, n) => ({
    item: `i-${n}`,
    saga: 'order',
    key: `k${n}`,
    commandId: null,
  }));
}

function act(name: string, body: object, key = operator) {
  return house.ask('POST', `/v1/attention/g/${name}`, { key, json: { reason: 'mended', ...body } });
}

test('the overview says whether all runs are accounted for, and what is wrong and where', async () => {
  const { status, body: json } = await house.ask('GET', '/v1/overview', {
    key: house.key(['view']),
  });
  expect(status).toBe(200);
  const overview = overviewSchema.parse(json);
  const { accepted, ...where } = overview.sum;
  expect(Object.values(where).reduce((sum, count) => sum + count, 0)).toBe(accepted);
  expect(overview).toMatchObject({
    healthy: false,
    problems: [{ code: 'runs.blocked', path: '/needs-you' }],
  });
  house.fake.lost = 1;
  const worse = overviewSchema.parse(
    (await house.ask('GET', '/v1/overview', { key: operator })).body,
  );
  expect(worse.problems.map(({ code }) => code)).toContain('runs.unaccounted');
  house.probes.brokerUp = false;
  const down = overviewSchema.parse(
    (await house.ask('GET', '/v1/overview', { key: operator })).body,
  );
  expect(down.problems.map(({ code }) => code)).toContain('broker.down');
});

test('the series counts runs by step, carries on what was seen, and is of one tenant', async () => {
  const series = async (minutes: number, key = operator) =>
    overviewSeriesSchema.parse(
      (await house.ask('GET', `/v1/overview/series?minutes=${minutes}`, { key })).body,
    );
  house.fake.totals.set('', { accepted: 10, ended: 4 });
  const first = await series(1);
  // It begins with what was seen first: runs since the start, and nothing before it.
  expect(first).toMatchObject({ stepSeconds: 15, series: { accepted: [10], ended: [4] } });
  house.fake.totals.set('', { accepted: 17, ended: 9 });
  house.fake.tellCommitted();
  await leap(15);
  house.fake.totals.set('', { accepted: 20, ended: 9 });
  house.fake.tellCommitted();
  await leap(15);
  await leap(15);
  expect((await series(1)).series).toMatchObject({
    accepted: [10, 7, 3, 0],
    ended: [4, 5, 0, 0],
    diskFreeBytes: [1_000_000_000, 1_000_000_000, 1_000_000_000, 1_000_000_000],
  });
  // Nobody looks while nothing is committed.
  await leap(600);
  expect(timers).toEqual([]);
  const other = await series(1, house.key(['view'], { tenant: 'other' }));
  expect(other.series.accepted).toEqual([0]);
  const refused = await house.ask('GET', '/v1/overview/series?minutes=721', { key: operator });
  expect(refused.status).toBe(400);
});

test('a group act is the act on each, with its reason; what is refused is told, the others go on', async () => {
  house.fake.targets = targets;
  house.fake.refuseRedrive = (key) =>
    key === 'b' ? new HoldfastError('conflict', 'order/b is waiting, not blocked') : null;
  const { status, body: json } = await act('redrive', { confirmCount: 3 });
  expect(status).toBe(200);
  expect(attentionActAnswerSchema.parse(json)).toMatchObject({
    done: 2,
    refused: [
      { item: 'i-b', problem: { code: 'conflict', detail: 'order/b is waiting, not blocked' } },
    ],
    left: 0,
  });
  expect(house.fake.acts).toMatchObject([
    { act: 'redrive', address: { tenant: '', key: 'a' }, actor: { reason: 'mended' } },
    { act: 'redrive', address: { tenant: '', key: 'c' } },
  ]);
});

test('some of a group: those named, and what is gone by now is told', async () => {
  house.fake.targets = targets;
  house.fake.instances.push(instance({ key: 'c' }));
  const { body: json } = await act('cancel', { confirmCount: 2, items: ['i-c', 'i-x'] });
  expect(json).toMatchObject({
    done: 1,
    refused: [{ item: 'i-x', problem: { code: 'not_found' } }],
  });
  expect(house.fake.acts).toMatchObject([{ act: 'cancel', address: { key: 'c' } }]);
});

test('nothing is done for another number, another act, or by who may not', async () => {
  house.fake.targets = targets;
  expect((await act('redrive', { confirmCount: 2 })).status).toBe(409);
  expect((await act('redrive', { confirmCount: 1, items: ['i-a', 'i-b'] })).status).toBe(409);
  expect((await act('discard', { confirmCount: 3 })).status).toBe(409);
  expect((await act('resolve', { confirmCount: 3 })).status).toBe(400);
  expect((await act('explode', { confirmCount: 3 })).status).toBe(404);
  expect((await act('redrive', {})).status).toBe(400);
  expect((await act('redrive', { confirmCount: 3, reason: ' ' })).status).toBe(400);
  expect((await act('redrive', { confirmCount: 3 }, house.key(['view']))).status).toBe(403);
  house.fake.targets = { ...targets, count: 0, targets: [] };
  expect((await act('redrive', { confirmCount: 1 })).status).toBe(409);
  expect(house.fake.acts).toEqual([]);
});

test('a server that begins to stop leaves the rest, and says how many', async () => {
  house.fake.targets = { kind: 'blocked', count: 250, targets: many(250) };
  let taken = 0;
  house.fake.refuseRedrive = () => {
    taken += 1;
    return taken > 10 ? new HoldfastError('draining', 'the server is draining') : null;
  };
  const { body: json } = await act('redrive', { confirmCount: 250 });
  expect(json).toEqual({ done: 10, refused: [], left: 240, next: null });
});

test('one request takes so long and no longer, and says where to go on', async () => {
  house.fake.targets = { kind: 'blocked', count: 30, targets: many(30) };
  house.fake.refuseRedrive = () => {
    spent += 1_000;
    return null;
  };
  const keys = (): unknown[] =>
    house.fake.acts.map(({ address }) => (address as { key: string }).key);
  const first = attentionActAnswerSchema.parse((await act('redrive', { confirmCount: 30 })).body);
  expect(first).toMatchObject({ done: 5, left: 25 });
  const body = { confirmCount: 30, after: first.next };
  const second = attentionActAnswerSchema.parse((await act('redrive', body)).body);
  expect(second).toMatchObject({ done: 5, left: 20 });
  expect(keys()).toEqual(Array.from({ length: 10 }, (_, n) => `k${n}`));
  // More than were confirmed: somebody asks to go on with another act than this.
  expect((await act('redrive', { confirmCount: 2, after: second.next })).status).toBe(409);
  // Of named ones too.
  const items = many(8).map(({ item }) => item);
  const some = attentionActAnswerSchema.parse(
    (await act('redrive', { confirmCount: 8, items })).body,
  );
  expect(some).toMatchObject({ done: 5, left: 3 });
  const rest = await act('redrive', { confirmCount: 8, items, after: some.next });
  expect(rest.body).toEqual({ done: 3, refused: [], left: 0, next: null });
  expect(keys().slice(10)).toEqual(Array.from({ length: 8 }, (_, n) => `k${n}`));
  for (const after of ['items:9', 'elsewhere', first.next])
    expect((await act('redrive', { confirmCount: 8, items, after })).status).toBe(400);
});

test('who is revoked in the midst of an act does no more of it', async () => {
  house.fake.targets = { kind: 'blocked', count: 100, targets: many(100) };
  house.fake.refuseRedrive = (key) => {
    if (key === 'k40') house.keyRing.revoke('k-view-operate-');
    return null;
  };
  const { body: json } = await act('redrive', { confirmCount: 100 });
  const { done, left } = attentionActAnswerSchema.parse(json);
  expect(done).toBeGreaterThan(40);
  // At most those that were under way.
  expect(done).toBeLessThan(60);
  expect(done + left).toBe(100);
  expect(house.fake.acts).toHaveLength(done);
});

test('the client goes on until nothing is left, tells how far it is, and stops when it is told to', async () => {
  const client = createClient({ url: house.url, key: operator });
  house.fake.targets = { kind: 'blocked', count: 2_500, targets: many(2_500) };
  house.fake.refuseRedrive = (key) =>
    key === 'k1700' ? new HoldfastError('conflict', 'it went on by itself') : null;
  const told: (readonly [number, number, number])[] = [];
  const onProgress = ({ done, refused, left }: AttentionActAnswer): void =>
    void told.push([done, refused.length, left]);
  const body = { reason: 'mended', confirmCount: 2_500 };
  const all = await client.attention.act('g', 'redrive', body, { onProgress });
  expect(all).toMatchObject({ done: 2_499, left: 0, next: null });
  expect(all.refused.map(({ item }) => item)).toEqual(['i-1700']);
  expect(told).toEqual([
    [1_000, 0, 1_500],
    [1_999, 1, 500],
    [2_499, 1, 0],
  ]);
  const stop = new AbortController();
  const stopped = await client.attention.act('g', 'redrive', body, {
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  expect(stopped).toMatchObject({ done: 1_000, left: 1_500 });
  const rest = { ...body, after: stopped.next ?? '' };
  expect(await client.attention.act('g', 'redrive', rest)).toMatchObject({ done: 1_499, left: 0 });
  // More than one request names: in parts.
  const items = many(1_500).map(({ item }) => item);
  const named = { reason: 'mended', confirmCount: 1_500, items };
  told.length = 0;
  const some = await client.attention.act('g', 'redrive', named, { onProgress });
  expect([some.done, some.left, told.length]).toEqual([1_500, 0, 2]);
  await expect(
    client.attention.act('g', 'redrive', { ...named, confirmCount: 1_499 }),
  ).rejects.toMatchObject({ code: 'request.invalid' });
});

test('a key that may ask so often and no more still acts on many', async () => {
  const limited = await new HttpHouse({ rates: { requestsPerSecond: 5, requestBurst: 1 } }).start();
  try {
    limited.fake.targets = { kind: 'blocked', count: 2_500, targets: many(2_500) };
    const pauses: number[] = [];
    const client = createClient({
      url: limited.url,
      key: limited.key(['view', 'operate']),
      pauses: {
        random: () => 0,
        sleep: (pause) => {
          pauses.push(pause);
          return new Promise((resolve) => setTimeout(resolve, 20));
        },
      },
    });
    const body = { reason: 'mended', confirmCount: 2_500 };
    expect((await client.attention.act('g', 'redrive', body)).done).toBe(2_500);
    expect(new Set(pauses)).toEqual(new Set([1_000]));
  } finally {
    await limited.stop();
  }
});

test('groups answer as the read model has them', async () => {
  const { body: json } = await house.ask('GET', '/v1/attention', { key: operator });
  expect(attentionSchema.parse(json)).toEqual({ total: 0, more: false, groups: [] });
  const items = await house.ask('GET', '/v1/attention/g?limit=2', { key: operator });
  expect(items.body).toEqual({ items: [], next: null });
});
