/** Keys at the door, and tenants that see nothing of each other (I5). */
import { generate } from 'mqtt-packet';
import { describe, expect, test } from 'vitest';
import { EMPTY_TENANT_WRITTEN } from '@holdfast/core';
import { FakeEngine } from './testing/fake-engine.ts';
import { eventually, keyRow, startBroker, systemClock } from './testing/broker-under-test.ts';

const KEYS = [
  keyRow('acme'),
  keyRow('globex', { tenant: 'globex' }),
  keyRow('nobody', { tenant: '' }),
  keyRow('viewer', { scopes: ['view'] }),
  keyRow('reader', { scopes: ['subscribe'] }),
  keyRow('writer', { scopes: ['publish'] }),
  keyRow('narrow', { topics: ['a/#', 'b/+/c'] }),
  keyRow('expired', { expiresAt: 1 }),
];

describe('at the door', () => {
  test.each([
    ['a wrong key', { password: 'wrong' }, 4],
    ['no key', { password: undefined, username: undefined }, 4],
    ['an expired key', { password: 'expired' }, 4],
    ['a key for something else', { password: 'viewer' }, 5],
    [
      'no client id for a session that is to be kept',
      { clientId: '', clean: false, password: 'acme' },
      2,
    ],
    ['a client id without end', { clientId: 'x'.repeat(2000), password: 'acme' }, 2],
  ])('%s is refused', async (_, options, code) => {
    const { raw } = await startBroker({ keys: KEYS });
    const client = await raw();
    const { clientId, clean, password } = { clientId: 'c', clean: true, ...options };
    const credentials =
      password === undefined ? {} : { username: 'x', password: Buffer.from(password) };
    const bytes = generate({
      cmd: 'connect',
      clientId,
      protocolVersion: 4,
      keepalive: 0,
      ...credentials,
    });
    // The flag by hand, for mqtt-packet refuses to write what is to be refused here (§3.1.2.3).
    bytes[bytes.indexOf('MQTT') + 5] =
      ((bytes[bytes.indexOf('MQTT') + 5] ?? 0) & ~2) | (clean ? 2 : 0);
    client.socket.write(bytes);
    await client.end();
    expect(client.of('connack')).toMatchObject([{ returnCode: code, sessionPresent: false }]);
  });

  test('the user name is free, and an anonymous client gets an id', async () => {
    const { connect } = await startBroker({ keys: KEYS });
    const client = await connect({ clientId: '', username: 'whoever', password: 'acme' });
    await client.subscribe('a', 1);
    await client.publish('a', 'x');
    expect(await client.receive(1)).toEqual(['x']);
  });

  test('who is refused disturbs nobody, even with the id and session of another', async () => {
    const { connect, engine } = await startBroker({ keys: KEYS });
    const phone = await connect({ clientId: 'phone', clean: false, password: 'acme' });
    await phone.subscribe('a', 1);
    await expect(
      connect({ clientId: 'phone', clean: true, password: 'wrong' }),
    ).rejects.toMatchObject({ code: 4 });
    await phone.publish('a', 'x');
    expect(await phone.receive(1)).toEqual(['x']);
    expect(engine.disk.snapshot().subscriptions).toHaveLength(1);
  });

  test('revoking a key closes its connections, without their wills', async () => {
    const { connect, keyRing, engine } = await startBroker({ keys: KEYS });
    const watcher = await connect({ password: 'reader' });
    await watcher.subscribe('#', 1);
    const will = { topic: 'a/gone', payload: Buffer.from('will'), qos: 1 as const, retain: false };
    const revoked = await connect({ clientId: 'n', password: 'narrow', will });
    const other = await connect({ clientId: 'o', password: 'acme' });
    keyRing.revoke('id-narrow');
    await revoked.closed();
    await expect(connect({ password: 'narrow' })).rejects.toMatchObject({ code: 4 });
    await other.publish('a', 'lives');
    expect(await watcher.receive(1)).toEqual(['lives']);
    await eventually(() => engine.disk.snapshot().wills.length === 0);
  });

  test('so does the end of its time', async () => {
    const start = Date.now() * 1000;
    let now = start;
    const timers: (() => void)[] = [];
    const clock = {
      ...systemClock,
      now: () => now,
      after: (delay: number, run: () => void) => {
        if (delay < 1000) return systemClock.after(delay, run);
        timers.push(run);
        return () => undefined;
      },
    };
    const { connect } = await startBroker({
      clock,
      keys: [keyRow('k', { expiresAt: start + 5_000_000 })],
    });
    const client = await connect({ password: 'k' });
    now = start + 4_999_999;
    timers.pop()?.();
    await client.publish('a', 'still good');
    now = start + 5_000_000;
    timers.pop()?.();
    await client.closed();
    expect(client.mqtt.connected).toBe(false);
  });
});

