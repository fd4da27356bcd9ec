/** Publishes to a joined broker that wait for its acknowledgement; those of a connection that ends are in doubt. */
import type { MqttClient } from 'mqtt';

export interface BridgePublishOptions {
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

export class BridgeOutbox {
  readonly #waiting = new Set<(error: Error) => void>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves once the broker has acknowledged (QoS 1) or once it is written (QoS 0). */
  publish(
    client: MqttClient,
    topic: string,
    payload: string,
    options: BridgePublishOptions,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      client.publish(topic, payload, options, (error) => {
        this.#waiting.delete(reject);
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
  }

  /** The connection has ended. */
  abandon(): void {
    const error = new Error('the connection ended before the broker acknowledged');
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }
}
