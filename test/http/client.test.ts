/** The typed client against the API itself: what one sends the other takes, and answers are what the types say. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  eventDetailSchema,
  eventSchema,
  infoSchema,
  keySchema,
  newKeySchema,
  publishedSchema,
  sagaDetailSchema,
  stateAtSchema,
  timelineSchema,
} from '@holdfast/core';
import { createClient, everyItem } from '@holdfast/sdk/client';
import { instance } from '../support/fake-house.ts';
import { HttpHouse } from '../support/http-house.ts';

const house = new HttpHouse();
const fake = house.fake;
const clientOf = (key: string, tenant?: string) =>
  createClient({ url: house.url, key, ...(tenant === undefined ? {} : { tenant }) });
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  await house.start();
  client = clientOf(house.key(['admin']));
});
afterAll(() => house.stop());
beforeEach(() => {
  fake.instances.length = 0;
  fake.acts.length = 0;
  fake.ending = null;
});

test('publish, again, with other content, and as a batch', async () => {
  const event = { type: 'order.placed', id: 'c-1', data: { orderId: 'o1' } };
  const first = await client.publish(event);
  expect(publishedSchema.parse(first)).toMatchObject({ id: 'c-1', duplicate: false });
  expect(await client.publish(event)).toEqual({ ...first, duplicate: true });
  await expect(client.publish({ ...event, data: null })).rejects.toMatchObject({
    code: 'event.conflict',
    status: 409,
  });
  const answers = await client.publishBatch([{ type: 'a' }, { type: '' }, { type: 'b' }]);
  expect(answers).toMatchObject([
    { duplicate: false },
    { code: 'event.invalid' },
    { duplicate: false },
  ]);
});

test('publish and wait for the saga', async () => {
  fake.ending = {
    saga: 'order',
    key: 'o1',
    run: 1,
    status: 'compensated',
    version: 5,
    release: 'r'.repeat(64),
    result: null,
    failure: '{"code":"undo","message":"kitchen silent"}',
  };
  const { ended, duplicate } = await client.publish(
    { type: 'order.placed' },
    { wait: '2s', saga: 'order' },
  );
  expect(duplicate).toBe(false);
  expect(ended).toMatchObject({ status: 'compensated', failure: { code: 'undo' }, result: null });
  fake.ending = null;
  expect((await client.publish({ type: 'order.placed' }, { wait: '2s' })).ended).toBeNull();
});

test('events: list in pages, get, tail', async () => {
  const { seq } = await client.publish({ type: 'listed', data: [1] });
  await client.publish({ type: 'listed' });
  const listed = [];
  for await (const event of everyItem(client.events.list, { type: 'listed', limit: 1 })) {
    listed.push(eventSchema.parse(event));
  }
  expect(listed).toHaveLength(2);
  expect(eventDetailSchema.parse(await client.events.get(seq)).data).toEqual([1]);
  await expect(client.events.get(1_000_000)).rejects.toMatchObject({ code: 'not_found' });
  for await (const event of client.events.tail({ after: seq - 1, type: 'listed' })) {
    expect(eventSchema.parse(event).seq).toBe(seq);
    break;
  }
  await expect.poll(() => fake.listeners).toBe(0);
});

describe('sagas', () => {
  test.each(['o1', 'a/b', '100%', 'ü?#'])('with the key %j', async (key) => {
    fake.instances.push(instance({ key }));
    expect((await client.sagas.list({ key })).items).toHaveLength(1);
    expect(sagaDetailSchema.parse(await client.sagas.get('order', key)).key).toBe(key);
    expect(timelineSchema.parse(await client.sagas.timeline('order', key, { run: 1 })).key).toBe(
      key,
    );
    expect(stateAtSchema.parse(await client.sagas.at('order', key, 4)).version).toBe(4);
    await client.sagas.cancel('order', key, 'changed their mind');
    await client.sagas.redrive('order', key);
    expect(fake.acts).toMatchObject([
      { act: 'cancel', address: { key }, actor: { reason: 'changed their mind' } },
      { act: 'redrive', address: { key }, actor: { reason: null } },
    ]);
  });

  test('waiting for the end', async () => {
    fake.instances.push(instance());
    expect(await client.sagas.waitForEnd('order', 'o1', { timeout: '1ms' })).toBeNull();
    fake.onAwaitEnd = () => {
      fake.instances[0] = instance({ status: 'completed' });
    };
    expect(await client.sagas.waitForEnd('order', 'o1')).toMatchObject({ status: 'completed' });
  });

  test('of another tenant', async () => {
    fake.instances.push(instance({ tenant: 'köln' }));
    expect((await clientOf(house.key(['admin']), 'köln').sagas.get('order', 'o1')).tenant).toBe(
      'köln',
    );
    await expect(
      clientOf(house.key(['view']), 'köln').sagas.get('order', 'o1'),
    ).rejects.toMatchObject({
      code: 'auth.tenant',
      status: 403,
    });
  });
});

test('waits: by token and by name', async () => {
  const wait = { tenant: '', saga: 'order', key: 'a/b', name: 'kitchen.ready', payload: null };
  fake.waits.push({ ...wait, token: 'tok/1', state: 'open' });
  await client.waits.complete({ token: 'tok/1' }, { shelf: 'A' });
  expect(fake.waits[0]).toMatchObject({ state: 'completed', payload: '{"shelf":"A"}' });
  const named = { saga: 'order', key: 'a/b', name: 'kitchen.ready' };
  await expect(client.waits.fail(named, 'late')).rejects.toMatchObject({ code: 'wait.closed' });
  expect(await client.waits.list({ state: 'open' })).toEqual({ items: [], next: null });
});

test('keys, secrets, releases', async () => {
  const made = newKeySchema.parse(
    await client.keys.create({ name: 'shop', scopes: ['view'], expiresIn: '1h' }),
  );
  const listed = await client.keys.list();
  expect(listed.map((key) => keySchema.parse(key).id)).toEqual([made.key.id]);
  expect((await clientOf(made.secret).sagas.list()).items).toEqual([]);
  await client.keys.revoke(made.key.id);
  await expect(clientOf(made.secret).sagas.list()).rejects.toMatchObject({ code: 'auth.refused' });

  await client.secrets.set('TOKEN', 'v');
  expect(await client.secrets.list()).toEqual(['TOKEN']);
  await client.secrets.remove('TOKEN');
  expect(house.secrets.size).toBe(0);

  const { digest, isNew } = await client.releases.register({ format: 1, files: { a: 'b' } });
  expect(isNew).toBe(true);
  expect(await client.releases.activate(digest)).toMatchObject({ digest, previous: null });
  expect((await client.releases.list()).map((release) => release.digest)).toEqual([digest]);
  expect((await client.releases.get(digest)).manifest).toEqual({ app: 'restaurant' });
  await expect(client.releases.rollback('restaurant')).rejects.toMatchObject({ code: 'conflict' });
});

test('a leap of the clock is seen and confirmed, and there is nothing to confirm otherwise', async () => {
  await expect(client.schedules.confirm()).rejects.toMatchObject({ code: 'conflict' });
  const at = Date.UTC(2026, 10, 21) * 1000;
  house.fake.status = {
    ...house.fake.status,
    clockHeld: { jump: 86_400_000, since: at, recorded: at + 1_000_000, due: 3 },
  };
  expect(infoSchema.parse(await client.info()).clockHeld).toEqual({
    jump: 86_400_000,
    since: '2026-11-21T00:00:00.000000Z',
    recorded: '2026-11-21T00:00:01.000000Z',
    due: 3,
  });
  expect(await client.schedules.confirm('it is right')).toEqual({ jump: 86_400_000, due: 3 });
  expect(house.fake.acts).toMatchObject([
    { act: 'confirmClock', actor: { reason: 'it is right' } },
  ]);
});

test('the rest that can be looked at', async () => {
  const nothing = { items: [], next: null };
  expect(await client.quarantine.list()).toEqual(nothing);
  await expect(client.quarantine.get(1)).rejects.toMatchObject({ code: 'not_found' });
  expect(await client.effects.list({ state: 'held' })).toEqual(nothing);
  expect(await client.schedules.list({ limit: 5 })).toEqual(nothing);
  expect(infoSchema.parse(await client.info()).name).toBe('holdfast');
  expect((await client.health()).status).toBe('ok');
  house.probes.accepting = false;
  expect((await client.ready()).status).toBe('not_ready');
  house.probes.accepting = true;
});
