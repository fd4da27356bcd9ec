/** What becomes an event, and what goes to quarantine instead. */
import { CloudEvent } from 'cloudevents';
import { describe, expect, test } from 'vitest';
import type { SourceSettings } from '@holdfast/core';
import { KEY, keyRow, startBroker } from './testing/broker-under-test.ts';

const TOPIC = 'hf/events/order.placed';

function topicOf(context: string): string {
  return (JSON.parse(context) as { topic: string }).topic;
}

describe('events', () => {
  test('JSON data gets the type of its topic, the source of its key, and no id', async () => {
    const { connect, engine } = await startBroker();
    const client = await connect({ clientId: 'till' });
    await client.publish(TOPIC, '{"orderId": "o1"}');
    await client.publish(TOPIC, '{"orderId": "o1"}');
    expect(engine.disk.events).toMatchObject([
      { tenant: 'acme', type: 'order.placed', source: '/keys/hf_acme', data: '{"orderId":"o1"}' },
      { seq: 2 },
    ]);
  });

  test.each([0, 1, 2] as const)('QoS %i is journaled, and goes to subscribers', async (qos) => {
    const { connect, engine } = await startBroker();
    const client = await connect({ clientId: 'till' });
    await client.subscribe('hf/events/#', 2);
    await client.publish(TOPIC, '7', qos);
    expect(await client.receive(1)).toEqual(['7']);
    expect(engine.disk.events).toHaveLength(1);
  });

  test('a structured CloudEvent keeps its own identity; the same again is acknowledged and not journaled', async () => {
    const { connect, engine } = await startBroker();
    const client = await connect({ clientId: 'till' });
    const event = new CloudEvent({
      id: 'e1',
      source: '/shop',
      type: 'order.placed',
      data: { orderId: 'o1' },
    });
    await client.publish(TOPIC, JSON.stringify(event));
    await client.publish(TOPIC, JSON.stringify(event));
    expect(engine.disk.events).toMatchObject([
      { id: 'e1', source: '/shop', data: '{"orderId":"o1"}' },
    ]);
    expect(engine.disk.quarantine).toEqual([]);
  });

  test('an envelope may leave its type to the topic', async () => {
    const { connect, engine } = await startBroker();
    const client = await connect();
    await client.publish(
      TOPIC,
      JSON.stringify({ specversion: '1.0', id: 'e1', source: '/s', data: 1 }),
    );
    expect(engine.disk.events).toMatchObject([{ type: 'order.placed', id: 'e1' }]);
  });

  test('a retained event is kept for later subscribers; an empty retained one removes it and is no event', async () => {
    const { connect, engine } = await startBroker();
    const client = await connect();
    await client.publish(TOPIC, '1', 1, true);
    expect(engine.disk.snapshot().retained).toMatchObject([{ topic: `@acme/${TOPIC}` }]);
    await client.publish(TOPIC, '', 1, true);
    expect(engine.disk.snapshot().retained).toEqual([]);
    expect(engine.disk.events).toHaveLength(1);
    expect(engine.disk.quarantine).toEqual([]);
  });
});

