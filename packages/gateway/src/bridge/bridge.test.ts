/** A bridge against a real broker: one gateway plays the broker at home, the other joins it. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { generate, parser } from 'mqtt-packet';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Clock, SourceSettings } from '@holdfast/core';
import { eventually, KEY, startBroker, systemClock } from '../mqtt/testing/broker-under-test.ts';
import type { StartOptions, UnderTest } from '../mqtt/testing/broker-under-test.ts';
import { FakeEngine } from '../mqtt/testing/fake-engine.ts';
import { selfSigned } from '../mqtt/testing/self-signed.ts';
import type { BridgeSettings, BridgeStatus } from './bridge-settings.ts';

const DOOR: SourceSettings = { mqtt: 'home/+/door', type: 'door.opened', id: '/id' };
const LAMP: SourceSettings = { mqtt: 'home/+/lamp', type: 'lamp.switched' };

function bridgeTo(port: number, over: Partial<BridgeSettings> = {}): BridgeSettings {
  return {
    name: 'home',
    url: `mqtt://127.0.0.1:${port}`,
    username: 'holdfast',
    password: () => KEY,
    clientId: null,
    topics: null,
    qos: 1,
    tenant: 'acme',
    keepalive: 60,
    tls: {},
    ...over,
  };
}

interface Joined extends UnderTest {
  readonly status: () => BridgeStatus;
}

async function join(
  bridge: BridgeSettings,
  options: Omit<StartOptions, 'bridges'> = {},
): Promise<Joined> {
  const house = await startBroker({ sources: () => [DOOR], ...options, bridges: [bridge] });
  const status = (): BridgeStatus => {
    const [one] = house.gateway.stats().bridges;
    if (one === undefined) throw new Error('no bridge');
    return one;
  };
  return { ...house, status };
}

async function subscribed(house: Joined, count = 1): Promise<void> {
  await eventually(
    () => house.status().state === 'connected' && house.status().filters.length === count,
  );
}

/** Timers of a second and more run out at once: a bridge waits for nobody. */
const impatient: Clock = {
  ...systemClock,
  after: (delay, run) => systemClock.after(Math.min(delay, 20), run),
};

/** A broker that resumes every session, delivers what it is told to, and never gets as far as PUBREL. */
async function forgetfulBroker(): Promise<{
  readonly port: number;
  /** Resolves with PUBREC. */
  readonly deliver: (messageId: number, text: string) => Promise<void>;
  readonly forget: () => void;
}> {
  let connection: Promise<Socket>;
  const next = (): void => {
    connection = new Promise((resolve) => {
      server.once('connection', (socket) => {
        const reading = parser();
        reading.on('packet', (packet) => {
          if (packet.cmd === 'connect')
            socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: true }));
          if (packet.cmd === 'subscribe')
            socket.write(
              generate({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [2] }),
            );
          if (packet.cmd === 'connect') resolve(socket);
          if (packet.cmd === 'pubrec') socket.emit('pubrec');
        });
        socket.on('data', (bytes: Buffer) => reading.parse(bytes));
        socket.on('error', () => undefined);
      });
    });
  };
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  next();
  return {
    port: (server.address() as AddressInfo).port,
    deliver: async (messageId, payload) => {
      const socket = await connection;
      const received = once(socket, 'pubrec');
      const topic = 'home/hall/lamp';
      socket.write(
        generate({ cmd: 'publish', topic, payload, qos: 2, messageId, retain: false, dup: false }),
      );
      await received;
    },
    forget: () => {
      const ended = connection;
      next();
      void ended.then((socket) => socket.destroy());
    },
  };
}