describe('what a key may see', () => {
  test('nothing without the scope', async () => {
    const { connect } = await startBroker({ keys: KEYS });
    const writer = await connect({ password: 'writer' });
    expect(await writer.subscribe('a')).toBe(128);
  });

  test('only filters within its topics, and retained messages of those', async () => {
    const { connect } = await startBroker({ keys: KEYS });
    const acme = await connect({ clientId: 'acme', password: 'acme' });
    await acme.publish('a/x', 'retained', 1, true);
    await acme.publish('z', 'retained', 1, true);
    const narrow = await connect({ clientId: 'narrow', password: 'narrow' });
    const granted: [string, number][] = [];
    for (const filter of [
      '#',
      'a',
      'a/b/#',
      '+/x',
      'b/+/c',
      'b/x/c',
      'b/#',
      '$SYS/#',
      '$share/g/a',
    ]) {
      granted.push([filter, await narrow.subscribe(filter)]);
    }
    expect(granted).toEqual([
      ['#', 128],
      ['a', 1],
      ['a/b/#', 1],
      ['+/x', 128],
      ['b/+/c', 1],
      ['b/x/c', 1],
      ['b/#', 128],
      ['$SYS/#', 128],
      ['$share/g/a', 128],
    ]);
    await narrow.subscribe('a/#');
    expect(await narrow.receive(1)).toEqual(['retained']);
  });

  test('a session loses what its next key may not have, kept messages included', async () => {
    const { connect, engine } = await startBroker({ keys: KEYS });
    const wide = await connect({ clientId: 'phone', clean: false, password: 'acme' });
    await wide.subscribe('a/#');
    await wide.subscribe('z/#');
    await wide.end();
    const other = await connect({ clientId: 'other', password: 'acme' });
    await other.publish('z/1', 'not for the narrow key');
    await other.publish('a/1', 'for both');
    const narrow = await connect({ clientId: 'phone', clean: false, password: 'narrow' });
    await other.publish('z/2', 'neither');
    await other.publish('a/2', 'and this');
    expect(await narrow.receive(2)).toEqual(['for both', 'and this']);
    await eventually(
      () =>
        engine.disk.snapshot().subscriptions.length === 1 &&
        engine.disk.snapshot().owed.length === 0,
    );
  });

  test('no more subscriptions than allowed', async () => {
    const { connect } = await startBroker({ config: { maxSubscriptions: 2 } });
    const client = await connect();
    expect([
      await client.subscribe('a'),
      await client.subscribe('b'),
      await client.subscribe('c'),
    ]).toEqual([1, 1, 128]);
    expect(await client.subscribe('a', 2)).toBe(2);
    await client.mqtt.unsubscribeAsync('a');
    expect(await client.subscribe('c')).toBe(1);
  });
});

describe('two tenants with the same client id, topics and wildcards', () => {
  const passwords = ['acme', 'globex', 'nobody'] as const;

  test('see nothing of each other: live, retained, owed, after reconnecting, after a crash', async () => {
    const first = await startBroker({ keys: KEYS });
    const clients = await Promise.all(
      passwords.map((password) => first.connect({ clientId: 'same', clean: false, password })),
    );
    for (const client of clients)
      for (const filter of ['#', 'a/+', '+/b', '+/+/b']) await client.subscribe(filter, 1);
    for (const [i, client] of clients.entries()) {
      await client.publish('a/b', `live ${passwords[i]}`, 1);
      await client.publish('r', `retained ${passwords[i]}`, 1, true);
    }
    for (const [i, client] of clients.entries()) {
      const own = [`live ${passwords[i]}`, `retained ${passwords[i]}`];
      expect(await client.receive(2)).toEqual(own);
      await client.end();
    }
    for (const password of passwords) {
      const other = await first.connect({ clientId: 'other', password });
      await other.publish('a/b', `owed ${password}`);
      await other.end();
    }
    const check = async (broker: typeof first, present: boolean): Promise<void> => {
      for (const password of passwords) {
        const client = await broker.connect({ clientId: 'same', clean: false, password });
        expect(client.sessionPresent).toBe(true);
        await client.subscribe('r', 1);
        const expected = [...(present ? [`owed ${password}`] : []), `retained ${password}`];
        expect((await client.receive(expected.length)).toSorted()).toEqual(expected.toSorted());
        expect(client.received.map((one) => one.topic).toSorted()).toEqual(
          present ? ['a/b', 'r'] : ['r'],
        );
        await client.end();
      }
    };
    await check(first, true);
    await eventually(() => first.engine.disk.snapshot().owed.length === 0);
    first.engine.kill();
    first.gateway.stopIntake();
    await check(
      await startBroker({ keys: KEYS, engine: new FakeEngine(first.engine.disk) }),
      false,
    );
  });

  test('connect side by side, and clean sessions of one leave the other alone', async () => {
    const { connect, engine } = await startBroker({ keys: KEYS });
    const acme = await connect({ clientId: 'same', clean: false, password: 'acme' });
    await acme.subscribe('a', 1);
    const globex = await connect({ clientId: 'same', clean: true, password: 'globex' });
    expect(acme.mqtt.connected && globex.mqtt.connected).toBe(true);
    expect(engine.disk.snapshot().subscriptions).toMatchObject([{ client: '@acme/same' }]);
  });

  test('cannot climb out of their mount by the names they choose', async () => {
    const { connect } = await startBroker({ keys: KEYS });
    const globex = await connect({ clientId: 'g', password: 'globex' });
    await globex.subscribe('#', 1);
    const acme = await connect({ clientId: '../globex/g', password: 'acme' });
    for (const topic of ['@globex/a', '../@globex/a', '/', `@${EMPTY_TENANT_WRITTEN}/a`])
      await acme.publish(topic, 'x');
    expect(await acme.subscribe('@globex/#', 1)).toBe(1);
    await globex.publish('end', 'end');
    expect(await globex.receive(1)).toEqual(['end']);
    expect(acme.received).toEqual([]);
  });

  test('wills and events carry their tenant', async () => {
    const { connect, engine } = await startBroker({ keys: KEYS });
    for (const password of passwords) {
      const client = await connect({ clientId: 'same', password });
      await client.publish(
        'hf/events/order.placed',
        JSON.stringify({ specversion: '1.0', id: '1', source: '/s', data: 1 }),
      );
    }
    expect(engine.disk.events.map((event) => event.tenant)).toEqual(['acme', 'globex', '']);
    expect(engine.disk.quarantine).toEqual([]);
  });
});
