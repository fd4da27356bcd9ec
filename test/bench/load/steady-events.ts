/**
 * So many events a second that no saga takes, over HTTP in small batches, until it is ended. A process of its own.
 *
 * `node steady-events.ts URL KEY PER_SECOND`
 */
import { randomUUID } from 'node:crypto';
import { setInterval as every } from 'node:timers/promises';

const BATCHES_A_SECOND = 20;
const [url = '', key = '', perSecond = '1000'] = process.argv.slice(2);
const size = Math.ceil(Number(perSecond) / BATCHES_A_SECOND);

async function publish(): Promise<void> {
  const batch = Array.from({ length: size }, () => ({
    specversion: '1.0',
    id: randomUUID(),
    source: 'steady',
    type: 'bench.reading',
    data: { celsius: 21 },
  }));
  const answer = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/cloudevents-batch+json',
    },
    body: JSON.stringify(batch),
  });
  if (!answer.ok) throw new Error(`a batch was refused: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

process.stdout.write('begun\n');
for await (const _ of every(1000 / BATCHES_A_SECOND)) await publish();
