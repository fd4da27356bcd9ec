/**
 * QoS 1 publishes as fast as they are acknowledged. A process of its own; the same loop for every broker.
 *
 * `node mqtt-ingest.ts MQTT_URL KEY TOPIC CLIENTS MESSAGES_EACH WINDOW`; prints a `LoadResult` as JSON. KEY `-` for none.
 */
import mqtt from 'mqtt';
import { loadResult } from './percentiles.ts';

const [url = '', key = '-', topic = '', clientCount = '8', each = '5000', window = '50'] =
  process.argv.slice(2);
const payload = JSON.stringify({ order: 'o-123', amount: 42, x: 'y'.repeat(200) });
const credentials = key === '-' ? {} : { username: 'bench', password: key };
const clients = await Promise.all(
  Array.from({ length: Number(clientCount) }, (_, n) =>
    mqtt.connectAsync(url, { ...credentials, clientId: `ingest-${process.pid}-${n}` }),
  ),
);
const latencies: number[] = [];
const started = performance.now();
await Promise.all(
  clients.map(async (client) => {
    let sent = 0;
    const publish = async (): Promise<void> => {
      while (sent < Number(each)) {
        sent += 1;
        const at = performance.now();
        await client.publishAsync(topic, payload, { qos: 1 });
        latencies.push(performance.now() - at);
      }
    };
    await Promise.all(Array.from({ length: Number(window) }, publish));
  }),
);
process.stdout.write(`${JSON.stringify(loadResult(latencies, 0, performance.now() - started))}\n`);
process.exit(0);