describe('bad input is acknowledged into quarantine, and reaches nobody', () => {
  const envelope = { specversion: '1.0', id: 'e', source: '/s', type: 'order.placed', data: 1 };
  test.each([
    ['not JSON', TOPIC, 'order o1, please', 'event.not_json'],
    ['not UTF-8', TOPIC, Buffer.from([0x22, 0xff, 0x22]), 'event.not_json'],
    ['nothing', TOPIC, '', 'event.not_json'],
    [
      'an envelope without id',
      TOPIC,
      JSON.stringify({ ...envelope, id: undefined }),
      'event.invalid',
    ],
    [
      'an envelope of another version',
      TOPIC,
      JSON.stringify({ ...envelope, specversion: '0.3' }),
      'event.invalid',
    ],
    [
      'an envelope of another type',
      TOPIC,
      JSON.stringify({ ...envelope, type: 'order.paid' }),
      'event.invalid',
    ],
    ['another tenant', TOPIC, JSON.stringify({ ...envelope, tenantid: 'globex' }), 'auth.tenant'],
    ['U+0000', TOPIC, '{"a":"\\u0000"}', 'event.invalid'],
    ['nesting without end', TOPIC, '['.repeat(5000) + ']'.repeat(5000), 'event.invalid'],
    ['a forged outcome', 'hf/events/effect.succeeded', '{"chargeId":"c"}', 'event.reserved'],
    ['an outcome in the place of outcomes', 'hf/workflow/effect.succeeded', '{}', 'event.reserved'],
    ['a topic of the house', 'hf/anything', '{}', 'event.reserved'],
    ['hf itself', 'hf', '{}', 'event.reserved'],
    ['$SYS', '$SYS/broker/uptime', '{}', 'event.reserved'],
    ['any $ topic', '$hf/workflow-position', '{"seq":0}', 'event.reserved'],
    ['no type', 'hf/events/', '{}', 'event.invalid'],
    ['a topic too deep', `a${'/a'.repeat(120)}`, 'x', 'event.invalid'],
  ])('%s', async (_, topic, payload, code) => {
    const { connect, engine } = await startBroker();
    const everything = await connect({ clientId: 'everything' });
    await everything.subscribe('#', 2);
    const client = await connect({ clientId: 'bad' });
    for (const qos of [0, 1, 2] as const) await client.publish(topic, payload, qos);
    // The connection lives on, and what follows is taken.
    await client.publish(TOPIC, '"good"');
    expect(await everything.receive(1)).toEqual(['"good"']);
    expect(engine.disk.quarantine.map((entry) => entry.code)).toEqual([code, code, code]);
    const [entry] = engine.disk.quarantine;
    expect(entry).toMatchObject({ tenant: 'acme', origin: 'mqtt' });
    expect(JSON.parse(entry?.context ?? '')).toMatchObject({
      client: 'bad',
      topic,
      key: `id-${KEY}`,
    });
    const text = Buffer.from(payload);
    expect(Buffer.from(entry?.head ?? []).equals(text.subarray(0, 4096))).toBe(true);
    expect(engine.disk.events).toHaveLength(1);
  });

  test('the same id with other content, naming the event it conflicts with', async () => {
    const { connect, engine } = await startBroker();
    const client = await connect();
    await client.publish(TOPIC, JSON.stringify(envelope));
    await client.publish(TOPIC, JSON.stringify({ ...envelope, data: 2 }), 2);
    expect(engine.disk.quarantine).toMatchObject([{ code: 'event.conflict', seq: 1 }]);
    expect(engine.disk.events).toHaveLength(1);
  });

  test('data that its schema refuses, with the faults', async () => {
    const { connect, engine } = await startBroker();
    const faults = [{ at: '/orderId', message: 'is required' }];
    engine.check = () => ({ status: 'invalid', faults });
    const client = await connect();
    await client.publish(TOPIC, '{}', 2, true);
    expect(engine.disk.quarantine).toMatchObject([{ code: 'event.invalid' }]);
    expect(JSON.parse(engine.disk.quarantine[0]?.context ?? '')).toMatchObject({ faults });
    expect(engine.disk.snapshot().retained).toEqual([]);
  });

  test('too large: the head is kept, the sender acknowledged, and no more read than must be', async () => {
    const { connect, engine } = await startBroker({ config: { maxEventBytes: 10_000 } });
    const client = await connect();
    await client.publish(TOPIC, JSON.stringify('x'.repeat(9998)));
    await client.publish(TOPIC, JSON.stringify('x'.repeat(9999)), 2);
    await client.publish('a/b', 'y'.repeat(120_000), 1, true);
    expect(engine.disk.events).toHaveLength(1);
    expect(engine.disk.quarantine.map((entry) => [entry.code, entry.head?.length])).toEqual([
      ['event.too_large', 4096],
      ['event.too_large', 4096],
    ]);
    expect(engine.disk.snapshot().retained).toEqual([]);
  });

  test('far beyond the limit the connection ends', async () => {
    const { raw, engine } = await startBroker({ config: { maxEventBytes: 1000 } });
    const client = await raw();
    await client.hello('c');
    client.publish(1, TOPIC, 'x'.repeat(100_000));
    await client.end();
    expect(client.of('puback')).toEqual([]);
    expect(engine.disk.events).toEqual([]);
  });
});

