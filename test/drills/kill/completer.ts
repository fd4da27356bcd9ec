/** The kitchen's side: completes the wait of some orders while servers come and go. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpApi } from '../../support/http-api.ts';

const PAUSE_MS = 20;
const LANES = 4;
/** Not there yet, or the server cannot take it now. */
const AGAIN_LATER: ReadonlySet<number> = new Set([404, 429, 503, 507]);

export class Completer {
  readonly #base: () => { readonly url: string; readonly key: string } | null;
  readonly #waiting: string[] = [];
  readonly completed = new Set<string>();
  #asked = 0;
  #over = false;
  readonly #work: Promise<unknown>;

  /** @param base where to ask, null while nobody is there */
  constructor(base: () => { readonly url: string; readonly key: string } | null) {
    this.#base = base;
    this.#work = Promise.all(Array.from({ length: LANES }, () => this.#lane()));
  }

  /** Asks for an order's wait to be completed once it is open. */
  complete(orderId: string): void {
    this.#asked += 1;
    this.#waiting.push(orderId);
  }

  /** Whether every wait asked for has been completed. */
  get done(): boolean {
    return this.completed.size === this.#asked;
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#work;
  }

  async #lane(): Promise<void> {
    while (!this.#over) {
      const orderId = this.#waiting.shift();
      if (orderId === undefined) await sleep(PAUSE_MS);
      else if (await this.#try(orderId)) this.completed.add(orderId);
      else {
        this.#waiting.push(orderId);
        await sleep(PAUSE_MS);
      }
    }
  }

  async #try(orderId: string): Promise<boolean> {
    const base = this.#base();
    if (base === null) return false;
    const api = new HttpApi(base.url, base.key);
    const answer = await api
      .completeWait('order', orderId, 'kitchen.ready', { shelf: '7' })
      // The server was killed under the request: whether it counted shows at the next try.
      .catch(() => null);
    if (answer === null) return false;
    if (answer.status === 200) return true;
    // An earlier try that got no answer had been committed.
    if (answer.status === 409) return true;
    if (AGAIN_LATER.has(answer.status)) return false;
    throw new Error(`completing the wait of ${orderId}: ${answer.status} ${answer.text}`);
  }
}
