/**
 * Closed loop over HTTP: publish an order, hold the request until its saga has ended, next. A process of its own.
 *
 * `node http-orders.ts URL KEY TYPE ORDERS IN_FLIGHT`; prints a `LoadResult` as JSON.
 */
import { Agent, request } from 'node:http';
import { type LoadResult, loadResult } from './percentiles.ts';

const [url = '', key = '', type = '', orders = '1', inFlight = '1'] = process.argv.slice(2);
const target = new URL('/v1/events?wait=60s', url);
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const note = 'y'.repeat(200);
const prefix = `${process.pid}-${Date.now()}`;

function place(n: number): Promise<boolean> {
  const orderId = `o-${prefix}-${n}`;
  const body = JSON.stringify({
    specversion: '1.0',
    id: orderId,
    source: 'bench',
    type,
    data: { orderId, amount: 42, note },
  });
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/cloudevents+json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve) => {
    const call = request(target, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve(answer.statusCode === 200 && text.includes('"completed"')));
    });
    call.on('error', () => resolve(false));
    call.end(body);
  });
}

async function run(count: number, width: number): Promise<LoadResult> {
  const latencies: number[] = [];
  let errors = 0;
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) {
        const at = performance.now();
        if (await place(next++)) latencies.push(performance.now() - at);
        else errors += 1;
      }
    }),
  );
  return loadResult(latencies, errors, performance.now() - started);
}

process.stdout.write(`${JSON.stringify(await run(Number(orders), Number(inFlight)))}\n`);
process.exit(0);
