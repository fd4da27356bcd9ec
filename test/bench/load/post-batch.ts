/** Batches of events over HTTP, as a load publishes them: its own agent, no client library. */
import { Agent, request } from 'node:http';

const CONTENT_TYPE = 'application/cloudevents-batch+json';

/**
 * @param sockets most at one time
 * @returns resolves once a batch is acknowledged; throws with what the server says when it is refused
 */
export function batchPoster(
  url: string,
  key: string,
  sockets: number,
): (events: readonly object[]) => Promise<void> {
  const target = new URL('/v1/events', url);
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  return (events) => {
    const body = JSON.stringify(events);
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': CONTENT_TYPE,
      'content-length': Buffer.byteLength(body),
    };
    return new Promise((resolve, reject) => {
      const call = request(target, { method: 'POST', agent, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => {
          if (answer.statusCode === 202) resolve();
          else reject(new Error(`refused with ${answer.statusCode}: ${text.slice(0, 500)}`));
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  };
}