describe('sources of a manifest', () => {
  const door: SourceSettings = {
    mqtt: 'home/+/door',
    type: 'door.opened',
    id: '/id',
    correlation: '{2}',
    subject: '/who',
  };

  test('make events of messages, which go on as messages', async () => {
    const { connect, engine } = await startBroker({ sources: () => [door] });
    const client = await connect();
    await client.subscribe('home/#', 1);
    const payload = '{"id":17,"who":"ann"}';
    await client.publish('home/kitchen/door', payload);
    await client.publish('home/kitchen/door', payload);
    await client.publish('home/hall/door', payload);
    await client.publish('home/kitchen/window', payload);
    expect(await client.receive(4)).toEqual([payload, payload, payload, payload]);
    expect(engine.disk.events).toMatchObject([
      {
        type: 'door.opened',
        id: '17',
        source: '/topics/home/kitchen/door',
        correlationId: 'kitchen',
        subject: 'ann',
      },
      { source: '/topics/home/hall/door', correlationId: 'hall' },
    ]);
  });

  test('what is no event is quarantined and goes on as a message, owed and retained as such', async () => {
    const { connect, engine } = await startBroker({ sources: () => [door] });
    const away = await connect({ clientId: 'away', clean: false });
    await away.subscribe('home/#', 1);
    await away.end();
    const client = await connect();
    await client.publish('home/kitchen/door', 'OPEN', 1, true);
    await client.publish('home/kitchen/door', '{"id":1}', 1);
    await client.publish('home/kitchen/door', '{"id":1,"who":"bob"}', 1);
    await client.publish('home/kitchen/door', '{"who":"bob"}', 1);
    expect(engine.disk.quarantine.map((entry) => entry.code)).toEqual([
      'event.not_json',
      'event.conflict',
      'event.invalid',
    ]);
    const { owed, retained } = engine.disk.snapshot();
    expect(owed).toHaveLength(4);
    // Beside it there may be the broker's own record of who left when.
    const kept = retained.filter(({ topic }) => topic === '@acme/home/kitchen/door');
    expect(kept.map((row) => Buffer.from(row.payload).toString())).toEqual(['OPEN']);
    const back = await connect({ clientId: 'away', clean: false });
    expect(await back.receive(4)).toEqual([
      'OPEN',
      '{"id":1}',
      '{"id":1,"who":"bob"}',
      '{"who":"bob"}',
    ]);
  });

  test('two sources make two events, the same source of two apps one', async () => {
    const other: SourceSettings = { mqtt: 'home/#', type: 'home.seen' };
    const { connect, engine } = await startBroker({ sources: () => [door, other, { ...other }] });
    const client = await connect();
    await client.publish('home/hall/door', '{"id":1}');
    expect(engine.disk.events.map((event) => event.type)).toEqual(['door.opened', 'home.seen']);
  });

  test('follow the releases that are active', async () => {
    let sources: readonly SourceSettings[] = [];
    const { connect, engine } = await startBroker({ sources: () => sources });
    const client = await connect();
    await client.publish('home/hall/door', '{"id":1}');
    sources = [door];
    await client.publish('home/hall/door', '{"id":2}');
    sources = [];
    await client.publish('home/hall/door', '{"id":3}');
    expect(engine.disk.events.map((event) => event.id)).toEqual(['2']);
  });
});

describe('what a key may publish', () => {
  test('nothing without the scope, and only its topics and types', async () => {
    const { connect, engine } = await startBroker({
      keys: [
        keyRow('reader', { scopes: ['subscribe'] }),
        keyRow('narrow', { topics: ['hf/events/#', 'a/+'], types: ['order.*'] }),
      ],
    });
    const reader = await connect({ clientId: 'r', password: 'reader' });
    await reader.publish('a/b', 'x');
    const narrow = await connect({ clientId: 'n', password: 'narrow' });
    await narrow.publish('a/b', 'x');
    await narrow.publish('b', 'x');
    await narrow.publish('hf/events/order.placed', '1');
    await narrow.publish('hf/events/invoice.sent', '1');
    expect(engine.disk.quarantine.map((entry) => [entry.code, topicOf(entry.context)])).toEqual([
      ['auth.scope', 'a/b'],
      ['auth.scope', 'b'],
      ['auth.scope', 'hf/events/invoice.sent'],
    ]);
    expect(engine.disk.events).toHaveLength(1);
  });
});
