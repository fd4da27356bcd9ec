import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  attentionActAnswerSchema,
  attentionSchema,
  HoldfastError,
  overviewSchema,
  overviewSeriesSchema,
} from '@holdfast/core';
import type { AttentionPage } from '@holdfast/store';
import { instance } from '../support/fake-house.ts';
import { HttpHouse, systemClock } from '../support/http-house.ts';

/** Stands at the beginning of a step, and leaps. */
const START = 1_800_000_000 * 1_000_000;
let ahead = 0;
const timers: { at: number; run: () => void }[] = [];
const clock = {
  ...systemClock,
  now: () => START + ahead * 1_000_000,
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
  timers.length = 0;
  house = await new HttpHouse({ clock }).start();
  operator = house.key(['view', 'operate']);
});
afterEach(() => house.stop());

const targets: AttentionPage = {
  kind: 'blocked',
  count: 3,
  targets: ['a', 'b', 'c'].map((key) => ({
    item: `i-${key}`,
    saga: 'order',
    key,
    commandId: null,
  })),
};

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
  expect(first).toMatchObject({ stepSeconds: 15, series: { accepted: [0, 0, 0, 0] } });
  house.fake.totals.set('', { accepted: 17, ended: 9 });
  house.fake.tellCommitted();
  await leap(15);
  house.fake.totals.set('', { accepted: 20, ended: 9 });
  house.fake.tellCommitted();
  await leap(15);
  await leap(15);
  expect((await series(1)).series).toMatchObject({
    accepted: [0, 7, 3, 0],
    ended: [0, 5, 0, 0],
    diskFreeBytes: [1_000_000_000, 1_000_000_000, 1_000_000_000, 1_000_000_000],
  });
  // Nobody looks while nothing is committed.
  await leap(600);
  expect(timers).toEqual([]);
  const other = await series(1, house.key(['view'], { tenant: 'other' }));
  expect(other.series.accepted).toEqual([0, 0, 0, 0]);
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
  const many = Array.from({ length: 100 }, (_, n) => ({
    item: `i-${n}`,
    saga: 'order',
    key: `k${n}`,
    commandId: null,
  }));
  house.fake.targets = { kind: 'blocked', count: 250, targets: many };
  let taken = 0;
  house.fake.refuseRedrive = () => {
    taken += 1;
    return taken > 10 ? new HoldfastError('draining', 'the server is draining') : null;
  };
  const { body: json } = await act('redrive', { confirmCount: 250 });
  expect(json).toEqual({ done: 10, refused: [], left: 240 });
});

test('groups answer as the read model has them', async () => {
  const { body: json } = await house.ask('GET', '/v1/attention', { key: operator });
  expect(attentionSchema.parse(json)).toEqual({ total: 0, more: false, groups: [] });
  const items = await house.ask('GET', '/v1/attention/g?limit=2', { key: operator });
  expect(items.body).toEqual({ items: [], next: null });
});
