/** I1 at the socket: what is acknowledged is committed, in order, and held only up to a limit. */
import { describe, expect, test } from 'vitest';
import { HoldfastError } from '@holdfast/core';
import { eventually, startBroker } from './testing/broker-under-test.ts';
import type { RawClient } from './testing/test-clients.ts';

const EVENT = 'hf/events/order.placed';

/** Resolves when the broker has answered a ping, and so has read all that was sent before. */
async function pingPong(client: RawClient): Promise<void> {
  const before = client.of('pingresp').length;
  client.send({ cmd: 'pingreq' });
  await client.until(() => client.of('pingresp').length > before);
}

describe('nothing is acknowledged before its commit', () => {
  test.each([
    ['PUBACK of an event', EVENT, 1, 'puback'],
    ['PUBREC of an event', EVENT, 2, 'pubrec'],
    ['PUBACK of a forbidden publish', 'hf/workflow/effect.succeeded', 1, 'puback'],
    ['PUBREC of a forbidden publish', 'hf/workflow/effect.succeeded', 2, 'pubrec'],
  ] as const)('%s', async (_, topic, qos, answer) => {
    const { engine, raw } = await startBroker();
    const client = await raw();
    await client.hello('c');
    engine.mode = 'held';
    client.publish(7, topic, '{}', { qos });
    await eventually(() => engine.waiting === 1);
    // A ping is answered meanwhile: the connection lives, only the acknowledgement waits.
    await pingPong(client);
    expect(client.of(answer)).toEqual([]);
    engine.release();
    await client.until(() => client.of(answer).length === 1);
    expect(client.ids(answer)).toEqual([7]);
  });

  test('PUBACK of a retained message, and of one owed to a session that is away', async () => {
    const { engine, raw, connect } = await startBroker();
    const away = await connect({ clientId: 'away', clean: false });
    await away.subscribe('a/#', 1);
    await away.end();
    const client = await raw();
    await client.hello('c');
    engine.mode = 'held';
    client.send({
      cmd: 'publish',
      topic: 'r',
      payload: 'x',
      qos: 1,
      messageId: 1,
      retain: true,
      dup: false,
    });
    client.publish(2, 'a/b', 'y');
    await eventually(() => engine.waiting > 0);
    await pingPong(client);
    expect(client.of('puback')).toEqual([]);
    engine.mode = 'auto';
    engine.release();
    await client.until(() => client.of('puback').length === 2);
    expect(engine.disk.retainedTopics).toEqual(['@acme/r']);
    expect(engine.disk.snapshot().owed).toMatchObject([
      { client: '@acme/away', packet: { topic: '@acme/a/b' } },
    ]);
  });

  test('a message that leaves nothing to remember needs no commit', async () => {
    const { engine, connect } = await startBroker();
    const online = await connect({ clientId: 'online' });
    await online.subscribe('a/b', 1);
    const client = await connect({ clientId: 'c' });
    engine.mode = 'held';
    await client.publish('a/b', 'x');
    expect(await online.receive(1)).toEqual(['x']);
    expect(engine.waiting).toBe(0);
  });
});

test('acknowledgements go out in the order of the publishes, whatever their commits do', async () => {
  const { engine, raw } = await startBroker();
  const client = await raw();
  await client.hello('c');
  engine.mode = 'held';
  client.publish(1, EVENT, '{"n":1}');
  client.publish(2, 'a/b', 'needs no commit');
  client.publish(3, EVENT, '{"n":3}', { qos: 2 });
  client.publish(4, EVENT, 'not JSON');
  client.publish(5, EVENT, '{"n":5}');
  client.publish(6, EVENT, '{"n":6}', { qos: 2 });
  await eventually(() => engine.waiting === 5);
  engine.releaseLast();
  engine.releaseLast();
  await pingPong(client);
  expect(client.of('puback')).toEqual([]);
  engine.release();
  await client.until(() => client.of('puback').length === 4);
  await client.until(() => client.of('pubrec').length === 2);
  expect(client.ids('puback')).toEqual([1, 2, 4, 5]);
  expect(client.ids('pubrec')).toEqual([3, 6]);
});

