/** Persistent sessions, QoS 2 and retained messages: while the broker lives, and through a crash. */
import { describe, expect, test } from 'vitest';
import { RECORD_PREFIX } from './mount.ts';
import { BACKLOG_WINDOW } from './session.ts';
import { FakeEngine } from './testing/fake-engine.ts';
import { eventually, startBroker } from './testing/broker-under-test.ts';
import type { UnderTest } from './testing/broker-under-test.ts';

/** Ends the broker as SIGKILL does and starts another over what was committed. */
async function crash(before: UnderTest): Promise<UnderTest> {
  before.engine.kill();
  before.gateway.stopIntake();
  return startBroker({ engine: new FakeEngine(before.engine.disk) });
}

const isRecord = (topic: string): boolean => topic.startsWith(RECORD_PREFIX);

describe('a persistent session', () => {
  test('gets what was published while it was away, in order, once', async () => {
    const { connect, engine, gateway } = await startBroker();
    const phone = await connect({ clientId: 'phone', clean: false });
    expect(phone.sessionPresent).toBe(false);
    await phone.subscribe('a/#', 2);
    await phone.end();
    const till = await connect({ clientId: 'till' });
    for (let i = 0; i < 40; i++) await till.publish(`a/${i}`, String(i), i % 2 === 0 ? 1 : 2);
    await till.publish('a/qos0', 'not kept', 0);
    const back = await connect({ clientId: 'phone', clean: false });
    expect(back.sessionPresent).toBe(true);
    await back.receive(40);
    // Order holds for each QoS: one of QoS 2 is shown only once it is released.
    for (const [qos, first] of [
      [1, 0],
      [2, 1],
    ] as const) {
      const texts = back.received.filter((one) => one.qos === qos).map((one) => one.text);
      expect(texts).toEqual(Array.from({ length: 20 }, (_, i) => String(first + 2 * i)));
    }
    expect(back.received.map((one) => one.dup)).not.toContain(true);
    await eventually(() => gateway.stats().owed === 0);
    await back.end();
    const third = await connect({ clientId: 'phone', clean: false });
    await till.publish('a/last', 'last');
    expect(await third.receive(1)).toEqual(['last']);
    await eventually(() => engine.disk.snapshot().owed.length === 0);
  });

  test('is sent so much of a backlog at a time, and what comes meanwhile after it', async () => {
    const { raw, connect } = await startBroker();
    const phone = await connect({ clientId: 'phone', clean: false });
    await phone.subscribe('a', 1);
    await phone.end();
    const till = await connect({ clientId: 'till' });
    const backlog = Array.from({ length: BACKLOG_WINDOW + 100 }, (_, i) => String(i));
    await Promise.all(backlog.map((text) => till.publish('a', text)));
    const back = await raw();
    await back.hello('phone', { clean: false });
    await back.until(() => back.of('publish').length === BACKLOG_WINDOW);
    await till.publish('a', 'later');
    back.send({ cmd: 'pingreq' });
    await back.until(() => back.of('pingresp').length === 1);
    expect(back.of('publish')).toHaveLength(BACKLOG_WINDOW);
    let acknowledged = 0;
    await back.until(() => {
      for (const { messageId = 0 } of back.of('publish').slice(acknowledged)) {
        acknowledged += 1;
        back.send({ cmd: 'puback', messageId });
      }
      return acknowledged === backlog.length + 1;
    });
    expect(back.texts()).toEqual([...backlog, 'later']);
  });

  test('is owed nothing that was on its way when it was discarded, though its client begins another', async () => {
    const { connect, engine } = await startBroker();
    const phone = await connect({ clientId: 'phone', clean: false });
    await phone.subscribe('hf/events/#', 1);
    await phone.end();
    // That it has left is recorded a little later: it must not be among what is held.
    await eventually(() => engine.disk.snapshot().retained.some(({ topic }) => isRecord(topic)));
    const till = await connect({ clientId: 'till' });
    engine.mode = 'held';
    const publishing = till.publish('hf/events/order.placed', '"of the former session"');
    await eventually(() => engine.waiting === 1);
    const discarding = connect({ clientId: 'phone', clean: true });
    await eventually(() => engine.waiting === 2);
    engine.releaseLast();
    await (await discarding).end();
    const back = await connect({ clientId: 'phone', clean: false });
    const subscribing = back.subscribe('hf/events/#', 1);
    await eventually(() => engine.waiting === 2);
    engine.releaseLast();
    await subscribing;
    engine.mode = 'auto';
    engine.release();
    await publishing;
    await eventually(() => engine.disk.snapshot().owed.length === 0);
    await back.cut();
    const again = await connect({ clientId: 'phone', clean: false });
    await till.publish('hf/events/order.placed', '"of this one"');
    expect(await again.receive(1)).toEqual(['"of this one"']);
  });

  test('is taken over by a newer connection, which gets what the older did not acknowledge', async () => {
    const { raw, connect } = await startBroker();
    const older = await raw();
    await older.hello('phone', { clean: false });
    older.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 1 }] });
    await older.until(() => older.of('suback').length === 1);
    const till = await connect({ clientId: 'till' });
    await till.publish('a', 'unacknowledged');
    await older.until(() => older.of('publish').length === 1);
    const newer = await connect({ clientId: 'phone', clean: false });
    await older.end();
    expect(await newer.receive(1)).toEqual(['unacknowledged']);
    expect(newer.received[0]?.dup).toBe(true);
  });

  test('sends again under the same packet id what was not acknowledged [MQTT-4.4.0-1]', async () => {
    const { raw, connect } = await startBroker();
    const ids: (number | undefined)[] = [];
    const phone = await raw();
    await phone.hello('phone', { clean: false });
    phone.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 2 }] });
    await phone.until(() => phone.of('suback').length === 1);
    const till = await connect({ clientId: 'till' });
    await till.publish('a', 'x', 2);
    await till.publish('a', 'y', 1);
    await phone.until(() => phone.of('publish').length === 2);
    ids.push(...phone.ids('publish'));
    phone.socket.destroy();
    const again = await raw();
    await again.hello('phone', { clean: false });
    await again.until(() => again.of('publish').length === 2);
    expect(again.ids('publish')).toEqual(ids);
  });

  test('ends when its client connects with a clean session', async () => {
    const { connect, engine } = await startBroker();
    const phone = await connect({ clientId: 'phone', clean: false });
    await phone.subscribe('a', 1);
    await phone.end();
    const till = await connect({ clientId: 'till' });
    await till.publish('a', 'x');
    const clean = await connect({ clientId: 'phone', clean: true });
    expect(clean.sessionPresent).toBe(false);
    expect(engine.disk.snapshot()).toMatchObject({ subscriptions: [], owed: [] });
    await clean.end();
    const back = await connect({ clientId: 'phone', clean: false });
    expect(back.sessionPresent).toBe(false);
    await till.publish('a', 'y');
    await back.subscribe('b', 1);
    await till.publish('b', 'only this');
    expect(await back.receive(1)).toEqual(['only this']);
  });

  test('is owed nothing for a filter it has unsubscribed', async () => {
    const { connect, engine } = await startBroker();
    const phone = await connect({ clientId: 'phone', clean: false });
    await phone.subscribe('a', 1);
    await phone.mqtt.unsubscribeAsync('a');
    await phone.end();
    await (await connect()).publish('a', 'x');
    expect(engine.disk.snapshot()).toMatchObject({ subscriptions: [], owed: [] });
  });

  test('is kept no more than its room; it is said once', async () => {
    const { connect, log, gateway } = await startBroker({
      config: { owedPerSession: { messages: 3, bytes: 1e6 } },
    });
    const phone = await connect({ clientId: 'phone', clean: false });
    await phone.subscribe('a', 1);
    await phone.end();
    const till = await connect();
    for (let i = 0; i < 6; i++) await till.publish('a', String(i));
    expect(gateway.stats()).toMatchObject({ owed: 3, owedRefused: 3 });
    expect(log.filter((line) => line.message.includes('owed too much'))).toHaveLength(1);
    const back = await connect({ clientId: 'phone', clean: false });
    expect(await back.receive(3)).toEqual(['0', '1', '2']);
  });
});

