/**
 * Devices that publish readings at the joined broker, one after the other each, and send a reading again until the broker
 * has acknowledged it. Half of them at QoS 1, half at QoS 2.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';

const RECONNECT_MS = 50;
/** Between two looks whether there is room. */
const PAUSE_MS = 2;

export interface Reading {
  readonly id: string;
  readonly device: string;
}

export class Devices {
  readonly #clients: readonly MqttClient[];
  readonly #loops: Promise<void>[] = [];
  /** What the broker has acknowledged, in the order of each device. */
  readonly acknowledged: Reading[] = [];
  /** Readings at QoS 2 that the broker has not acknowledged in full, by device. */
  readonly #underWay = new Map<string, Reading>();
  #on = false;
  #closed = false;
  #next = 0;
  readonly #room: () => boolean;

  /** @param room whether more may be published now: a backlog that only grows would hide what comes late */
  constructor(url: string, count: number, room: () => boolean) {
    this.#room = room;
    this.#clients = Array.from({ length: count }, (_, i) => {
      const client = mqtt.connect(url, {
        clientId: `device-${i}`,
        clean: false,
        reconnectPeriod: RECONNECT_MS,
      });
      // While the broker is down every try to connect fails; that is the drill.
      client.on('error', () => undefined);
      return client;
    });
  }

  get underWayAtQos2(): readonly Reading[] {
    return [...this.#underWay.values()];
  }

  start(): void {
    this.#on = true;
    this.#clients.forEach((client, i) => this.#loops.push(this.#run(client, i)));
  }

  /** Resolves when every device has its last reading acknowledged. */
  async stop(): Promise<void> {
    this.#on = false;
    await Promise.all(this.#loops.splice(0));
  }

  async close(): Promise<void> {
    this.#on = false;
    this.#closed = true;
    await Promise.all(this.#clients.map((client) => client.endAsync(true)));
  }

  async #run(client: MqttClient, index: number): Promise<void> {
    const device = `device-${index}`;
    while (this.#on) {
      if (!this.#room()) {
        await sleep(PAUSE_MS);
        continue;
      }
      const reading = { id: `r${this.#next++}`, device };
      const qos = index % 2 === 0 ? 1 : 2;
      if (qos === 2) this.#underWay.set(device, reading);
      await this.#publish(client, reading, qos);
      this.#underWay.delete(device);
      this.acknowledged.push(reading);
    }
  }

  async #publish(client: MqttClient, reading: Reading, qos: 1 | 2): Promise<void> {
    for (;;) {
      const done = await client
        .publishAsync(`drill/${reading.device}/reading`, JSON.stringify(reading), { qos })
        .then(
          () => true,
          // mqtt.js gives up on some when a connection closes while it sends again: then it is for us to do.
          () => false,
        );
      if (done) return;
      if (this.#closed) throw new Error('closed with a reading not acknowledged');
      await sleep(RECONNECT_MS);
    }
  }
}
