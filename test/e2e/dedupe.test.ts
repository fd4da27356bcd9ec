/** Must show 5: the same event twice makes one journal entry, whichever way it comes; owed deliveries survive. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { problemOf } from '../support/http-api.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order, orderPlaced } from '../support/orders.ts';
import type { OrderPlaced } from '../support/orders.ts';
import { eventually } from '../support/eventually.ts';

let server: HoldfastServer;
let till: MqttUser;
beforeAll(async () => {
  server = await HoldfastServer.start();
  till = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
});
afterAll(async () => {
  await till[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Positions of an event in the journal. */
async function journaled(event: OrderPlaced): Promise<readonly number[]> {
  const events = await server.api.events('?type=order.placed');
  return events.filter(({ id }) => id === event.id).map(({ seq }) => seq);
}

async function overHttp(event: object): Promise<void> {
  await server.api.publish(event);
}

async function overMqtt(event: object): Promise<void> {
  await till.publish('hf/events/order.placed', event);
}

describe('the same event twice makes one entry', () => {
  test.each([
    ['HTTP, then HTTP', overHttp, overHttp],
    ['MQTT, then MQTT', overMqtt, overMqtt],
    ['HTTP, then MQTT', overHttp, overMqtt],
    ['MQTT, then HTTP', overMqtt, overHttp],
  ])('%s', async (_, first, second) => {
    const event = orderPlaced(order());
    await first(event);
    await second(event);
    expect(await journaled(event)).toHaveLength(1);
    await server.api.waitForStatus('order', event.id, 'waiting');
    const calls = server.calls().filter(({ body }) => body.orderId === event.id);
    expect(calls.map(({ name }) => name).toSorted()).toEqual(['kitchen.reserve', 'payment.charge']);
  });

  test('also at the same moment, many times, both ways', async () => {
    const event = orderPlaced(order());
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? overHttp(event) : overMqtt(event))),
    );
    expect(await journaled(event)).toHaveLength(1);
  });

  test('and the repeat is told the first position', async () => {
    const event = orderPlaced(order());
    const first = await server.api.publish(event);
    const second = await server.api.publish(event);
    expect(second).toMatchObject({ seq: first.seq, id: event.id, duplicate: true });
  });

  test('also after the server was killed and started again', async () => {
    const event = orderPlaced(order());
    const { seq } = await server.api.publish(event);
    const { httpPort, mqttPort } = server;
    await server.sigkill();
    await server.restart({ httpPort, mqttPort });
    expect(await server.api.publish(event)).toMatchObject({ seq, duplicate: true });
    till = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await overMqtt(event);
    expect(await journaled(event)).toEqual([seq]);
  });

  test('the order of members and white space make no other event', async () => {
    const event = orderPlaced(order());
    const { seq } = await server.api.publish(event);
    const { data, ...envelope } = event;
    const turned = { data: Object.fromEntries(Object.entries(data).toReversed()), ...envelope };
    const answer = await server.api.send('POST', '/v1/events', JSON.stringify(turned, null, 4));
    expect(answer.json).toMatchObject({ seq, duplicate: true });
  });
});

describe('the same id with other content is refused', () => {
  test('over HTTP with 409, naming where the first one stands', async () => {
    const event = orderPlaced(order());
    const { seq } = await server.api.publish(event);
    const other = { ...event, data: { ...event.data, amount: event.data.amount + 1 } };
    const answer = await server.api.post('/v1/events', other);
    expect(answer.status).toBe(409);
    expect(problemOf(answer)).toMatchObject({ code: 'event.conflict' });
    expect(problemOf(answer).detail).toContain(String(seq));
    expect(await journaled(event)).toEqual([seq]);
  });

  test('over MQTT: acknowledged, and in quarantine', async () => {
    const event = orderPlaced(order());
    const { seq } = await server.api.publish(event);
    await overMqtt({ ...event, data: { ...event.data, amount: event.data.amount + 1 } });
    expect(await journaled(event)).toEqual([seq]);
    const found = (await server.api.quarantine()).find(
      (entry) => entry.code === 'event.conflict' && entry.head?.includes(event.id) === true,
    );
    expect(found).toMatchObject({ origin: 'mqtt' });
  });

  test('but another source, or another tenant, may use the same id', async () => {
    const event = orderPlaced(order());
    const { seq } = await server.api.publish(event);
    const elsewhere = { ...event, source: '/test/other-till', data: { ...event.data, amount: 1 } };
    expect((await server.api.publish(elsewhere)).duplicate).toBe(false);
    const { secret } = await server.api.createKey({
      name: 'b',
      tenant: 'b',
      scopes: ['publish', 'view'],
    });
    const theirs = server.api.with({ key: secret });
    const answer = await theirs.publish({ ...event, data: { ...event.data, amount: 2 } });
    expect(answer.duplicate).toBe(false);
    expect(answer.seq).toBeGreaterThan(seq);
  });
});

