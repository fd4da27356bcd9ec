/** The person who looks after what is held: finds out, and lets it go on, while servers come and go. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpApi } from '../../support/http-api.ts';

const PAUSE_MS = 250;

export class Person {
  readonly #base: () => { readonly url: string; readonly key: string } | null;
  readonly #work: Promise<void>;
  #over = false;
  /** Instances let go on. */
  redriven = 0;

  /** @param base where to ask, null while nobody is there */
  constructor(base: () => { readonly url: string; readonly key: string } | null) {
    this.#base = base;
    this.#work = this.#look();
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#work;
  }

  async #look(): Promise<void> {
    while (!this.#over) {
      // The server may be killed under any request: what was not done shows at the next look.
      await this.#redriveAll().catch(() => undefined);
      await sleep(PAUSE_MS);
    }
  }

  async #redriveAll(): Promise<void> {
    const base = this.#base();
    if (base === null) return;
    const api = new HttpApi(base.url, base.key);
    for (const { key } of await api.sagas('?saga=order&status=blocked')) {
      const path = `/v1/sagas/order/${encodeURIComponent(key)}/redrive`;
      const { status } = await api.send('POST', path, '{"reason":"looked after it"}');
      if (status === 200) this.redriven += 1;
    }
  }
}
