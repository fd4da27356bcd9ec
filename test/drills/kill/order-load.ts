/** Orders of every kind, placed over HTTP and MQTT by careful clients, and what is known of them. */
import { eventually } from '../../support/eventually.ts';
import type { HttpApi } from '../../support/http-api.ts';
import { orderPlaced } from '../../support/orders.ts';
import { Completer } from './completer.ts';
import { HttpOrders } from './http-orders.ts';
import { drillOrder, expectedStatus } from './kinds.ts';
import type { DrillOrder } from './kinds.ts';
import { MqttOrders } from './mqtt-orders.ts';

const MQTT_CLIENTS = 4;
const SETTLE_WITHIN_MS = 300_000;

/** Where a server is found. */
export interface Base {
  readonly url: string;
  readonly key: string;
}

export class OrderLoad {
  readonly http: HttpOrders;
  readonly mqtt: MqttOrders;
  readonly placed: DrillOrder[] = [];
  readonly acknowledged: DrillOrder[] = [];
  readonly #completer: Completer;
  readonly #sending: Promise<void>[] = [];

  /**
   * @param base null while nobody is there
   * @param mqtt where MQTT clients connect, again and again until they are closed
   */
  constructor(base: () => Base | null, mqtt: Base) {
    this.http = new HttpOrders(base);
    this.mqtt = new MqttOrders(mqtt.url, mqtt.key, MQTT_CLIENTS);
    this.#completer = new Completer(base);
  }

  /** Requests that are sent and have no acknowledgement. */
  get unacknowledged(): number {
    return this.http.unacknowledged + this.mqtt.unacknowledged;
  }

  /** @returns when it is acknowledged, which may be after the server has come and gone */
  place(): Promise<void> {
    const one = drillOrder(this.placed.length);
    this.placed.push(one);
    const sender = one.over === 'http' ? this.http : this.mqtt;
    const sent = sender.place(orderPlaced(one.order)).then(() => {
      this.acknowledged.push(one);
      if (one.kind === 'completes') this.#completer.complete(one.order.orderId);
    });
    this.#sending.push(sent);
    return sent;
  }

  /** Places so many orders, `lanes` at a time. */
  async placeSteadily(count: number, lanes: number): Promise<void> {
    let left = count;
    const lane = async (): Promise<void> => {
      while (left-- > 0) await this.place();
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  /** Waits until every order is acknowledged and at its wait or end. */
  async settle(api: HttpApi): Promise<void> {
    await Promise.all(this.#sending);
    await ordersSettled(api, this.placed, this.#completer);
  }

  async close(): Promise<void> {
    await this.#completer.end();
    await this.mqtt.close();
    this.http.close();
  }
}

/** Waits until each order is at its wait or end, as its kind is bound to come to. */
export async function ordersSettled(
  api: HttpApi,
  orders: readonly DrillOrder[],
  completer: Completer,
): Promise<void> {
  let open: string[] = [];
  await eventually(
    'every order is at its wait or end',
    async () => {
      const sagas = await api.sagas('?saga=order');
      const there = new Map(sagas.map(({ key, status }) => [key, status]));
      open = orders.flatMap(({ order: { orderId }, kind }) => {
        const [status, expected] = [there.get(orderId) ?? 'nowhere', expectedStatus(kind)];
        return status === expected ? [] : [`${orderId}: ${status}, not ${expected}`];
      });
      return open.length === 0 && completer.done ? true : undefined;
    },
    { within: SETTLE_WITHIN_MS, every: 500, seen: () => open.slice(0, 20) },
  );
}
