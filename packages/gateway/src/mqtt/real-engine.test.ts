/** The broker over the real engine and store. */
import { expect, test } from 'vitest';
import { eventually, startOver } from './testing/broker-under-test.ts';
import { dataDirectory, openEngine } from './testing/real-engine.ts';
import type { RealEngine } from './testing/real-engine.ts';

const TOPIC = 'hf/events/order.placed';

async function start(dir: string) {
  const real = await openEngine(dir);
  const broker = await startOver({ engine: real.engine, readModel: real.readModel });
  return { ...real, ...broker };
}

async function crash(broker: Awaited<ReturnType<typeof start>>): Promise<void> {
  broker.gateway.stopIntake();
  await broker.crash();
}

function envelope(id: string, data: unknown): string {
  return JSON.stringify({ specversion: '1.0', id, source: '/shop', type: 'order.placed', data });
}

async function journaled(real: Pick<RealEngine, 'readModel'>): Promise<string[]> {
  const events = await real.readModel.eventsAfter('acme', 0, 10_000, 'AGGREGATE_EVENTS');
  return events.map((event) => event.data);
}

test('what is acknowledged is in the journal: all of it, once, in the order it was sent', async () => {
  const broker = await start(dataDirectory());
  const client = await broker.raw();
  await client.hello('till');
  const sent: string[] = [];
  for (let id = 1; id <= 3000; id++) {
    const data = `{"n":${id}}`;
    sent.push(data);
    client.publish(id, TOPIC, id % 3 === 0 ? envelope(`e${id}`, { n: id }) : data, {
      qos: id % 5 === 0 ? 2 : 1,
    });
  }
  await client.until(
    () => client.of('puback').length === 2400 && client.of('pubrec').length === 600,
  );
  // An event that brings an id is looked for first and may be overtaken by those that bring none.
  const found = await journaled(broker);
  expect(found.toSorted()).toEqual(sent.toSorted());
  const ofThirds = (data: string): boolean => Number(/\d+/.exec(data)?.[0]) % 3 === 0;
  expect(found.filter(ofThirds)).toEqual(sent.filter(ofThirds));
});

test('the same event twice makes one entry; other content under its id goes to quarantine', async () => {
  const broker = await start(dataDirectory());
  const client = await broker.connect();
  const watcher = await broker.connect({ clientId: 'watcher', clean: false });
  await watcher.subscribe('hf/events/#', 1);
  await client.publish(TOPIC, envelope('e1', { n: 1 }));
  await client.publish(TOPIC, envelope('e1', { n: 1 }));
  await client.publish(TOPIC, envelope('e1', { n: 2 }), 2);
  await client.publish(TOPIC, 'not JSON');
  expect(await journaled(broker)).toEqual(['{"n":1}']);
  const { items } = await broker.readModel.quarantine('acme', {});
  expect(items.map((item) => [item.code, item.seq]).toReversed()).toEqual([
    ['event.conflict', 1],
    ['event.not_json', null],
  ]);
  // The copy is a message again for its subscribers, as MQTT has it; what was refused is not.
  expect(await watcher.receive(2)).toEqual([envelope('e1', { n: 1 }), envelope('e1', { n: 1 })]);
});

test('retained messages, owed deliveries, sessions, wills and QoS 2 ids outlive a crash', async () => {
  const dir = dataDirectory();
  const first = await start(dir);
  const phone = await first.connect({ clientId: 'phone', clean: false });
  await phone.subscribe('hf/events/#', 1);
  await phone.subscribe('state/+', 2);
  await phone.end();
  const will = { topic: 'state/till', payload: Buffer.from('gone'), qos: 1 as const, retain: true };
  const till = await first.connect({ clientId: 'till', will });
  await till.publish(TOPIC, '"o1"');
  await till.publish('state/door', Buffer.from([0, 255, 1]), 2, true);
  const sender = await first.raw();
  await sender.hello('sender', { clean: false });
  sender.publish(7, TOPIC, '"o2"', { qos: 2 });
  await sender.until(() => sender.of('pubrec').length === 1);
  await crash(first);

  const second = await start(dir);
  const again = await second.raw();
  await again.hello('sender', { clean: false });
  again.publish(7, TOPIC, '"o2"', { qos: 2, dup: true });
  await again.until(() => again.of('pubrec').length === 1);
  again.send({ cmd: 'pubrel', messageId: 7 });
  await again.until(() => again.of('pubcomp').length === 1);
  expect(await journaled(second)).toEqual(['"o1"', '"o2"']);
  const back = await second.connect({ clientId: 'phone', clean: false });
  await back.receive(3);
  expect(back.received.map((one) => one.topic).toSorted()).toEqual(
    [TOPIC, TOPIC, 'state/door'].toSorted(),
  );
  const late = await second.connect();
  await late.subscribe('state/#', 1);
  await late.receive(1);
  expect(late.received).toMatchObject([{ topic: 'state/door', retain: true }]);
  const snapshot = await second.engine.brokerSnapshot();
  expect(snapshot.wills).toMatchObject([{ client: '@acme/till' }]);
  expect(snapshot.incoming).toEqual([]);
  await eventually(() => second.gateway.stats().owed === 0);
});
