/** Clients of a broker under test: one of mqtt.js, and one that says anything. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import mqtt from 'mqtt';
import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt';
import { generate, parser } from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';
import { onTestFinished } from 'vitest';

/** The key that test clients have unless they name another. */
export const KEY = 'hf_acme';

export interface Received {
  readonly topic: string;
  readonly text: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
}

/** A client of mqtt.js that does not reconnect. */
export class TestClient {
  readonly mqtt: MqttClient;
  readonly received: Received[] = [];
  sessionPresent = false;
  #waiting: (() => void)[] = [];

  private constructor(client: MqttClient) {
    this.mqtt = client;
    client.on('message', (topic, payload, packet: IPublishPacket) => {
      const { qos, retain, dup } = packet;
      this.received.push({ topic, text: payload.toString(), qos, retain, dup });
      for (const tell of this.#waiting.splice(0)) tell();
    });
  }

  static async connect(port: number, options: IClientOptions = {}): Promise<TestClient> {
    const client = mqtt.connect({
      protocol: 'mqtt',
      host: '127.0.0.1',
      port,
      password: KEY,
      username: 'anyone',
      reconnectPeriod: 0,
      connectTimeout: 5000,
      ...options,
    });
    onTestFinished(() => void client.end(true));
    const test = new TestClient(client);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', (packet) => {
        test.sessionPresent = packet.sessionPresent;
        resolve();
      });
      client.once('error', reject);
      client.once('close', () => reject(new Error('closed before CONNACK')));
    });
    client.on('error', () => undefined);
    return test;
  }

  get texts(): string[] {
    return this.received.map((one) => one.text);
  }

  /** Resolves with the texts once there are so many. */
  async receive(count: number): Promise<string[]> {
    while (this.received.length < count)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.texts;
  }

  async publish(
    topic: string,
    payload: string | Buffer,
    qos: 0 | 1 | 2 = 1,
    retain = false,
  ): Promise<void> {
    await this.mqtt.publishAsync(topic, payload, { qos, retain });
  }

  /** The QoS granted, 128 for refused. */
  async subscribe(filter: string, qos: 0 | 1 | 2 = 1): Promise<number> {
    const granted = await new Promise<number>((resolve, reject) => {
      this.mqtt.subscribe(filter, { qos }, (error, grants, packet) => {
        const code = packet?.granted[0];
        if (typeof code === 'number') resolve(code);
        else reject(error ?? new Error(`no answer: ${JSON.stringify(grants)}`));
      });
    });
    return granted;
  }

  /** Ends as a client does that says so. */
  async end(): Promise<void> {
    await this.mqtt.endAsync();
  }

  /** Ends as a cut cable does. */
  async cut(): Promise<void> {
    const { stream } = this.mqtt;
    const closed = this.closed();
    stream.destroy();
    await closed;
  }

  /** Resolves once the broker has ended the connection. */
  async closed(): Promise<void> {
    if (this.mqtt.connected) await new Promise<void>((resolve) => this.mqtt.once('close', resolve));
  }
}

/** Packets by hand over a socket. */
export class RawClient {
  readonly socket: Socket;
  readonly packets: Packet[] = [];
  #waiting: (() => void)[] = [];
  #closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    const read = parser({ protocolVersion: 4 });
    read.on('packet', (packet: Packet) => {
      this.packets.push(packet);
      for (const tell of this.#waiting.splice(0)) tell();
    });
    socket.on('data', (bytes: Buffer) => void read.parse(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      for (const tell of this.#waiting.splice(0)) tell();
    });
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connectTcp({ port, host: '127.0.0.1' });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(...packets: Packet[]): void {
    this.socket.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  async hello(
    clientId: string,
    over: { clean?: boolean; keepalive?: number; password?: string } = {},
  ): Promise<void> {
    const { clean = true, keepalive = 0, password = KEY } = over;
    this.send({
      cmd: 'connect',
      clientId,
      clean,
      keepalive,
      protocolVersion: 4,
      username: 'x',
      password: Buffer.from(password),
    });
    await this.until(() => this.of('connack').length > 0 || this.#closed);
  }

  publish(
    messageId: number,
    topic: string,
    payload: string,
    over: { qos?: 0 | 1 | 2; dup?: boolean } = {},
  ): void {
    const { qos = 1, dup = false } = over;
    this.send({ cmd: 'publish', messageId, topic, payload, qos, dup, retain: false });
  }

  of(cmd: Packet['cmd']): Packet[] {
    return this.packets.filter((packet) => packet.cmd === cmd);
  }

  ids(cmd: Packet['cmd']): (number | undefined)[] {
    return this.of(cmd).map((packet) => packet.messageId);
  }

  /** Payloads of what was published to it. */
  texts(): string[] {
    return this.packets.flatMap((packet) =>
      packet.cmd === 'publish' ? [String(packet.payload)] : [],
    );
  }

  /** Resolves once the condition holds; it is looked at with every packet and on close. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#closed) throw new Error('the connection was closed');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async end(): Promise<void> {
    while (!this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
