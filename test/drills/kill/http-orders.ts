/** Places orders over HTTP as a careful client does: again, with the same id, until the answer is 202. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderPlaced } from '../../support/orders.ts';

const RETRY_PAUSE_MS = 50;
/** What a server says that cannot take it now; anything else is a fault of ours or its. */
const AGAIN_LATER: ReadonlySet<number> = new Set([429, 503, 507]);

type Try = 'acknowledged' | 'broken' | 'later';

export class HttpOrders {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  readonly #base: () => { readonly url: string; readonly key: string } | null;
  /** Requests that are written to a connection and have no whole answer. */
  #open = 0;
  /** Requests that broke off unanswered, since the last look. */
  #broken = 0;
  retried = 0;
  /** How often there was no room (507). */
  noRoom = 0;

  /** @param base where to send, null while nobody is there */
  constructor(base: () => { readonly url: string; readonly key: string } | null) {
    this.#base = base;
  }

  get unacknowledged(): number {
    return this.#open;
  }

  /** How many requests broke off since this was asked last. */
  takeBroken(): number {
    const broken = this.#broken;
    this.#broken = 0;
    return broken;
  }

  /** Resolves once it is acknowledged. */
  async place(event: OrderPlaced): Promise<void> {
    const body = JSON.stringify(event);
    for (;;) {
      const base = this.#base();
      if (base !== null) {
        if ((await this.#try(base, body)) === 'acknowledged') return;
        this.retried += 1;
      }
      await sleep(RETRY_PAUSE_MS);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #try({ url, key }: { readonly url: string; readonly key: string }, body: string): Promise<Try> {
    return new Promise((resolve, reject) => {
      let written = false;
      let over = false;
      const end = (how: Try): void => {
        if (over) return;
        over = true;
        if (written) this.#open -= 1;
        if (written && how === 'broken') this.#broken += 1;
        resolve(how);
      };
      const headers = {
        authorization: `Bearer ${key}`,
        'content-type': 'application/cloudevents+json',
        'content-length': Buffer.byteLength(body),
      };
      const outgoing = request(`${url}/v1/events`, { method: 'POST', agent: this.#agent, headers });
      outgoing.on('finish', () => {
        if (over) return;
        written = true;
        this.#open += 1;
      });
      outgoing.on('error', () => end('broken'));
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('error', () => end('broken'));
        incoming.on('close', () => end('broken'));
        incoming.on('end', () => {
          const status = incoming.statusCode ?? 0;
          if (status === 507) this.noRoom += 1;
          if (status === 202) end('acknowledged');
          else if (AGAIN_LATER.has(status)) end('later');
          else reject(new Error(`an order was answered with ${status}: ${text}`));
        });
      });
      outgoing.end(body);
    });
  }
}