describe('an event that brings no id', () => {
  test('counts each time, and is told so', async () => {
    const type = `shelf.weighed.${randomUUID()}`;
    const first = await server.api.publish({ type, data: { grams: 1 } });
    const second = await server.api.publish({ type, data: { grams: 1 } });
    expect(second.seq).toBeGreaterThan(first.seq);
    expect(first).toMatchObject({ duplicate: false, delivery: 'at-least-once' });
  });
});

describe('what is owed to a subscriber who is away', () => {
  test('comes after PUBACK, SIGKILL and restart, in order and once', async () => {
    const topic = `devices/${randomUUID()}`;
    const clientId = `shelf-${randomUUID()}`;
    const away = await MqttUser.connect(server.ready.mqtt, {
      key: server.adminKey,
      clientId,
      clean: false,
    });
    await away.subscribe(`${topic}/#`, 1);
    await away.end();

    await using sender = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    const expected: string[] = [];
    for (let i = 0; i < 20; i += 1) {
      await sender.publish(`${topic}/${i}`, `message ${i}`);
      expected.push(`message ${i}`);
    }
    // PUBACK has come for all of them: nothing may be lost now.
    await server.sigkill();
    await server.restart();

    await using back = await MqttUser.connect(server.ready.mqtt, {
      key: server.adminKey,
      clientId,
      clean: false,
    });
    expect(back.sessionPresent).toBe(true);
    await back.message('the last owed message', ({ payload }) => payload === expected.at(-1));
    expect(back.received.map(({ payload }) => payload)).toEqual(expected);

    // What was delivered and acknowledged is owed no more, also after another crash.
    await sleep(200);
    await server.sigkill();
    await server.restart();
    await using third = await MqttUser.connect(server.ready.mqtt, {
      key: server.adminKey,
      clientId,
      clean: false,
    });
    await using other = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await other.publish(`${topic}/marker`, 'marker');
    await third.message('the marker', ({ payload }) => payload === 'marker');
    expect(third.received.filter(({ dup, payload }) => !dup && payload !== 'marker')).toEqual([]);
  });

  test('workflow events and events from outside reach their topics after a crash too', async () => {
    const clientId = `screen-${randomUUID()}`;
    const screen = await MqttUser.connect(server.ready.mqtt, {
      key: server.adminKey,
      clientId,
      clean: false,
    });
    await screen.subscribe('hf/events/order.placed', 1);
    await screen.end();
    const event = orderPlaced(order());
    await using sender = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await sender.publish('hf/events/order.placed', event);
    await server.sigkill();
    await server.restart();
    await using back = await MqttUser.connect(server.ready.mqtt, {
      key: server.adminKey,
      clientId,
      clean: false,
    });
    const message = await back.message('the order', ({ payload }) => payload.includes(event.id));
    expect(message.topic).toBe('hf/events/order.placed');
  });

  test('a retained message and a will are there after a crash', async () => {
    const topic = `devices/${randomUUID()}`;
    await using device = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await device.publish(`${topic}/state`, 'on', { retain: true });
    await server.sigkill();
    await server.restart();
    await using viewer = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await viewer.subscribe(`${topic}/#`);
    const kept = await viewer.message('the retained message', () => true);
    expect(kept).toMatchObject({ topic: `${topic}/state`, payload: 'on', retain: true });
    await eventually('nothing else came', () => (viewer.received.length === 1 ? true : undefined));
  });
});