describe('what one client may have held', () => {
  test('beyond the count it is not read, and then it is read on', async () => {
    const { engine, raw, gateway } = await startBroker({
      config: { heldPerClient: { messages: 10, bytes: 1e9 } },
    });
    const client = await raw();
    await client.hello('c');
    engine.mode = 'held';
    const payload = JSON.stringify('x'.repeat(10_000));
    for (let id = 1; id <= 1000; id++) client.publish(id, EVENT, payload);
    await eventually(() => gateway.stats().paused === 1);
    // What was read before the pause is held; the rest stays in the sockets.
    const { held } = gateway.stats();
    expect(held).toBeGreaterThanOrEqual(10);
    expect(held).toBeLessThan(200);
    engine.mode = 'auto';
    engine.release();
    await client.until(() => client.of('puback').length === 1000);
    expect(client.ids('puback')).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
    expect(gateway.stats()).toMatchObject({ held: 0, heldBytes: 0, paused: 0 });
    expect(engine.disk.events).toHaveLength(1000);
  });

  test('beyond the bytes as well; others go on', async () => {
    const { engine, raw, gateway, connect } = await startBroker({
      config: { heldPerClient: { messages: 1e6, bytes: 100_000 } },
    });
    const client = await raw();
    await client.hello('c');
    const other = await connect({ clientId: 'other' });
    engine.mode = 'held';
    for (let id = 1; id <= 100; id++) client.publish(id, EVENT, JSON.stringify('x'.repeat(50_000)));
    await eventually(() => gateway.stats().paused === 1);
    expect(gateway.stats().heldBytes).toBeLessThan(1_000_000);
    await other.publish('a/b', 'not held up');
    engine.mode = 'auto';
    engine.release();
    await client.until(() => client.of('puback').length === 100);
  });

  test('a client that is not read does not fail its keep alive', async () => {
    const { engine, raw, gateway } = await startBroker({
      config: { heldPerClient: { messages: 1, bytes: 1e9 } },
    });
    const client = await raw();
    await client.hello('c', { keepalive: 1 });
    engine.mode = 'held';
    client.publish(1, EVENT, '1');
    await eventually(() => gateway.stats().paused === 1);
    // Longer than one and a half times its keep alive.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(client.closed).toBe(false);
    engine.release();
    await client.until(() => client.of('puback').length === 1);
  });

  test('a client that does not take what it is sent is not read either', async () => {
    const { raw, gateway } = await startBroker();
    const client = await raw();
    await client.hello('c');
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'echo', qos: 1 }] });
    await client.until(() => client.of('suback').length === 1);
    client.socket.pause();
    const payload = 'x'.repeat(256 * 1024);
    for (let id = 1; id <= 200; id++) client.publish(id, 'echo', payload);
    await eventually(() => gateway.stats().paused === 1);
    client.socket.resume();
    await client.until(
      () => client.of('puback').length === 200 && client.of('publish').length === 200,
    );
    expect(gateway.stats().paused).toBe(0);
  });
});