describe('overlapping subscriptions', () => {
  test.each([true, false])(
    'one copy at the best QoS, clean session: %s [MQTT-3.3.5-1]',
    async (clean) => {
      const { connect, gateway } = await startBroker();
      const client = await connect({ clientId: 'c', clean });
      // Whichever the broker comes upon first: `#`, then `+`, then names.
      await client.subscribe('a/#', 0);
      await client.subscribe('a/+', 2);
      await client.subscribe('+/b', 1);
      await client.subscribe('c/#', 0);
      await client.publish('a/b', 'x', 2);
      await client.publish('a/b', 'y', 1);
      await client.publish('c/b', 'z', 2);
      await client.publish('a/d', 'w', 2);
      await client.receive(4);
      expect(client.received.map((one) => [one.text, one.qos])).toEqual([
        ['x', 2],
        ['y', 1],
        ['z', 1],
        ['w', 2],
      ]);
      await eventually(() => gateway.stats().owed === 0);
    },
  );
});

describe('through a crash', () => {
  test('an offline subscriber gets its message after PUBACK, SIGKILL and restart', async () => {
    const first = await startBroker();
    const phone = await first.connect({ clientId: 'phone', clean: false });
    await phone.subscribe('hf/events/#', 1);
    await phone.end();
    const till = await first.connect({ clientId: 'till' });
    await till.publish('hf/events/order.placed', '"o1"');
    const second = await crash(first);
    const back = await second.connect({ clientId: 'phone', clean: false });
    expect(back.sessionPresent).toBe(true);
    expect(await back.receive(1)).toEqual(['"o1"']);
    await eventually(() => second.engine.disk.snapshot().owed.length === 0);
  });

  test('retained messages stay, and the last of each topic only', async () => {
    const first = await startBroker();
    const client = await first.connect();
    await client.publish('a', 'old', 1, true);
    await client.publish('a', 'new', 1, true);
    await client.publish('b', 'gone', 1, true);
    await client.publish('b', '', 1, true);
    const second = await crash(first);
    const reader = await second.connect();
    await reader.subscribe('#', 1);
    await reader.receive(1);
    expect(reader.received).toEqual([
      { topic: 'a', text: 'new', qos: 1, retain: true, dup: false },
    ]);
  });

  test('a commit that was under way leaves nothing behind, and its sender sends again', async () => {
    const first = await startBroker();
    const client = await first.raw();
    await client.hello('till');
    first.engine.mode = 'held';
    client.publish(1, 'hf/events/order.placed', '1');
    await eventually(() => first.engine.waiting === 1);
    const second = await crash(first);
    expect(client.of('puback')).toEqual([]);
    expect(second.engine.disk.events).toEqual([]);
    const again = await second.raw();
    await again.hello('till');
    again.publish(1, 'hf/events/order.placed', '1', { dup: true });
    await again.until(() => again.of('puback').length === 1);
    expect(second.engine.disk.events).toHaveLength(1);
  });

  test('a QoS 2 message taken in before the crash is not taken in again', async () => {
    const first = await startBroker();
    const watcher = await first.connect({ clientId: 'watcher', clean: false });
    await watcher.subscribe('a', 2);
    const sender = await first.raw();
    await sender.hello('sender', { clean: false });
    sender.publish(9, 'a', 'x', { qos: 2 });
    sender.publish(10, 'hf/events/order.placed', '1', { qos: 2 });
    await sender.until(() => sender.of('pubrec').length === 2);
    expect(await watcher.receive(1)).toEqual(['x']);
    await watcher.end();

    const second = await crash(first);
    const again = await second.raw();
    await again.hello('sender', { clean: false });
    again.publish(9, 'a', 'x', { qos: 2, dup: true });
    again.publish(10, 'hf/events/order.placed', '1', { qos: 2, dup: true });
    await again.until(() => again.of('pubrec').length === 2);
    again.send({ cmd: 'pubrel', messageId: 9 }, { cmd: 'pubrel', messageId: 10 });
    await again.until(() => again.of('pubcomp').length === 2);
    expect(second.engine.disk.events).toHaveLength(1);
    expect(second.engine.disk.snapshot().incoming).toEqual([]);
    // The id is free again: what comes under it now is another message.
    again.publish(9, 'a', 'z', { qos: 2 });
    await again.until(() => again.of('pubrec').length === 3);
    const back = await second.connect({ clientId: 'watcher', clean: false });
    expect(await back.receive(1)).toEqual(['z']);
  });

  test('QoS 2 towards a subscriber goes on where it was: PUBREL after PUBREC, under its id', async () => {
    const first = await startBroker();
    const phone = await first.raw();
    await phone.hello('phone', { clean: false });
    phone.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 2 }] });
    await phone.until(() => phone.of('suback').length === 1);
    const till = await first.connect();
    await till.publish('a', 'received', 2);
    await till.publish('a', 'only sent', 2);
    await phone.until(() => phone.of('publish').length === 2);
    const [released, sent] = phone.ids('publish');
    if (released === undefined || sent === undefined) throw new Error('no packet ids');
    phone.send({ cmd: 'pubrec', messageId: released });
    await phone.until(() => phone.of('pubrel').length === 1);

    const second = await crash(first);
    const back = await second.raw();
    await back.hello('phone', { clean: false });
    await back.until(() => back.of('pubrel').length === 1 && back.of('publish').length === 1);
    expect([back.ids('pubrel'), back.ids('publish')]).toEqual([[released], [sent]]);
    back.send({ cmd: 'pubcomp', messageId: released }, { cmd: 'pubrec', messageId: sent });
    await back.until(() => back.of('pubrel').length === 2);
    back.send({ cmd: 'pubcomp', messageId: sent });
    await eventually(() => second.engine.disk.snapshot().owed.length === 0);
  });

  test('a subscription that was refused stays refused', async () => {
    const first = await startBroker();
    const phone = await first.connect({ clientId: 'phone', clean: false });
    const grants = await phone.mqtt
      .subscribeAsync({ 'a/b': { qos: 1 }, '$SYS/#': { qos: 1 } })
      .catch((error: unknown) => error);
    expect(grants).toBeInstanceOf(Error);
    expect(first.engine.disk.snapshot().subscriptions.map((row) => row.filter)).toEqual([
      '@acme/a/b',
    ]);
    const second = await crash(first);
    const back = await second.connect({ clientId: 'phone', clean: false });
    await back.publish('a/b', 'still granted');
    expect(await back.receive(1)).toEqual(['still granted']);
  });
});

