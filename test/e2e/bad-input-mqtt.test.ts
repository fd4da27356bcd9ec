/** Bad input over MQTT: acknowledged, so that no client sends it for ever, and kept in quarantine with its reason. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import type { QuarantineAnswer } from '../support/http-api.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order, orderPlaced } from '../support/orders.ts';

const MIB = 1024 * 1024;
const ORDERS = 'hf/events/order.placed';

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

/** I9: whatever came before, the same connection still stands and the next order runs. */
afterEach(async () => {
  expect(till.connected).toBe(true);
  const placed = order();
  await till.publish(ORDERS, placed);
  await server.api.waitForStatus('order', placed.orderId, 'waiting');
});

/** The entry of the quarantine that speaks of this message. */
async function quarantined(
  what: string,
  fits: (entry: QuarantineAnswer) => boolean,
): Promise<QuarantineAnswer> {
  return eventually(what, async () => (await server.api.quarantine()).find(fits));
}

describe.each([1, 2] as const)(
  'a message that is no event, QoS %i: acknowledged into quarantine',
  (qos) => {
    test.each<[string, (mark: string) => string, string]>([
      ['no JSON', (mark) => `{"id": ${mark}`, 'event.not_json'],
      [
        'U+0000',
        (mark) => JSON.stringify({ ...order(), customer: `${mark}\u0000` }),
        'event.invalid',
      ],
      [
        'an envelope without a source',
        (mark) => JSON.stringify({ ...orderPlaced(order()), id: mark, source: undefined }),
        'event.invalid',
      ],
      [
        'an envelope of another type',
        (mark) => JSON.stringify({ ...orderPlaced(order()), id: mark, type: 'other' }),
        'event.invalid',
      ],
      [
        'data that does not fit its schema',
        (mark) => JSON.stringify({ orderId: mark, amount: 'much' }),
        'event.invalid',
      ],
      [
        "the engine's own source",
        (mark) => JSON.stringify({ ...orderPlaced(order()), id: mark, source: 'holdfast:engine' }),
        'event.reserved',
      ],
      [
        "another tenant's",
        (mark) => JSON.stringify({ ...orderPlaced(order()), id: mark, tenantid: 'b' }),
        'auth.tenant',
      ],
    ])('%s', async (_, payload, code) => {
      const mark = randomUUID();
      await till.publish(ORDERS, payload(mark), { qos });
      const entry = await quarantined(
        `quarantine of ${mark}`,
        ({ head }) => head?.includes(mark) === true,
      );
      expect(entry).toMatchObject({ origin: 'mqtt', code });
      expect(entry.reason).not.toBe('');
      expect(JSON.stringify(entry.context)).toContain(ORDERS);
      const events = await server.api.events('?type=order.placed');
      expect(events.filter(({ id }) => id === mark)).toEqual([]);
    });

    test('bytes that are not UTF-8', async () => {
      const mark = randomUUID();
      await till.publish(`hf/events/${mark}`, Buffer.from([0xff, 0xfe, 0x00]), { qos });
      const entry = await quarantined('the quarantine of it', ({ context }) =>
        JSON.stringify(context).includes(mark),
      );
      expect(entry.code).toBe('event.not_json');
    });

    test('too large: its head is kept', async () => {
      const mark = randomUUID();
      const payload = JSON.stringify({ ...order({ orderId: mark }), customer: 'x'.repeat(MIB) });
      await till.publish(ORDERS, payload, { qos });
      const entry = await quarantined(
        `quarantine of ${mark}`,
        ({ head }) => head?.includes(mark) === true,
      );
      expect(entry).toMatchObject({ origin: 'mqtt', code: 'event.too_large' });
      expect(payload.startsWith(entry.head ?? '-')).toBe(true);
      expect(entry.head?.length).toBeLessThanOrEqual(4096);
      expect(await server.api.saga('order', mark)).toBeNull();
    });
  },
);

