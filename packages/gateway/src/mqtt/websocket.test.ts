/** MQTT over WebSocket, by mqtt.js and by hand. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { IClientOptions } from 'mqtt';
import { generate } from 'mqtt-packet';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { hostCheck } from '../http/host-check.ts';
import { eventually, KEY, startBroker } from './testing/broker-under-test.ts';
import type { StartOptions, UnderTest } from './testing/broker-under-test.ts';
import { selfSigned } from './testing/self-signed.ts';
import type { TestClient } from './testing/test-clients.ts';

interface Served extends UnderTest {
  readonly wsPort: number;
  /** The server's ends of what was connected, in order. */
  readonly sockets: readonly Socket[];
  /** Connects over WebSocket. */
  readonly over: (options?: IClientOptions) => Promise<TestClient>;
}

async function serve(
  options: StartOptions = {},
  tls?: { readonly cert: string; readonly key: string },
): Promise<Served> {
  const broker = await startBroker(options);
  const server: Server = tls === undefined ? createServer() : createTlsServer(tls);
  const mayHost = hostCheck({ loopback: true, allowedHosts: [] });
  const origins = ['https://panel.example'];
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('upgrade', broker.gateway.webSocketHandler({ mayHost, origins }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const wsPort = (server.address() as AddressInfo).port;
  const over = (how: IClientOptions = {}): Promise<TestClient> =>
    broker.connect({ protocol: 'ws', port: wsPort, path: '/mqtt', ...how });
  return { ...broker, wsPort, sockets, over };
}

/** The status that an opening is refused with; null when it is taken. */
async function opening(
  url: string,
  { protocol = 'mqtt', headers = {} }: { protocol?: string; headers?: Record<string, string> } = {},
): Promise<number | null> {
  const socket = new WebSocket(url, protocol === '' ? [] : [protocol], { headers });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(null));
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  });
}

test.each([0, 1, 2] as const)('publishes and subscribes at QoS %i', async (qos) => {
  const { over, engine } = await serve();
  const client = await over();
  await client.subscribe('home/#', qos);
  await client.publish('home/lamp', 'on', qos);
  expect(await client.receive(1)).toEqual(['on']);
  await client.publish('hf/events/order.placed', '{"n":1}', qos);
  await eventually(() => engine.disk.events.length === 1);
  expect(engine.disk.events[0]).toMatchObject({ type: 'order.placed', data: '{"n":1}' });
});

test('a packet may come in many frames, and many packets in one', async () => {
  const { over, engine } = await serve();
  const client = await over();
  const text = JSON.stringify({ text: 'x'.repeat(600_000) });
  await Promise.all([
    client.publish('hf/events/a', text),
    ...Array.from({ length: 200 }, (_, n) => client.publish('hf/events/b', `${n}`)),
  ]);
  expect(engine.disk.events.map(({ data }) => data)).toEqual([
    text,
    ...Array.from({ length: 200 }, (_, n) => `${n}`),
  ]);
});

test('over TLS', async () => {
  const tls = selfSigned();
  const { over, engine } = await serve({}, tls);
  const client = await over({ protocol: 'wss', host: 'localhost', ca: tls.cert });
  await client.publish('hf/events/order.placed', '1');
  expect(engine.disk.events).toHaveLength(1);
});

test('a page of another site, another name for us, another path and another protocol are refused', async () => {
  const { wsPort, gateway } = await serve();
  const at = `ws://127.0.0.1:${wsPort}`;
  const origin = (value: string) => opening(`${at}/mqtt`, { headers: { origin: value } });
  expect(await origin('https://evil.example')).toBe(403);
  expect(await origin('null')).toBe(403);
  expect(await origin(`http://127.0.0.1:${wsPort}`)).toBeNull();
  expect(await origin('https://panel.example')).toBeNull();
  expect(await opening(`${at}/mqtt`, { headers: { host: 'evil.example' } })).toBe(421);
  expect(await opening(`${at}/else`)).toBe(404);
  expect(await opening(`${at}/mqtt`, { protocol: 'chat' })).toBe(400);
  expect(await opening(`${at}/mqtt`, { protocol: '' })).toBe(400);
  gateway.stopIntake();
  expect(await opening(`${at}/mqtt`)).toBe(503);
});

