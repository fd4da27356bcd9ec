/**
 * The kill drill (Must show 3): orders over HTTP and MQTT QoS 1 while the server is killed again and again, each time
 * with requests unacknowledged. Clients do what careful clients do: send again, with the same id, until they are
 * answered. Then the books of clients, disk and outside services are compared (`kill/verdict.ts`).
 */
import { HoldfastServer } from '../support/holdfast-server.ts';
import { eventually } from '../support/eventually.ts';
import { HttpApi } from '../support/http-api.ts';
import { JournalDatabase } from '../support/journal-database.ts';
import { orderPlaced } from '../support/orders.ts';
import { Completer } from './kill/completer.ts';
import { HttpOrders } from './kill/http-orders.ts';
import { drillOrders, expectedStatus } from './kill/kinds.ts';
import type { DrillOrder } from './kill/kinds.ts';
import { MqttOrders } from './kill/mqtt-orders.ts';
import { judge } from './kill/verdict.ts';
import type { Verdict } from './kill/verdict.ts';

/** Orders on their way on each protocol. */
const IN_FLIGHT_EACH = 64;
const MQTT_CLIENTS = 4;
/** A kill that lands on fewer does not count, and is done again. */
export const LEAST_UNACKNOWLEDGED = 50;
const SETTLE_WITHIN_MS = 300_000;

export interface KillDrillOptions {
  readonly orders: number;
  readonly kills: number;
  readonly say?: (line: string) => void;
}

export interface KillReport extends Verdict {
  readonly orders: number;
  readonly acknowledged: number;
  /** For each kill that counts: requests that were sent and had no acknowledgement when their connections broke. */
  readonly unacknowledged: readonly number[];
  readonly killsThatDidNotCount: number;
  readonly sentAgain: number;
  readonly secondsInAll: number;
}

