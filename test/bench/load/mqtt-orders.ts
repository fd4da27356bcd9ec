/**
 * Orders started over MQTT QoS 1 and counted when `saga.completed` is published for each. A process of its own.
 *
 * `node mqtt-orders.ts MQTT_URL KEY TYPE ORDERS IN_FLIGHT`; prints a `LoadResult` as JSON.
 */
import mqtt from 'mqtt';
import { loadResult } from './percentiles.ts';

const [url = '', key = '', type = '', ordersText = '1', inFlight = '1'] = process.argv.slice(2);
const orders = Number(ordersText);
const CLIENTS = 4;
const note = 'y'.repeat(200);
const prefix = `${process.pid}-${Date.now()}`;
const open = new Map<string, () => void>();
const latencies: number[] = [];

const connect = (n: number) =>
  mqtt.connectAsync(url, { username: 'bench', password: key, clientId: `bench-${prefix}-${n}` });
const watcher = await connect(CLIENTS);
watcher.on('message', (_, payload) => {
  const subject = /"subject":"[^/"]*\/([^"]*)"/.exec(payload.toString())?.[1] ?? '';
  open.get(subject)?.();
});
await watcher.subscribeAsync('hf/workflow/saga.completed', { qos: 1 });
const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, n) => connect(n)));

let next = 0;
const started = performance.now();
await Promise.all(
  Array.from({ length: Number(inFlight) }, async (_, worker) => {
    const client = clients[worker % CLIENTS];
    if (client === undefined) return;
    while (next < orders) {
      const orderId = `m-${prefix}-${next++}`;
      const at = performance.now();
      const ended = new Promise<void>((resolve) => open.set(orderId, resolve));
      await client.publishAsync(
        `hf/events/${type}`,
        JSON.stringify({ orderId, amount: 42, note }),
        { qos: 1 },
      );
      await ended;
      open.delete(orderId);
      latencies.push(performance.now() - at);
    }
  }),
);
process.stdout.write(`${JSON.stringify(loadResult(latencies, 0, performance.now() - started))}\n`);
process.exit(0);
