/** What the house itself publishes: `MqttGateway.publish`, which the `mqtt` effect provider uses. */
import { expect, test } from 'vitest';
import { eventually, KEY, keyRow, startBroker } from './testing/broker-under-test.ts';
import { selfSigned } from './testing/self-signed.ts';

test('goes to subscribers of the tenant, queued and retained as any message', async () => {
  const { connect, engine, gateway } = await startBroker({
    keys: [keyRow(KEY), keyRow('globex', { tenant: 'globex' })],
  });
  const away = await connect({ clientId: 'away', clean: false });
  await away.subscribe('lamp/+', 1);
  await away.end();
  const online = await connect();
  await online.subscribe('lamp/+', 1);
  const globex = await connect({ password: 'globex' });
  await globex.subscribe('#', 1);
  engine.mode = 'held';
  let done = false;
  const published = gateway.publish('acme', 'lamp/1', 'on', { qos: 1, retain: true }).then(() => {
    done = true;
  });
  await eventually(() => engine.waiting === 1);
  expect([done, online.received.length]).toEqual([false, 0]);
  engine.mode = 'auto';
  engine.release();
  await published;
  expect(await online.receive(1)).toEqual(['on']);
  expect(engine.disk.retainedTopics).toEqual(['@acme/lamp/1']);
  expect(engine.disk.snapshot().owed).toMatchObject([{ client: '@acme/away' }]);
  const back = await connect({ clientId: 'away', clean: false });
  expect(await back.receive(1)).toEqual(['on']);
  expect(globex.received).toEqual([]);
});

test('is no way in for events, and rejects what is no topic', async () => {
  const { gateway, engine } = await startBroker({ sources: () => [{ mqtt: 'a/#', type: 'a' }] });
  const options = { qos: 1, retain: false } as const;
  for (const topic of ['hf/events/order.placed', 'hf/workflow/x', 'hf', '$SYS/x', '$hf/x']) {
    await expect(gateway.publish('acme', topic, '{}', options)).rejects.toMatchObject({
      code: 'event.reserved',
    });
  }
  for (const topic of ['', 'a/+', '#', `a${'/a'.repeat(100)}`]) {
    await expect(gateway.publish('acme', topic, '{}', options)).rejects.toMatchObject({
      code: 'request.invalid',
    });
  }
  await gateway.publish('acme', 'a/b', '{}', options);
  expect(engine.disk.events).toEqual([]);
});

test('rejects when what it leaves cannot be committed', async () => {
  const { gateway, engine } = await startBroker();
  engine.refuse();
  await expect(gateway.publish('acme', 'a', 'x', { qos: 0, retain: true })).rejects.toMatchObject({
    code: 'store.full',
  });
});

test('a port that is taken is named', async () => {
  const { port } = await startBroker();
  const other = await startBroker();
  const listening = other.gateway.listen({ host: '127.0.0.1', port });
  await expect(listening).rejects.toThrow(`127.0.0.1:${port}`);
  await expect(listening).rejects.toMatchObject({ code: 'port.taken', exitCode: 69 });
});

test('a listener with a certificate speaks TLS, and takes nobody who does not', async () => {
  const { gateway, connect, engine } = await startBroker();
  const tls = selfSigned();
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0, tls });
  const client = await connect({ protocol: 'mqtts', port, ca: tls.cert, servername: 'localhost' });
  await client.publish('hf/events/order.placed', '1', 2);
  expect(engine.disk.events).toHaveLength(1);
  await expect(connect({ port })).rejects.toThrow(/closed|ECONNRESET/);
  expect(gateway.stats()).toMatchObject({ listening: true, connections: 1 });
});
