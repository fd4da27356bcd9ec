import { expect, test } from 'vitest';
import { startBroker } from './testing/broker-under-test.ts';

test('an event is journaled once it is acknowledged', async () => {
  const { connect, engine } = await startBroker();
  const client = await connect({ clientId: 'till' });
  await client.publish('hf/events/order.placed', '{"orderId":"o1"}');
  expect(engine.disk.events).toMatchObject([
    {
      tenant: 'acme',
      type: 'order.placed',
      source: '/keys/hf_acme',
      data: '{"orderId":"o1"}',
      seq: 1,
    },
  ]);
});

test('a message goes to who is subscribed', async () => {
  const { connect } = await startBroker();
  const screen = await connect({ clientId: 'screen' });
  expect(await screen.subscribe('a/+')).toBe(1);
  const till = await connect({ clientId: 'till' });
  for (const qos of [0, 1, 2] as const) await till.publish('a/b', `qos ${qos}`, qos);
  expect(await screen.receive(3)).toEqual(['qos 0', 'qos 1', 'qos 2']);
  expect(screen.received.map((one) => [one.topic, one.qos])).toEqual([
    ['a/b', 0],
    ['a/b', 1],
    ['a/b', 1],
  ]);
});
