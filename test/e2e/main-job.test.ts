/** Must show 1: an order placed over HTTP or MQTT runs to its end, each outside call made once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { callsOf, countByName } from '../support/calls-file.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { expectStatus } from '../support/http-api.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order, orderPlaced } from '../support/orders.ts';
import { callOnce, storyOf } from '../support/story.ts';

const EACH_ONCE = { 'kitchen.reserve': 1, 'payment.charge': 1, 'courier.dispatch': 1 };

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

test('an order over HTTP waits for the kitchen, is completed, and each service is called once', async () => {
  const placed = order();
  const { duplicate } = await server.api.publish(orderPlaced(placed));
  expect(duplicate).toBe(false);

  await server.api.waitForStatus('order', placed.orderId, 'waiting');
  expect(countByName(callsOf(server.calls(), placed.orderId))).toEqual({
    'kitchen.reserve': 1,
    'payment.charge': 1,
  });

  const answer = await server.api.completeWait('order', placed.orderId, 'kitchen.ready', {
    shelf: '3',
  });
  expect(expectStatus(answer, 200).json).toEqual({ state: 'completed' });
  const { result } = await server.api.waitForStatus('order', placed.orderId, 'completed');
  z.strictObject({ courier: z.string(), charge: z.string() }).parse(result);
  expect(countByName(callsOf(server.calls(), placed.orderId))).toEqual(EACH_ONCE);
});

test('an order over MQTT, as bare data, does the same', async () => {
  const placed = order();
  await using till = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
  await till.publish('hf/events/order.placed', placed);

  await server.api.waitForStatus('order', placed.orderId, 'waiting');
  expectStatus(await server.api.completeWait('order', placed.orderId, 'kitchen.ready'), 200);
  await server.api.waitForStatus('order', placed.orderId, 'completed');
  expect(countByName(callsOf(server.calls(), placed.orderId))).toEqual(EACH_ONCE);
});

test('whoever waits for the end gets it: 200 with the result, or 202 when time runs out', async () => {
  const slow = order();
  const early = await server.api.post('/v1/events?wait=50ms', orderPlaced(slow));
  expect(early.status).toBe(202);
  expect(early.json).toMatchObject({ id: slow.orderId, duplicate: false });

  const placed = order();
  const ended = server.api.post('/v1/events?wait=60s', orderPlaced(placed));
  await server.api.waitForStatus('order', placed.orderId, 'waiting');
  await server.api.completeWait('order', placed.orderId, 'kitchen.ready');
  expect(expectStatus(await ended, 200).json).toMatchObject({
    saga: 'order',
    key: placed.orderId,
    status: 'completed',
    event: { id: placed.orderId },
  });
});

test('nothing that starts no saga is waited for', async () => {
  const answer = await server.api.post('/v1/events?wait=60s', { type: 'shelf.weighed', data: {} });
  expect(answer.status).toBe(202);
});

describe('the wait', () => {
  test('is completed once: whoever comes second gets 409', async () => {
    const placed = order();
    await server.api.publish(orderPlaced(placed));
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        server.api.completeWait('order', placed.orderId, 'kitchen.ready'),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    await server.api.waitForStatus('order', placed.orderId, 'completed');
    expect(countByName(callsOf(server.calls(), placed.orderId))).toEqual(EACH_ONCE);
  });

  test('takes only a payload that fits its schema', async () => {
    const placed = order();
    await server.api.publish(orderPlaced(placed));
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
    const answer = await server.api.completeWait('order', placed.orderId, 'kitchen.ready', {
      shelf: 7,
    });
    expect(answer.status).toBe(400);
    expect((await server.api.saga('order', placed.orderId))?.status).toBe('waiting');
  });
});

test('a restart between the wait and its completion loses nothing', async () => {
  const placed = order();
  await server.api.publish(orderPlaced(placed));
  await server.api.waitForStatus('order', placed.orderId, 'waiting');
  expect(await server.stop()).toBe(0);
  await server.restart();
  expect((await server.api.saga('order', placed.orderId))?.status).toBe('waiting');
  expectStatus(await server.api.completeWait('order', placed.orderId, 'kitchen.ready'), 200);
  await server.api.waitForStatus('order', placed.orderId, 'completed');
  expect(countByName(callsOf(server.calls(), placed.orderId))).toEqual(EACH_ONCE);
});

test('the timeline tells the story in order', async () => {
  const placed = order();
  await server.api.publish(orderPlaced(placed));
  await server.api.waitForStatus('order', placed.orderId, 'waiting');
  await server.api.completeWait('order', placed.orderId, 'kitchen.ready');
  await server.api.waitForStatus('order', placed.orderId, 'completed');
  expect(await storyOf(server.api, 'order', placed.orderId)).toEqual([
    'order.placed received',
    'version 1: running',
    ...callOnce('kitchen.reserve'),
    'version 2: running',
    ...callOnce('payment.charge'),
    'version 3: waiting',
    'waiting on kitchen.ready until TIME',
    'kitchen.ready completed',
    'version 4: running',
    ...callOnce('courier.dispatch'),
    'version 5: completed',
  ]);
});