describe('what a key does not allow', () => {
  test('is acknowledged, recorded and dropped, once: the client is not made to send it again', async () => {
    const mark = randomUUID();
    const { secret } = await server.api.createKey({
      name: 'shelf',
      scopes: ['publish', 'subscribe'],
      topics: ['shelf/#'],
    });
    await using shelf = await MqttUser.connect(server.ready.mqtt, { key: secret });
    await using viewer = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await viewer.subscribe('#');
    for (const topic of [`doors/${mark}`, ORDERS]) {
      await shelf.publish(topic, JSON.stringify({ mark }));
      const entry = await quarantined(
        `the record of ${topic}`,
        ({ context, head }) =>
          JSON.stringify(context).includes(topic) && head?.includes(mark) === true,
      );
      expect(entry).toMatchObject({ origin: 'mqtt', code: 'auth.scope' });
    }
    await shelf.publish(`shelf/${mark}`, 'allowed');
    await viewer.message('what is allowed', ({ payload }) => payload === 'allowed');
    expect(viewer.received.map(({ topic }) => topic)).toEqual([`shelf/${mark}`]);
    expect(shelf.connected).toBe(true);
    const records = (await server.api.quarantine()).filter(
      ({ head }) => head?.includes(mark) === true,
    );
    expect(records).toHaveLength(2);
  });

  test('a subscription is refused, also one that the session had from before', async () => {
    const { secret } = await server.api.createKey({
      name: 'shelf',
      scopes: ['subscribe'],
      topics: ['shelf/#'],
    });
    const clientId = randomUUID();
    const first = await MqttUser.connect(server.ready.mqtt, {
      key: secret,
      clientId,
      clean: false,
    });
    expect(await first.subscribe('doors/#')).toBe(128);
    expect(await first.subscribe('shelf/#')).toBe(1);
    await first.end();
    await till.publish('doors/1', 'secret');
    await till.publish('shelf/1', 'open');
    await using back = await MqttUser.connect(server.ready.mqtt, {
      key: secret,
      clientId,
      clean: false,
    });
    await back.message('what it may see', ({ payload }) => payload === 'open');
    expect(back.received).toHaveLength(1);
  });
});

describe('a forged outcome', () => {
  test('as an event: quarantined; on the topic of workflow events: dropped, and nobody hears it', async () => {
    const placed = order();
    await till.publish(ORDERS, placed);
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
    await using viewer = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await viewer.subscribe('hf/workflow/#');
    const forged = JSON.stringify({
      specversion: '1.0',
      id: randomUUID(),
      source: '/me',
      type: 'wait.completed',
      data: {},
    });
    await till.publish('hf/events/wait.completed', forged);
    await till.publish('hf/workflow/wait.completed', forged);
    await till.publish('hf/workflow/wait.completed', forged, { qos: 0, retain: true });
    const records = await eventually('both are recorded', async () => {
      const found = (await server.api.quarantine()).filter(({ context }) =>
        JSON.stringify(context).includes('wait.completed'),
      );
      return found.length >= 2 ? found : undefined;
    });
    expect(records.every(({ origin }) => origin === 'mqtt')).toBe(true);
    expect((await server.api.saga('order', placed.orderId))?.status).toBe('waiting');
    // The real one is heard.
    await server.api.completeWait('order', placed.orderId, 'kitchen.ready');
    await viewer.message('the real outcome', ({ topic }) => topic === 'hf/workflow/wait.completed');
    const heard = viewer.received.filter(({ topic }) => topic === 'hf/workflow/wait.completed');
    expect(heard).toHaveLength(1);
    expect(heard[0]?.payload).not.toContain('/me');
  });

  test('nothing can be published for the broker itself', async () => {
    await using viewer = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await viewer.subscribe('$SYS/#');
    await till.publish('$SYS/broker/clients', 'forged');
    await till.publish('shelf/after', 'x');
    await viewer.subscribe('shelf/#');
    await till.publish('shelf/after', 'y');
    await viewer.message('what came after', ({ payload }) => payload === 'y');
    expect(viewer.received.map(({ payload }) => payload)).not.toContain('forged');
  });
});

describe('a client that breaks the protocol', () => {
  test('loses its connection, and only its own', async () => {
    const rude = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    rude.client.stream.write(Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff, 0x01]));
    await eventually('the connection is closed', () => (rude.connected ? undefined : true));
    expect(till.connected).toBe(true);
    await rude[Symbol.asyncDispose]();
  });

  test('that floods with publishes and never reads is held back, and the others go on', async () => {
    const flood = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    const type = `flood.${randomUUID()}`;
    const sent = Array.from({ length: 5000 }, (_, i) => flood.publish(`hf/events/${type}`, { i }));
    await Promise.all(sent);
    expect(await server.api.events(`?type=${type}`)).toHaveLength(5000);
    await flood[Symbol.asyncDispose]();
  });
});
