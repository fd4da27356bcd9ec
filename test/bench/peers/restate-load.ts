/**
 * Closed loop on Restate's ingress: one request runs one order to its end. A process of its own.
 *
 * `node restate-load.ts URL SERVICE ORDERS IN_FLIGHT`; prints a `LoadResult` as JSON.
 */
import { Agent, request } from 'node:http';
import { loadResult } from '../load/percentiles.ts';

const [url = '', service = '', orders = '1', inFlight = '1'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const body = JSON.stringify({ orderId: 'o-123', amount: 42, note: 'y'.repeat(200) });
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
const prefix = `${process.pid}-${Date.now()}`;

function place(n: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      `${url}/${service}/${prefix}-${n}/run`,
      { method: 'POST', agent, headers },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode === 200));
      },
    );
    call.on('error', () => resolve(false));
    call.end(body);
  });
}

const latencies: number[] = [];
let errors = 0;
let next = 0;
const started = performance.now();
await Promise.all(
  Array.from({ length: Number(inFlight) }, async () => {
    while (next < Number(orders)) {
      const at = performance.now();
      if (await place(next++)) latencies.push(performance.now() - at);
      else errors += 1;
    }
  }),
);
process.stdout.write(
  `${JSON.stringify(loadResult(latencies, errors, performance.now() - started))}\n`,
);
process.exit(0);