test('a refused opening is closed, whether or not its peer ends its own side', async () => {
  const { wsPort } = await serve();
  const socket = connect({ port: wsPort, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.write(
    `GET /else HTTP/1.1\r\nHost: 127.0.0.1:${wsPort}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  );
  socket.resume();
  await once(socket, 'end');
  // What is written to a connection that is whole is taken; to one that is closed, it is answered with a reset.
  const reset = once(socket, 'error');
  const writing = setInterval(() => socket.write('x'), 5);
  onTestFinished(() => clearInterval(writing));
  expect(((await reset)[0] as NodeJS.ErrnoException).code).toMatch(/EPIPE|ECONNRESET/);
});

test('a wrong key is refused as over TCP, and text frames end the connection', async () => {
  const { wsPort, gateway, over } = await serve();
  await expect(over({ password: 'wrong' })).rejects.toMatchObject({ code: 4 });
  const talker = new WebSocket(`ws://127.0.0.1:${wsPort}/mqtt`, ['mqtt']);
  onTestFinished(() => talker.terminate());
  await once(talker, 'open');
  talker.send('hello');
  const [code] = (await once(talker, 'close')) as [number];
  expect([1003, 1006]).toContain(code);
  await eventually(() => gateway.stats().connections === 0);
});

test('counts among the connections that are allowed', async () => {
  const { wsPort, connect, log } = await serve({ config: { maxClients: 1 } });
  await connect();
  const late = new WebSocket(`ws://127.0.0.1:${wsPort}/mqtt`, ['mqtt']);
  onTestFinished(() => late.terminate());
  await once(late, 'close');
  expect(log.map((line) => line.message)).toContainEqual(
    expect.stringContaining('as many as allowed'),
  );
});

test('who has not shown a key is not read without end, however large a frame it begins', async () => {
  const { wsPort, sockets } = await serve({ config: { connectTimeout: 300 } });
  const stranger = new WebSocket(`ws://127.0.0.1:${wsPort}/mqtt`, ['mqtt']);
  onTestFinished(() => stranger.terminate());
  stranger.on('error', () => undefined);
  await once(stranger, 'open');
  stranger.send(Buffer.alloc(12 << 20));
  await once(stranger, 'close');
  expect(sockets[0]?.bytesRead).toBeLessThan(4 << 20);
});

test('what comes right behind CONNECT, before it was answered, is taken', async () => {
  const { wsPort, engine } = await serve();
  const eager = new WebSocket(`ws://127.0.0.1:${wsPort}/mqtt`, ['mqtt']);
  onTestFinished(() => eager.terminate());
  await once(eager, 'open');
  const hello = { clientId: 'eager', clean: true, password: Buffer.from(KEY), username: 'x' };
  const payload = JSON.stringify({ text: 'x'.repeat(900_000) });
  const publish = { topic: 'hf/events/a', payload, qos: 1, dup: false, retain: false } as const;
  eager.send(generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, ...hello }));
  for (let messageId = 1; messageId <= 5; messageId++)
    eager.send(generate({ cmd: 'publish', messageId, ...publish }));
  await eventually(() => engine.disk.events.length === 5);
  expect(engine.disk.events[4]?.data).toBe(payload);
});

test('a frame larger than any packet that is read ends the connection before it is buffered', async () => {
  const { over, gateway } = await serve({ config: { maxEventBytes: 1024 } });
  const client = await over();
  client.mqtt.publish('a', 'x'.repeat(1 << 20), { qos: 0 });
  await eventually(() => gateway.stats().connections === 0);
  expect(gateway.stats().received).toBe(0);
});
