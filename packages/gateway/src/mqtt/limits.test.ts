/** What bounds one client, so that it harms no other. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually, KEY, keyRow, startBroker, systemClock } from './testing/broker-under-test.ts';
import type { UnderTest } from './testing/broker-under-test.ts';
import { selfSigned } from './testing/self-signed.ts';
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

describe('limits of connections and sessions', () => {
  const serverUnavailable = { code: 3 };

  test('connections of one key; the client that comes back takes its own place', async () => {
    const { connect } = await startBroker({
      keys: [keyRow(KEY), keyRow('other')],
      config: { maxClientsPerKey: 2 },
    });
    await connect({ clientId: 'a' });
    const b = await connect({ clientId: 'b' });
    await expect(connect({ clientId: 'c' })).rejects.toMatchObject(serverUnavailable);
    await connect({ clientId: 'c', password: 'other' });
    await connect({ clientId: 'b' });
    await b.closed();
  });

  test('connections from one address', async () => {
    const { connect, raw, log, gateway } = await startBroker({
      config: { maxClientsPerAddress: 1 },
    });
    const first = await connect();
    const second = await raw();
    await second.end();
    expect(log.map((line) => line.message)).toContainEqual(
      expect.stringContaining('from one address'),
    );
    await first.end();
    await eventually(() => gateway.stats().connections === 0);
    await connect();
  });

  test('persistent sessions, in all and of a tenant; clean ones and those that are there are taken', async () => {
    const keys = [
      keyRow(KEY),
      keyRow('other', { tenant: 'other' }),
      keyRow('third', { tenant: 'third' }),
    ];
    const { connect } = await startBroker({
      keys,
      config: { maxSessions: 3, maxSessionsPerTenant: 2 },
    });
    const keep = async (clientId: string, password: string): Promise<void> => {
      const client = await connect({ clientId, clean: false, password });
      await client.subscribe('a', 1);
      await client.end();
    };
    await keep('a', KEY);
    await keep('b', KEY);
    await expect(keep('c', KEY)).rejects.toMatchObject(serverUnavailable);
    await keep('a', KEY);
    await connect({ clientId: 'd', clean: true });
    await keep('a', 'other');
    await expect(keep('a', 'third')).rejects.toMatchObject(serverUnavailable);
    const done = await connect({ clientId: 'b', clean: true });
    await done.end();
    await keep('a', 'third');
  });

  test('subscriptions of one client', async () => {
    const { connect } = await startBroker({ config: { maxSubscriptions: 2 } });
    const client = await connect();
    expect(await client.subscribe('a', 1)).toBe(1);
    expect(await client.subscribe('b', 1)).toBe(1);
    expect(await client.subscribe('c', 1)).toBe(128);
    expect(await client.subscribe('b', 0)).toBe(0);
  });
});

describe('what is retained', () => {
  test('is bounded in number; a further topic is delivered, acknowledged, and not retained', async () => {
    const { connect, gateway, log, engine } = await startBroker({
      config: { retained: { messages: 2, bytes: 1000 } },
    });
    const watcher = await connect({ clientId: 'watcher' });
    await watcher.subscribe('#', 1);
    const till = await connect({ clientId: 'till' });
    for (const topic of ['a', 'b', 'c', 'd']) await till.publish(topic, topic, 1, true);
    await till.publish('a', 'A', 1, true);
    expect(await watcher.receive(5)).toEqual(['a', 'b', 'c', 'd', 'A']);
    expect(gateway.stats()).toMatchObject({ retained: 2, retainedBytes: 2, retainedRefused: 2 });
    expect(engine.disk.snapshot().retained.map(({ topic }) => topic)).toEqual([
      '@acme/a',
      '@acme/b',
    ]);
    expect(log.filter((line) => line.message.includes('retains no more'))).toHaveLength(1);
    await till.publish('a', '', 1, true);
    await till.publish('c', 'c', 1, true);
    expect(gateway.stats()).toMatchObject({ retained: 2, retainedRefused: 2 });
  });

  test('is bounded in bytes; one no larger than that before it always fits', async () => {
    const { connect, gateway } = await startBroker({
      config: { retained: { messages: 100, bytes: 10 } },
    });
    const till = await connect();
    await till.publish('a', '123456', 1, true);
    await till.publish('b', '12345', 1, true);
    expect(gateway.stats()).toMatchObject({ retained: 1, retainedBytes: 6, retainedRefused: 1 });
    await till.publish('a', '123', 1, true);
    await till.publish('b', '12345', 1, true);
    expect(gateway.stats()).toMatchObject({ retained: 2, retainedBytes: 8 });
  });
});

test('what is owed to a session that is away is bounded: what is there stays, more is not kept, and it is said', async () => {
  const { connect, gateway, log } = await startBroker({
    config: { owedPerSession: { messages: 2, bytes: 1000 } },
  });
  const phone = await connect({ clientId: 'phone', clean: false });
  await phone.subscribe('news', 1);
  await phone.end();
  const till = await connect({ clientId: 'till' });
  for (const text of ['1', '2', '3', '4']) await till.publish('news', text);
  expect(gateway.stats()).toMatchObject({ owed: 2, owedRefused: 2 });
  expect(log.filter((line) => line.message.includes('owed too much'))).toHaveLength(1);
  const back = await connect({ clientId: 'phone', clean: false });
  expect(await back.receive(2)).toEqual(['1', '2']);
});

test('who never ends the TLS handshake is closed when the time for CONNECT is up', async () => {
  const { gateway } = await startBroker({ config: { connectTimeout: 50 } });
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0, tls: selfSigned() });
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'close');
  expect(socket.destroyed).toBe(true);
});

test('strangers do not fill the log: of what they are refused for, a few lines are said', async () => {
  let now = 0;
  const still = { ...systemClock, monotonic: () => now };
  const { connect: join, log } = await startBroker({ clock: still });
  for (let n = 0; n < 30; n++)
    await expect(join({ password: '', username: '' })).rejects.toThrow(/./);
  const said = (): UnderTest['log'] =>
    log.filter(({ level, message }) => level === 'warn' && message.includes('refused'));
  expect(said()).toHaveLength(10);
  expect(log.filter(({ message }) => message.includes('refused'))).toHaveLength(30);
  // A subscription that its key may not have is refused in the same way, and told apart from the others.
  const client = await join({ password: KEY });
  for (let n = 0; n < 30; n++) await client.mqtt.subscribeAsync(`$SYS/${n}`).catch(() => undefined);
  const filters = log.filter(({ message }) => message === 'MQTT subscription refused');
  expect(filters.filter(({ level }) => level === 'info')).toHaveLength(10);
  expect(filters.length).toBeGreaterThanOrEqual(30);
  now += 6_000;
  await expect(join({ password: '', username: '' })).rejects.toThrow(/./);
  expect(said().at(-1)?.fields).toMatchObject({ leftOut: 20 });
});
