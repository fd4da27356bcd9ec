// The same order in Restate: a keyed object whose handler runs three durable steps. `order` answers at once, `calls` makes
// an HTTP call in each step. Arguments: PORT TARGET_URL.
import { Agent, request } from 'node:http';
import * as restate from '@restatedev/restate-sdk';

const [port, targetUrl] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 512 });

function call(name, key) {
  const body = JSON.stringify({ name, key });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const asked = request(`${targetUrl}/call`, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve(JSON.parse(text)));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const steps = (step) => async (context) => {
  const a = await context.run('reserve', () => step('reserve', context.key));
  const b = await context.run('charge', () => step('charge', context.key));
  const c = await context.run('ship', () => step('ship', context.key));
  context.set('state', { step: 3 });
  return { a, b, c };
};
const order = restate.object({ name: 'order', handlers: { run: steps(async () => ({ ok: 1 })) } });
const calls = restate.object({ name: 'calls', handlers: { run: steps(call) } });
await restate.serve({ services: [order, calls], port: Number(port) });
process.stdout.write('ready\n');