export async function runKillDrill({
  orders,
  kills,
  say = () => undefined,
}: KillDrillOptions): Promise<KillReport> {
  const started = performance.now();
  await using server = await HoldfastServer.start();
  const drill = new KillDrill(server, drillOrders(orders));
  try {
    const unacknowledged = await drill.killAgainAndAgain(kills, say);
    await drill.settle();
    say('every order is at its wait or end; stopping');
    const exitCode = await server.stop();
    if (exitCode !== 0) throw new Error(`the server ended with ${exitCode}: ${server.log}`);
    using database = new JournalDatabase(server.database);
    const verdict = judge(drill.acknowledged, database, server.calls());
    return {
      ...verdict,
      orders,
      acknowledged: drill.acknowledged.length,
      unacknowledged: unacknowledged.counted,
      killsThatDidNotCount: unacknowledged.others,
      sentAgain: drill.sentAgain,
      secondsInAll: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await drill.close();
  }
}

class KillDrill {
  readonly #server: HoldfastServer;
  readonly #orders: readonly DrillOrder[];
  readonly #http: HttpOrders;
  readonly #mqtt: MqttOrders;
  readonly #completer: Completer;
  readonly #ports: { readonly httpPort: number; readonly mqttPort: number };
  readonly acknowledged: DrillOrder[] = [];
  readonly #feeding: Promise<unknown>;
  /** Where clients find the server; null from the kill until it is back. */
  #base: { readonly url: string; readonly key: string } | null;
  #fault: Error | null = null;

  constructor(server: HoldfastServer, orders: readonly DrillOrder[]) {
    this.#server = server;
    this.#orders = orders;
    this.#ports = { httpPort: server.httpPort, mqttPort: server.mqttPort };
    this.#base = { url: server.ready.http, key: server.adminKey };
    this.#http = new HttpOrders(() => this.#base);
    this.#mqtt = new MqttOrders(server.ready.mqtt, server.adminKey, MQTT_CLIENTS);
    this.#completer = new Completer(() => this.#base);
    this.#feeding = Promise.all([this.#feed('http'), this.#feed('mqtt')]).catch(
      (error: unknown) => {
        this.#fault = error instanceof Error ? error : new Error(String(error));
      },
    );
  }

  get sentAgain(): number {
    return this.#http.retried + this.#mqtt.resent;
  }

  /** Kills at even steps of progress. @returns how many requests each kill left unacknowledged */
  async killAgainAndAgain(
    kills: number,
    say: (line: string) => void,
  ): Promise<{ readonly counted: readonly number[]; readonly others: number }> {
    const counted: number[] = [];
    let others = 0;
    while (counted.length < kills) {
      const due = Math.floor((this.#orders.length * (counted.length + 1)) / (kills + 2));
      await this.#progress(due);
      const left = await this.#killAndRestart();
      if (left >= LEAST_UNACKNOWLEDGED) counted.push(left);
      else others += 1;
      say(
        `kill ${counted.length} of ${kills} at ${this.acknowledged.length} acknowledged, ${left} unacknowledged`,
      );
      if (others > kills) throw new Error('too few requests are unacknowledged at any time');
    }
    return { counted, others };
  }

  /** Waits until every order is acknowledged and at its wait or end. */
  async settle(): Promise<void> {
    await this.#feeding;
    if (this.#fault !== null) throw this.#fault;
    const api = new HttpApi(this.#server.ready.http, this.#server.adminKey);
    const expected = new Map(
      this.#orders.map(({ order, kind }) => [order.orderId, expectedStatus(kind)]),
    );
    let open: string[] = [];
    await eventually(
      'every order is at its wait or end',
      async () => {
        const sagas = await api.sagas('?saga=order');
        const there = new Map(sagas.map(({ key, status }) => [key, status]));
        open = [...expected]
          .filter(([key, status]) => there.get(key) !== status)
          .map(([key, status]) => `${key}: ${there.get(key) ?? 'nowhere'}, not ${status}`);
        return open.length === 0 && this.#completer.done ? true : undefined;
      },
      { within: SETTLE_WITHIN_MS, every: 500, seen: () => open.slice(0, 20) },
    );
  }

  async close(): Promise<void> {
    this.#base = null;
    await this.#completer.end();
    await this.#mqtt.close();
    this.#http.close();
  }

  async #feed(over: 'http' | 'mqtt'): Promise<void> {
    const queue = this.#orders.filter((one) => one.over === over);
    const sender = over === 'http' ? this.#http : this.#mqtt;
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        await sender.place(orderPlaced(next.order));
        this.acknowledged.push(next);
        if (next.kind === 'completes') this.#completer.complete(next.order.orderId);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT_EACH }, lane));
  }

  async #progress(acknowledged: number): Promise<void> {
    await eventually(
      `${acknowledged} orders are acknowledged and ${LEAST_UNACKNOWLEDGED} are not`,
      () => {
        if (this.#fault !== null) throw this.#fault;
        const open = this.#http.unacknowledged + this.#mqtt.unacknowledged;
        return this.acknowledged.length >= acknowledged && open >= LEAST_UNACKNOWLEDGED
          ? true
          : undefined;
      },
      {
        every: 1,
        seen: () => [
          this.acknowledged.length,
          this.#http.unacknowledged,
          this.#mqtt.unacknowledged,
        ],
      },
    );
  }

  async #killAndRestart(): Promise<number> {
    this.#base = null;
    this.#http.takeBroken();
    this.#mqtt.takeBroken();
    await this.#server.sigkill();
    // What was acknowledged before the kill and still on its way to us counts as acknowledged.
    await eventually('every HTTP request has broken off', () =>
      this.#http.unacknowledged === 0 ? true : undefined,
    );
    await this.#mqtt.disconnected();
    const left = this.#http.takeBroken() + this.#mqtt.takeBroken();
    await this.#server.restart(this.#ports);
    this.#base = { url: this.#server.ready.http, key: this.#server.adminKey };
    return left;
  }
}
