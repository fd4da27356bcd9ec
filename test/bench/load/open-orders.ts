/**
 * Publishes orders over HTTP in batches and waits for none to end: only for the acknowledgements. A process of its own.
 *
 * `node open-orders.ts URL KEY TYPE ORDERS IN_FLIGHT`; IN_FLIGHT: batches not yet acknowledged. Prints a `LoadResult` as
 * JSON, times by batch. Fails when one is refused.
 */
import { loadResult } from './percentiles.ts';
import { batchPoster } from './post-batch.ts';

const [url = '', key = '', type = '', orders = '1', inFlight = '1'] = process.argv.slice(2);
const BATCH = 50;
const post = batchPoster(url, key, 512);
const note = 'y'.repeat(200);
const prefix = `${process.pid}-${Date.now()}`;
const count = Number(orders);

function publish(from: number, to: number): Promise<void> {
  const events = Array.from({ length: to - from }, (_, n) => {
    const orderId = `o-${prefix}-${from + n}`;
    const data = { orderId, amount: 42, note };
    return { specversion: '1.0', id: orderId, source: 'bench', type, data };
  });
  return post(events);
}

const latencies: number[] = [];
let next = 0;
const started = performance.now();
await Promise.all(
  Array.from({ length: Number(inFlight) }, async () => {
    while (next < count) {
      const from = next;
      next = Math.min(count, from + BATCH);
      const at = performance.now();
      await publish(from, next);
      latencies.push(performance.now() - at);
    }
  }),
);
const elapsed = performance.now() - started;
const result = loadResult(latencies, 0, elapsed);
const perSecond = (count / elapsed) * 1000;
process.stdout.write(`${JSON.stringify({ ...result, done: count, perSecond })}\n`);
process.exit(0);