describe('wills', () => {
  const will = { topic: 'state/till', payload: Buffer.from('gone'), qos: 1 as const, retain: true };

  test('are published when the connection breaks, not when the client says goodbye', async () => {
    const { connect, engine } = await startBroker();
    const watcher = await connect();
    await watcher.subscribe('state/#', 1);
    const polite = await connect({ clientId: 'polite', will: { ...will, topic: 'state/polite' } });
    await polite.end();
    const till = await connect({ clientId: 'till', will });
    expect(engine.disk.snapshot().wills).toMatchObject([{ client: '@acme/till' }]);
    await till.cut();
    expect(await watcher.receive(1)).toEqual(['gone']);
    expect(watcher.received[0]?.topic).toBe('state/till');
    await eventually(() => engine.disk.snapshot().wills.length === 0);
    expect(engine.disk.snapshot().retained).toMatchObject([{ topic: '@acme/state/till' }]);
  });

  test('can be events', async () => {
    const { connect, engine } = await startBroker();
    const till = await connect({
      clientId: 'till',
      will: { ...will, topic: 'hf/events/till.lost', payload: Buffer.from('{}') },
    });
    await till.cut();
    await eventually(() => engine.disk.events.length === 1);
    expect(engine.disk.events).toMatchObject([{ type: 'till.lost', source: '/keys/hf_acme' }]);
  });

  test('that may not be published are refused with their connection', async () => {
    const { connect } = await startBroker();
    const forged = { ...will, topic: 'hf/workflow/saga.completed' };
    await expect(connect({ clientId: 'till', will: forged })).rejects.toMatchObject({ code: 5 });
  });

  test('of a client that does not come back after a crash are published, of one that does are not', async () => {
    const first = await startBroker();
    const watcher = await first.connect({ clientId: 'watcher', clean: false });
    await watcher.subscribe('state/#', 1);
    await watcher.end();
    await first.connect({ clientId: 'lost', will: { ...will, topic: 'state/lost' } });
    await first.connect({ clientId: 'back', will: { ...will, topic: 'state/back' } });
    first.engine.kill();
    first.gateway.stopIntake();
    const second = await startBroker({
      engine: new FakeEngine(first.engine.disk),
      config: { willGrace: 2000 },
    });
    await second.connect({ clientId: 'back', will: { ...will, topic: 'state/back' } });
    const again = await second.connect({ clientId: 'watcher', clean: false });
    expect(await again.receive(1)).toEqual(['gone']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(again.received.map((one) => one.topic)).toEqual(['state/lost']);
    expect(second.engine.disk.snapshot().wills).toMatchObject([{ client: '@acme/back' }]);
  });

  test('of a client that is taken over is published, and its successor keeps its own', async () => {
    const { connect, engine } = await startBroker();
    const watcher = await connect();
    await watcher.subscribe('state/#', 1);
    await connect({ clientId: 'till', will: { ...will, topic: 'state/older' } });
    await connect({ clientId: 'till', will: { ...will, topic: 'state/newer' } });
    await watcher.receive(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watcher.received.map((one) => one.topic)).toEqual(['state/older']);
    expect(engine.disk.snapshot().wills).toMatchObject([
      { packet: { topic: '@acme/state/newer' } },
    ]);
  });
});
