/** Brings the subscriptions of a session at a joined broker to what is wanted, and keeps a record of what it holds. */
import type { MqttClient } from 'mqtt';

export interface SubscriberDeps {
  /** What is wanted now. */
  wanted(): readonly string[];
  readonly qos: 1 | 2;
  /** Keeps what the session holds. */
  record(filters: Record<string, number>): Promise<void>;
  onRefused(filter: string): void;
}

/** SUBACK's failure [MQTT-3.9.3-2]. */
const REFUSED = 128;

export class Subscriber {
  readonly #deps: SubscriberDeps;
  readonly refused = new Set<string>();
  #running: Promise<void> = Promise.resolve();

  constructor(deps: SubscriberDeps) {
    this.#deps = deps;
  }

  /**
   * One at a time, each with what is wanted by then.
   *
   * @param held filters the session holds, with the QoS that was asked for
   */
  bring(client: MqttClient, held: () => Readonly<Record<string, number>>): Promise<void> {
    const run = this.#running.then(() => this.#bring(client, held()));
    this.#running = run.catch(() => undefined);
    return run;
  }

  async #bring(client: MqttClient, held: Readonly<Record<string, number>>): Promise<void> {
    const { qos } = this.#deps;
    const wanted = this.#deps.wanted();
    const filters: Record<string, number> = {};
    for (const [filter, asked] of Object.entries(held)) {
      if (wanted.includes(filter)) {
        filters[filter] = asked;
        continue;
      }
      checkConnected(client);
      await client.unsubscribeAsync(filter);
    }
    checkConnected(client);
    this.refused.clear();
    const missing = wanted.filter((filter) => filters[filter] !== qos);
    await Promise.all(
      missing.map(async (filter) => {
        if (await subscribe(client, filter, qos)) {
          filters[filter] = qos;
        } else {
          this.refused.add(filter);
          this.#deps.onRefused(filter);
        }
      }),
    );
    if (JSON.stringify(filters) !== JSON.stringify(held)) await this.#deps.record(filters);
  }
}

/**
 * What mqtt.js is asked for once its connection has ended, it never answers: the line would stand still for good. What
 * it was asked for before, it answers when the connection ends.
 */
function checkConnected({ connected }: MqttClient): void {
  if (!connected) throw new Error('the connection has ended');
}

/** @returns whether it was granted. @throws Error when the connection ended first */
function subscribe(client: MqttClient, filter: string, qos: 1 | 2): Promise<boolean> {
  return new Promise((resolve, reject) => {
    client.subscribe(filter, { qos }, (error, _grants, packet) => {
      const answers: readonly unknown[] = packet?.granted ?? [];
      if (answers.some((answer) => answer === REFUSED)) resolve(false);
      else if (error === null || error === undefined) resolve(true);
      else reject(error);
    });
  });
}
