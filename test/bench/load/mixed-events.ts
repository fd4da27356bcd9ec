/**
 * So many events a second, whatever the server makes of it, until it is ended: open loop, so that a slow answer holds back
 * nothing and counts from when its events were due. Of ten events eight are readings that no saga takes, one is an order
 * of three function effects, one comes from a device over MQTT. A process of its own.
 *
 * `node mixed-events.ts URL MQTT_URL KEY PER_SECOND`; prints `begun`, and at SIGTERM a `LoadResult` as JSON: batches over
 * HTTP, timed from when they were due. Fails when one is refused, or when too many are unanswered.
 */
import mqtt from 'mqtt';
import { DEVICES, WATCHED_DEVICE } from '../console/what-comes.ts';
import { loadResult } from './percentiles.ts';
import { batchPoster } from './post-batch.ts';

const [url = '', mqttUrl = '', key = '', perSecond = '1000'] = process.argv.slice(2);
const TICK_MS = 20;
const ORDER_OF = 10;
const DEVICE_OF = 10;
/** One of so many messages is of the device that the benchmark looks at. */
const WATCHED_OF = 10;
/** Some seconds' worth: a server that far behind does not take what it is given. */
const MOST_UNANSWERED = 5 * Number(perSecond);
const ANSWERED_WITHIN_MS = 10_000;

const post = batchPoster(url, key, 64);
const client = await mqtt.connectAsync(mqttUrl, { username: 'bench', password: key });
const prefix = `${process.pid}-${Date.now()}`;
const note = 'y'.repeat(200);
const latencies: number[] = [];
let sent = 0;
let messages = 0;
let answered = 0;
let ending = false;

const overHttp = (n: number): object => {
  const id = `mixed-${prefix}-${n}`;
  const event = { specversion: '1.0', id, source: 'bench' };
  return n % ORDER_OF === 0
    ? { ...event, type: 'bench.function', data: { orderId: id, amount: 42, note } }
    : { ...event, type: 'bench.reading', data: { celsius: 21 } };
};

async function publishBatch(batch: readonly object[], due: number): Promise<void> {
  await post(batch);
  latencies.push(performance.now() - due);
  answered += batch.length;
}

async function publishReading(n: number): Promise<void> {
  const device =
    n % WATCHED_OF === 0 ? WATCHED_DEVICE : (DEVICES[n % DEVICES.length] ?? WATCHED_DEVICE);
  const payload = { id: `${prefix}-${n}`, device, celsius: 20 + (n % 50) / 10 };
  await client.publishAsync(`drill/${device}/reading`, JSON.stringify(payload), { qos: 1 });
  answered += 1;
}

function fail(error: unknown): void {
  if (ending) return;
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}

const begun = performance.now();
const timer = setInterval(() => {
  const now = performance.now();
  const due = Math.floor(((now - begun) / 1000) * Number(perSecond));
  const batch: object[] = [];
  for (; sent < due; sent += 1) {
    if (sent % DEVICE_OF === DEVICE_OF - 1) publishReading(messages++).catch(fail);
    else batch.push(overHttp(sent));
  }
  if (batch.length > 0) publishBatch(batch, now).catch(fail);
  if (sent - answered > MOST_UNANSWERED)
    fail(new Error(`${sent - answered} of ${sent} events are unanswered`));
}, TICK_MS);
process.stdout.write('begun\n');

process.once('SIGTERM', () => {
  clearInterval(timer);
  const elapsed = performance.now() - begun;
  const deadline = performance.now() + ANSWERED_WITHIN_MS;
  const end = (): void => {
    if (answered < sent && performance.now() < deadline) {
      setTimeout(end, TICK_MS);
      return;
    }
    ending = true;
    const result = loadResult(latencies, sent - answered, elapsed);
    const rate = (answered / elapsed) * 1000;
    process.stdout.write(`${JSON.stringify({ ...result, done: answered, perSecond: rate })}\n`);
    process.exit(0);
  };
  end();
});