describe('a joined broker', () => {
  test.each([1, 2] as const)(
    'its messages are events, by the sources of the releases, QoS %i',
    async (qos) => {
      const home = await startBroker();
      const house = await join(bridgeTo(home.port, { qos }));
      await subscribed(house);
      const device = await home.connect({ clientId: 'device' });
      await device.publish('home/hall/door', '{"id":"d1"}', qos);
      await device.publish('home/hall/lamp', '{"on":true}', qos);
      await eventually(() => house.engine.disk.events.length === 1);
      expect(house.engine.disk.events[0]).toMatchObject({
        tenant: 'acme',
        type: 'door.opened',
        source: '/topics/home/hall/door',
        id: 'd1',
      });
      await eventually(() => home.gateway.stats().owed === 0);
      expect(house.status()).toMatchObject({
        received: 1,
        acknowledged: 1,
        filters: ['home/+/door'],
      });
    },
  );

  test.each([1, 2] as const)('acknowledges only after the commit, QoS %i', async (qos) => {
    const home = await startBroker();
    const house = await join(bridgeTo(home.port, { qos }));
    await subscribed(house);
    house.engine.mode = 'held';
    const device = await home.connect({ clientId: 'device' });
    for (let i = 1; i <= 3; i++) await device.publish('home/hall/door', `{"id":"d${i}"}`, qos);
    await eventually(() => house.engine.waiting >= (qos === 1 ? 3 : 1));
    expect(house.status().acknowledged).toBe(0);
    expect(home.gateway.stats().owed).toBe(3);
    house.engine.mode = 'auto';
    house.engine.release();
    await eventually(() => home.gateway.stats().owed === 0);
    expect(house.engine.disk.events.map(({ id }) => id)).toEqual(['d1', 'd2', 'd3']);
  });

  test('what was not acknowledged when we died is delivered again, and journaled once where it has an id', async () => {
    const home = await startBroker();
    const engine = new FakeEngine();
    const first = await join(bridgeTo(home.port), { engine, sources: () => [DOOR, LAMP] });
    await subscribed(first, 2);
    const device = await home.connect({ clientId: 'device' });
    await device.publish('home/hall/door', '{"id":"d1"}');
    await eventually(() => home.gateway.stats().owed === 0);
    engine.mode = 'held';
    await device.publish('home/hall/door', '{"id":"d2"}');
    await device.publish('home/hall/lamp', '{"on":true}');
    await eventually(() => engine.waiting === 2);
    engine.kill();
    first.gateway.stopIntake();
    await device.publish('home/hall/door', '{"id":"d3"}');
    const second = await join(bridgeTo(home.port), {
      engine: new FakeEngine(engine.disk),
      sources: () => [DOOR, LAMP],
    });
    await eventually(() => home.gateway.stats().owed === 0);
    const { events } = second.engine.disk;
    expect(events.filter(({ type }) => type === 'door.opened').map(({ id }) => id)).toEqual([
      'd1',
      'd2',
      'd3',
    ]);
    expect(events.filter(({ type }) => type === 'lamp.switched')).toHaveLength(1);
    expect(home.gateway.stats().sessions).toBe(1);
  });

  test('a QoS 2 message that was committed and not acknowledged is known when it comes again, without an id too', async () => {
    const home = await startBroker();
    const engine = new FakeEngine();
    const bridge = bridgeTo(home.port, { qos: 2 });
    const first = await join(bridge, { engine, sources: () => [LAMP] });
    await subscribed(first);
    engine.mode = 'held';
    const device = await home.connect({ clientId: 'device' });
    await device.publish('home/hall/lamp', '{"on":true}', 2);
    await eventually(() => engine.waiting === 1);
    // Committed, and the process dies before it could say so.
    engine.release();
    first.gateway.stopIntake();
    const second = await join(bridge, {
      engine: new FakeEngine(engine.disk),
      sources: () => [LAMP],
    });
    await eventually(() => home.gateway.stats().owed === 0);
    expect(second.engine.disk.events).toHaveLength(1);
    expect(second.engine.disk.snapshot().incoming).toEqual([]);
  });

  test('another message under a QoS 2 packet id that was not released is not taken for the first', async () => {
    const home = await forgetfulBroker();
    const house = await join(bridgeTo(home.port, { qos: 2 }), {
      sources: () => [LAMP],
      clock: impatient,
    });
    await home.deliver(7, '{"on":true}');
    // Killed before it could release it, it goes back to what it had saved, and the session with it.
    home.forget();
    await home.deliver(7, '{"on":false}');
    home.forget();
    await home.deliver(7, '{"on":false}');
    expect(house.engine.disk.events.map(({ data }) => data)).toEqual([
      '{"on":true}',
      '{"on":false}',
    ]);
  });

  test('messages of one topic are journaled in the order the broker sent them, many at a time', async () => {
    const home = await startBroker();
    const house = await join(bridgeTo(home.port), {
      config: { heldPerClient: { messages: 10, bytes: 1024 } },
    });
    await subscribed(house);
    const device = await home.connect({ clientId: 'device' });
    const ids = Array.from({ length: 500 }, (_, i) => `d${i}`);
    await Promise.all(ids.map((id) => device.publish('home/hall/door', JSON.stringify({ id }))));
    await eventually(() => home.gateway.stats().owed === 0);
    expect(house.engine.disk.events.map(({ id }) => id)).toEqual(ids);
  });

  test('holds no more than a client may, and goes on when there is room', async () => {
    const home = await startBroker();
    const house = await join(bridgeTo(home.port), {
      config: { heldPerClient: { messages: 10, bytes: 1 << 20 } },
    });
    await subscribed(house);
    house.engine.mode = 'held';
    const device = await home.connect({ clientId: 'device' });
    const ids = Array.from({ length: 50 }, (_, i) => `d${i}`);
    await Promise.all(ids.map((id) => device.publish('home/hall/door', JSON.stringify({ id }))));
    await eventually(() => house.status().held === 10);
    house.engine.mode = 'auto';
    house.engine.release();
    await eventually(() => home.gateway.stats().owed === 0);
    expect(house.engine.disk.events).toHaveLength(50);
  });

  test('what cannot be read goes to quarantine and is acknowledged; the line goes on', async () => {
    const home = await startBroker();
    const house = await join(bridgeTo(home.port));
    await subscribed(house);
    const device = await home.connect({ clientId: 'device' });
    await device.publish('home/hall/door', 'ajar');
    await device.publish('home/hall/door', '{"no":"id"}');
    await device.publish('home/hall/door', '');
    await device.publish('home/hall/door', '{"id":"d1"}');
    await eventually(() => house.engine.disk.events.length === 1);
    expect(house.engine.disk.quarantine.map(({ code }) => code)).toEqual([
      'event.not_json',
      'event.invalid',
    ]);
    expect(JSON.parse(house.engine.disk.quarantine[0]?.context ?? '')).toMatchObject({
      bridge: 'home',
      topic: 'home/hall/door',
    });
    await eventually(() => home.gateway.stats().owed === 0);
  });

  test('while the engine takes no writes nothing is acknowledged; it is taken when there is room again', async () => {
    const home = await startBroker();
    const house = await join(bridgeTo(home.port), { clock: impatient });
    await subscribed(house);
    house.engine.refuse();
    const device = await home.connect({ clientId: 'device' });
    await device.publish('home/hall/door', '{"id":"d1"}');
    await eventually(() => house.log.some(({ message }) => message.includes('intake stops')));
    expect(home.gateway.stats().owed).toBe(1);
    expect(house.engine.disk.events).toEqual([]);
    house.engine.recover();
    await eventually(() => home.gateway.stats().owed === 0);
    expect(house.engine.disk.events.map(({ id }) => id)).toEqual(['d1']);
  });

  test('a release that is activated has its topics subscribed to, and those of the one before no more', async () => {
    const home = await startBroker();
    let sources: readonly SourceSettings[] = [DOOR];
    const house = await join(bridgeTo(home.port), { sources: () => sources });
    await subscribed(house);
    sources = [LAMP];
    house.gateway.refreshBridges();
    await eventually(() => house.status().filters.join(',') === 'home/+/lamp');
    const device = await home.connect({ clientId: 'device' });
    await device.publish('home/hall/door', '{"id":"d1"}');
    await device.publish('home/hall/lamp', '{"on":true}');
    await eventually(() => house.engine.disk.events.length === 1);
    expect(house.engine.disk.events[0]?.type).toBe('lamp.switched');
    expect(home.gateway.stats().subscriptions).toBe(1);
  });

  test('topics that the configuration names are subscribed to; what no source maps is acknowledged and left', async () => {
    const home = await startBroker();
    const house = await join(
      bridgeTo(home.port, { topics: ['home/#', 'home/hall/+', 'hf/events/#'] }),
    );
    await subscribed(house, 2);
    const device = await home.connect({ clientId: 'device' });
    await device.publish('home/hall/heat', '21');
    await device.publish('hf/events/order.placed', '{"n":1}');
    await eventually(() => house.status().acknowledged === 2);
    expect(house.status().ignored).toBe(1);
    expect(house.engine.disk.events).toMatchObject([
      { type: 'order.placed', source: '/bridges/home' },
    ]);
  });

  test('a broker that comes back finds the session resumed, and no retained message is asked for twice', async () => {
    const home = await startBroker();
    const device = await home.connect({ clientId: 'device' });
    await device.publish('home/hall/lamp', '{"on":true}', 1, true);
    const house = await join(bridgeTo(home.port), { sources: () => [LAMP], clock: impatient });
    await eventually(() => house.engine.disk.events.length === 1);
    home.gateway.stopIntake();
    await eventually(() => house.status().state === 'waiting' && house.status().error !== null);
    await home.gateway.resumeIntake();
    await subscribed(house);
    const again = await home.connect({ clientId: 'device' });
    await again.publish('home/hall/lamp', '{"on":false}');
    await eventually(() => house.engine.disk.events.length === 2);
    expect(house.engine.disk.events.map(({ data }) => data)).toEqual([
      '{"on":true}',
      '{"on":false}',
    ]);
  });

  test('one that is not there is tried again, with one line about it', async () => {
    const gone = await startBroker();
    await gone.gateway.close();
    const tries: number[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (delay, run) => {
        tries.push(delay);
        return systemClock.after(1, run);
      },
    };
    const house = await join(bridgeTo(gone.port), { clock });
    await eventually(() => tries.length > 20);
    expect(Math.max(...tries)).toBeLessThanOrEqual(60_000);
    const lines = house.log.filter(
      ({ level, message }) => level === 'warn' && message.includes('not connected'),
    );
    expect(lines).toHaveLength(1);
    expect(house.status().error).toContain('ECONNREFUSED');
    await expect(
      house.gateway.publishAt('home', 'acme', 'a', 'x', { qos: 1, retain: false }),
    ).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('one that lets us in and shows us out again is left alone for longer and longer', async () => {
    const server = createServer((socket) => {
      const reading = parser();
      reading.on('packet', () => {
        socket.end(generate({ cmd: 'connack', returnCode: 0, sessionPresent: true }));
      });
      socket.on('data', (bytes: Buffer) => reading.parse(bytes));
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const pauses: number[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (delay, run) => {
        pauses.push(delay);
        return systemClock.after(1, run);
      },
    };
    await join(bridgeTo((server.address() as AddressInfo).port), { clock });
    await eventually(() => pauses.length >= 12);
    // Full jitter: one of the later pauses is past the first ceiling, a second.
    expect(Math.max(...pauses)).toBeGreaterThan(1000);
  });

  test('a connection that ends before it is subscribed on does not keep the next from being', async () => {
    const home = await startBroker();
    const engine = new FakeEngine();
    engine.mode = 'held';
    const house = await join(bridgeTo(home.port), { engine, clock: impatient });
    await eventually(() => engine.waiting === 1);
    engine.release();
    // Connected, and about to record that the session is new.
    await eventually(() => engine.waiting === 1);
    home.gateway.stopIntake();
    await eventually(() => house.status().state === 'waiting');
    engine.mode = 'auto';
    engine.release();
    await new Promise((resolve) => setImmediate(resolve));
    await home.gateway.resumeIntake();
    await subscribed(house);
    expect(house.status().filters).toEqual(['home/+/door']);
  });

  test('stopped and started again while its client id is being recorded, it connects once', async () => {
    const home = await startBroker();
    const engine = new FakeEngine();
    engine.mode = 'held';
    const house = await join(bridgeTo(home.port), { engine });
    await eventually(() => engine.waiting === 1);
    house.gateway.stopIntake();
    await house.gateway.resumeIntake();
    engine.mode = 'auto';
    engine.release();
    await subscribed(house);
    await home.connect({ clientId: 'device' });
    expect(home.gateway.stats().connections).toBe(2);
  });

  test('a password it does not take is told, and a refused subscription too', async () => {
    const home = await startBroker();
    const house = await join(bridgeTo(home.port, { password: () => 'wrong' }), {
      clock: impatient,
    });
    await eventually(() => house.status().error !== null);
    expect(house.status().error).toMatch(/bad user|not authorized|Connection refused/i);
    const other = await join(bridgeTo(home.port, { topics: ['home/#', '$private/x'] }));
    await eventually(
      () => other.status().refused.length === 1 && other.status().filters.length === 1,
    );
    expect(other.status()).toMatchObject({ refused: ['$private/x'], filters: ['home/#'] });
  });

  test('is joined over TLS when its certificate is vouched for, and not otherwise', async () => {
    const home = await startBroker();
    const tls = selfSigned();
    const { port } = await home.gateway.listen({ host: '127.0.0.1', port: 0, tls });
    const url = `mqtts://localhost:${port}`;
    const house = await join(bridgeTo(port, { url, tls: { ca: tls.cert } }));
    await subscribed(house);
    const device = await home.connect({ clientId: 'device' });
    await device.publish('home/hall/door', '{"id":"d1"}');
    await eventually(() => house.engine.disk.events.length === 1);
    const stranger = await join(bridgeTo(port, { url }));
    await eventually(() => stranger.status().error !== null);
    expect(stranger.status().error).toMatch(/certificate/i);
  });

  test('messages go out to it, for its tenant alone', async () => {
    const home = await startBroker();
    const house = await join(bridgeTo(home.port));
    await subscribed(house);
    const lamp = await home.connect({ clientId: 'lamp' });
    await lamp.subscribe('home/hall/lamp/set', 1);
    await house.gateway.publishAt('home', 'acme', 'home/hall/lamp/set', 'on', {
      qos: 1,
      retain: false,
    });
    expect(await lamp.receive(1)).toEqual(['on']);
    await expect(
      house.gateway.publishAt('home', 'other', 'home/hall/lamp/set', 'on', {
        qos: 1,
        retain: false,
      }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  test.each(['home/+/lamp', 'home/#', '', 'a\u0000b'])(
    'nothing is sent to it at %j, which it would break off the connection for',
    async (topic) => {
      const home = await startBroker();
      const house = await join(bridgeTo(home.port));
      await subscribed(house);
      const { since } = house.status();
      await expect(
        house.gateway.publishAt('home', 'acme', topic, 'on', { qos: 1, retain: false }),
      ).rejects.toMatchObject({ code: 'request.invalid' });
      expect(house.status()).toMatchObject({ state: 'connected', since });
    },
  );
});
