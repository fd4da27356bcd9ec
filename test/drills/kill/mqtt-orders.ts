/**
 * Places orders over MQTT with QoS 1. The client is mqtt.js with a persistent session, which connects again by itself
 * and sends again, with DUP, whatever was not acknowledged [MQTT-4.4.0-1].
 */
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { eventually } from '../../support/eventually.ts';
import type { OrderPlaced } from '../../support/orders.ts';

const RECONNECT_MS = 50;
const TOPIC = 'hf/events/order.placed';

export class MqttOrders {
  readonly #clients: readonly MqttClient[];
  /** Packets of the present connection of each client that are written and not acknowledged. */
  readonly #open: readonly Set<number>[];
  #next = 0;
  #broken = 0;
  resent = 0;
  #closed = false;

  constructor(url: string, key: string, clients: number) {
    const ids = Array.from({ length: clients }, (_, i) => i);
    this.#open = ids.map(() => new Set());
    this.#clients = ids.map((i) => this.#connect(url, key, i));
  }

  get unacknowledged(): number {
    return this.#open.reduce((sum, packets) => sum + packets.size, 0);
  }

  /** How many packets were unacknowledged when their connections closed, since this was asked last. */
  takeBroken(): number {
    const broken = this.#broken;
    this.#broken = 0;
    return broken;
  }

  /** Waits until every client has noticed that the server is gone. */
  async disconnected(): Promise<void> {
    await eventually('every MQTT client is disconnected', () =>
      this.#clients.every((client) => !client.connected) && this.unacknowledged === 0
        ? true
        : undefined,
    );
  }

  /** Resolves once it is acknowledged. */
  async place(event: OrderPlaced): Promise<void> {
    const client = this.#clients[this.#next++ % this.#clients.length];
    if (client === undefined) throw new Error('no client');
    const payload = JSON.stringify(event);
    for (;;) {
      const acknowledged = await client.publishAsync(TOPIC, payload, { qos: 1 }).then(
        () => true,
        // mqtt.js gives up on some when a connection closes while it sends again: then it is for us to do.
        () => false,
      );
      if (acknowledged) return;
      if (this.#closed) throw new Error('closed with an order not acknowledged');
      this.resent += 1;
      await sleep(RECONNECT_MS);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#clients.map((client) => client.endAsync(true)));
  }

  #connect(url: string, key: string, index: number): MqttClient {
    const client = mqtt.connect(url, {
      username: 'till',
      password: key,
      clientId: `till-${index}`,
      clean: false,
      reconnectPeriod: RECONNECT_MS,
    });
    const open = this.#open[index] ?? new Set<number>();
    client.on('packetsend', (packet) => {
      if (packet.cmd !== 'publish' || packet.messageId === undefined) return;
      open.add(packet.messageId);
      if (packet.dup === true) this.resent += 1;
    });
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'puback' && packet.messageId !== undefined) open.delete(packet.messageId);
    });
    client.on('close', () => {
      this.#broken += open.size;
      open.clear();
    });
    // While the server is down every try to connect fails; that is the drill.
    client.on('error', () => undefined);
    return client;
  }
}
