/**
 * A steady load over HTTP, a process of its own: so many events of each type a second, whatever becomes of them.
 *
 * `node load.ts URL KEY SECONDS PER_SECOND wait|send TYPE…`; `wait`: each is published with `?wait`, and has completed.
 * Prints a `LoadResult` as JSON; `done` are those accepted, or completed.
 */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type LoadResult, loadResult } from '../../bench/load/percentiles.ts';

const [url = '', key = '', seconds = '1', perSecond = '1', how = 'send', ...types] =
  process.argv.slice(2);
const isWaiting = how === 'wait';
const target = new URL(isWaiting ? '/v1/events?wait=60s' : '/v1/events', url);
const agent = new Agent({ keepAlive: true, maxSockets: 512 });

function publish(type: string, n: number): Promise<boolean> {
  const id = `${type}-${process.pid}-${n}`;
  const event = { specversion: '1.0', id, source: 'noisy', type, data: { id } };
  const body = JSON.stringify(event);
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
      answer.on('end', () =>
        resolve(
          isWaiting
            ? answer.statusCode === 200 && text.includes('"completed"')
            : answer.statusCode === 202,
        ),
      );
    });
    call.on('error', () => resolve(false));
    call.end(body);
  });
}

async function run(): Promise<LoadResult> {
  const latencies: number[] = [];
  let errors = 0;
  const out: Promise<void>[] = [];
  const started = performance.now();
  const count = Number(seconds) * Number(perSecond);
  for (let n = 0; n < count; n += 1) {
    const at = started + (n / Number(perSecond)) * 1000;
    const early = at - performance.now();
    if (early > 1) await pause(early);
    for (const type of types) {
      out.push(
        publish(type, n).then((isGood) => {
          if (isGood) latencies.push(performance.now() - at);
          else errors += 1;
        }),
      );
    }
  }
  await Promise.all(out);
  return loadResult(latencies, errors, performance.now() - started);
}

process.stdout.write(`${JSON.stringify(await run())}\n`);
process.exit(0);
