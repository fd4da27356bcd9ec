/** What bounds one client, so that it harms no other. */
import { describe, expect, test } from 'vitest';
import { eventually, startBroker } from './testing/broker-under-test.ts';
import type { UnderTest } from './testing/broker-under-test.ts';
import type { RawClient } from './testing/test-clients.ts';

const BLOCK = 'x'.repeat(256 * 1024);

/** A subscriber that stops reading. */
async function deaf(broker: UnderTest, qos: 0 | 1, clean: boolean): Promise<RawClient> {
  const client = await broker.raw();
  await client.hello('deaf', { clean });
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos }] });
  await client.until(() => client.of('suback').length === 1);
  client.socket.pause();
  return client;
}

describe('a subscriber that does not read', () => {
  test('is not sent QoS 0 messages without end, and holds up nobody', async () => {
    const broker = await startBroker();
    const slow = await deaf(broker, 0, true);
    const other = await broker.connect({ clientId: 'other' });
    await other.subscribe('a', 1);
    const till = await broker.connect({ clientId: 'till' });
    for (let i = 0; i < 100; i++) await till.publish('a', BLOCK);
    await other.receive(100);
    expect(broker.gateway.stats().dropped).toBeGreaterThan(0);
    expect(slow.closed).toBe(false);
  });

  test('of QoS 1 is closed, and what it is owed stays', async () => {
    const broker = await startBroker();
    const slow = await deaf(broker, 1, false);
    const till = await broker.connect({ clientId: 'till' });
    let sent = 0;
    while (broker.gateway.stats().connections === 2) {
      if (sent > 400) throw new Error('it was sent on and on');
      await till.publish('a', BLOCK);
      sent += 1;
    }
    expect(broker.log.map((line) => line.message)).toContainEqual(
      expect.stringContaining('does not take'),
    );
    expect(broker.gateway.stats().owed).toBe(Math.min(sent, 256));
    slow.socket.destroy();
    await till.publish('b', 'lives');
  });
});

test('no more connections than allowed', async () => {
  const { connect, raw, gateway, log } = await startBroker({ config: { maxClients: 1 } });
  const first = await connect();
  const second = await raw();
  await second.end();
  expect(log.map((line) => line.message)).toContainEqual(
    expect.stringContaining('as many as allowed'),
  );
  await first.end();
  await eventually(() => gateway.stats().connections === 0);
  await connect();
});

test('a connection that never says who it is, is closed', async () => {
  const { raw } = await startBroker({ config: { connectTimeout: 20 } });
  const client = await raw();
  await client.end();
  expect(client.packets).toEqual([]);
});

test('a client that is silent for longer than its keep alive is closed, with its will', async () => {
  const { raw, connect } = await startBroker();
  const watcher = await connect();
  await watcher.subscribe('gone', 1);
  const client = await raw();
  client.send({
    cmd: 'connect',
    clientId: 'c',
    clean: true,
    keepalive: 1,
    protocolVersion: 4,
    username: 'x',
    password: Buffer.from('hf_acme'),
    will: { topic: 'gone', payload: Buffer.from('silent'), qos: 1, retain: false },
  });
  await client.end();
  expect(await watcher.receive(1)).toEqual(['silent']);
});

test('what is sent before CONNACK waits for it, however much it is', async () => {
  const { raw, engine } = await startBroker();
  const client = await raw();
  const hello = client.hello('c');
  for (let id = 1; id <= 500; id++) client.publish(id, 'hf/events/order.placed', String(id));
  await hello;
  await client.until(() => client.of('puback').length === 500);
  expect(engine.disk.events.map((event) => event.data)).toEqual(
    Array.from({ length: 500 }, (_, i) => String(i + 1)),
  );
});