describe('when the engine refuses', () => {
  test('listeners and connections are closed, nothing is acknowledged, and it opens again by itself', async () => {
    const { engine, raw, gateway, connect, port } = await startBroker();
    const client = await raw();
    await client.hello('c');
    engine.mode = 'held';
    client.publish(1, EVENT, '1');
    await eventually(() => engine.waiting === 1);
    engine.refuse();
    await client.end();
    expect(client.of('puback')).toEqual([]);
    expect(gateway.stats().listening).toBe(false);
    await expect(connect()).rejects.toThrow(/ECONNREFUSED/);
    expect(engine.disk.events).toEqual([]);

    engine.recover();
    engine.mode = 'auto';
    await eventually(() => gateway.stats().listening);
    const again = await connect({ clientId: 'c' });
    await again.publish(EVENT, '1');
    expect(engine.disk.events).toHaveLength(1);
    expect(port).toBeGreaterThan(0);
  });

  test.each([EVENT, 'a/b'])(
    'the packet id of a QoS 2 message to %s that was refused is free: sent again, it is taken in',
    async (topic) => {
      const { engine, raw, gateway } = await startBroker();
      const client = await raw();
      await client.hello('c', { clean: false });
      engine.mode = 'held';
      client.publish(5, topic, '1', { qos: 2 });
      await eventually(() => engine.waiting === 1);
      engine.refuse();
      await client.end();
      engine.recover();
      engine.mode = 'auto';
      await eventually(() => gateway.stats().listening);
      const again = await raw();
      await again.hello('c', { clean: false });
      again.publish(5, topic, '1', { qos: 2, dup: true });
      await again.until(() => again.of('pubrec').length === 1);
      expect(again.ids('pubrec')).toEqual([5]);
    },
  );

  test('overloaded: what was refused is offered again, in order, and acknowledged then', async () => {
    const { engine, raw } = await startBroker();
    const client = await raw();
    await client.hello('c');
    let taken = 0;
    let open = 3;
    engine.admit = () => {
      if (taken >= open) throw new HoldfastError('overloaded', 'busy');
      taken += 1;
    };
    for (let id = 1; id <= 300; id++) client.publish(id, EVENT, String(id));
    await client.until(() => client.of('puback').length === 3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.of('puback')).toHaveLength(3);
    open = 200;
    await client.until(() => client.of('puback').length === 200);
    // Newer ones come while there is room again, and do not overtake.
    open = 1000;
    for (let id = 301; id <= 400; id++) client.publish(id, EVENT, String(id));
    await client.until(() => client.of('puback').length === 400);
    expect(engine.disk.events.map((event) => Number(event.data))).toEqual(
      Array.from({ length: 400 }, (_, i) => i + 1),
    );
  });

  test('stopIntake closes at once, resumeIntake opens', async () => {
    const { engine, raw, gateway, connect } = await startBroker();
    const client = await raw();
    await client.hello('c');
    engine.mode = 'held';
    client.publish(1, EVENT, '1');
    await eventually(() => engine.waiting === 1);
    gateway.stopIntake();
    await client.end();
    engine.mode = 'auto';
    engine.release();
    expect(client.of('puback')).toEqual([]);
    await expect(connect()).rejects.toThrow(/ECONNREFUSED/);
    await gateway.resumeIntake();
    await (await connect()).publish(EVENT, '2');
    expect(engine.disk.events.map((event) => event.data)).toEqual(['1', '2']);
  });

  test('closing acknowledges what is being committed', async () => {
    const { engine, raw, gateway } = await startBroker();
    const client = await raw();
    await client.hello('c');
    engine.delay = 30;
    client.publish(1, EVENT, '1');
    await eventually(() => engine.waiting === 1);
    await gateway.close();
    await client.end();
    expect(client.ids('puback')).toEqual([1]);
  });

  test.each([
    [1, 'puback'],
    [2, 'pubrec'],
  ] as const)(
    'closing in the turn of a commit lets its acknowledgement of QoS %i out',
    async (qos, answer) => {
      const { engine, raw, gateway } = await startBroker();
      const client = await raw();
      await client.hello('c');
      engine.mode = 'held';
      client.publish(1, EVENT, '1', { qos });
      await eventually(() => engine.waiting === 1);
      engine.release();
      // Microtasks only: nothing is held any more, and the socket has not been written to yet.
      while (gateway.stats().held > 0) await Promise.resolve();
      await gateway.close();
      await client.end();
      expect(client.ids(answer)).toEqual([1]);
    },
  );
});
