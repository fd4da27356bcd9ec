/** MQTT as an outsider speaks it: mqtt.js, a key as the password. */
import mqtt from 'mqtt';
import type { IClientOptions, IPublishPacket, ISubscriptionGrant, MqttClient } from 'mqtt';
import { eventually, within } from './eventually.ts';

const CONNECT_WITHIN_MS = 30_000;
const ACK_WITHIN_MS = 60_000;

export interface Received {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
}

export interface MqttOptions {
  readonly key: string;
  readonly clientId?: string;
  /** Default true. */
  readonly clean?: boolean;
  readonly will?: IClientOptions['will'];
  readonly username?: string;
}

export class MqttUser {
  readonly client: MqttClient;
  readonly sessionPresent: boolean;
  /** All messages that arrived, in order. */
  readonly received: Received[];

  private constructor(client: MqttClient, sessionPresent: boolean, received: Received[]) {
    this.client = client;
    this.sessionPresent = sessionPresent;
    this.received = received;
  }

  /** Connects, once. @throws Error with the broker's return code when it refuses */
  static async connect(url: string, options: MqttOptions): Promise<MqttUser> {
    const { key, clientId, clean = true, will, username = 'test' } = options;
    const client = mqtt.connect(url, {
      username,
      password: key,
      clean,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_WITHIN_MS,
      ...(clientId === undefined ? {} : { clientId }),
      ...(will === undefined ? {} : { will }),
    });
    // Before the first byte comes in: what a session is owed follows right behind CONNACK.
    const received: Received[] = [];
    client.on('message', (topic, payload, { qos, retain, dup }: IPublishPacket) => {
      received.push({ topic, payload: payload.toString('utf8'), qos, retain, dup });
    });
    const connected = new Promise<boolean>((resolve, reject) => {
      client.once('connect', (packet) => resolve(packet.sessionPresent));
      client.once('error', reject);
      client.once('close', () => reject(new Error('closed before CONNACK')));
    });
    try {
      const sessionPresent = await within('CONNACK', CONNECT_WITHIN_MS, connected);
      // Later faults show as what does not arrive.
      client.on('error', () => undefined);
      return new MqttUser(client, sessionPresent, received);
    } catch (error) {
      client.on('error', () => undefined);
      client.end(true);
      throw error;
    }
  }

  /** Resolves after PUBACK (QoS 1), PUBCOMP (QoS 2), or the write (QoS 0). */
  async publish(
    topic: string,
    payload: string | Buffer | object,
    options: { readonly qos?: 0 | 1 | 2; readonly retain?: boolean } = {},
  ): Promise<void> {
    const { qos = 1, retain = false } = options;
    const bytes =
      typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    await within(
      `acknowledgement of a publish to ${topic}`,
      ACK_WITHIN_MS,
      this.client.publishAsync(topic, bytes, { qos, retain }),
    );
  }

  /** @returns what the broker granted; 128 for a refusal [MQTT-3.9.3-2] */
  async subscribe(filter: string, qos: 0 | 1 | 2 = 1): Promise<number> {
    return within(
      `SUBACK for ${filter}`,
      ACK_WITHIN_MS,
      new Promise<number>((resolve, reject) => {
        this.client.subscribe(
          filter,
          { qos },
          (error, grants: ISubscriptionGrant[] | undefined) => {
            const granted = grants?.at(-1)?.qos;
            // What it names with an error is what was asked for.
            if (error !== null) resolve(128);
            else if (granted !== undefined) resolve(granted);
            else reject(new Error('SUBACK without a grant'));
          },
        );
      }),
    );
  }

  /** Waits for a message that fits. */
  message(what: string, fits: (message: Received) => boolean): Promise<Received> {
    return eventually(what, () => this.received.find(fits), { seen: () => this.received });
  }

  /** Whether the connection still stands. */
  get connected(): boolean {
    return this.client.connected;
  }

  /** Says good-bye: no will is published, a persistent session stays. */
  async end(): Promise<void> {
    await this.client.endAsync();
  }

  /** Cuts the connection without a word. */
  drop(): void {
    this.client.stream.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.endAsync(true);
  }
}
