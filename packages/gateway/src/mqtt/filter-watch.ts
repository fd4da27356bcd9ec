import { unmount } from './mount.ts';
import { mayMatchBelow } from './topic-filter.ts';

/** Counts the filters, of connections and of sessions, that may match below one topic of any tenant. */
export class FilterWatch {
  readonly #prefix: string;
  #count = 0;

  /** @param prefix without wildcards, as a tenant knows it */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get watched(): boolean {
    return this.#count > 0;
  }

  /** @param filter mounted */
  includes(filter: string): boolean {
    return mayMatchBelow(unmount(filter), this.#prefix);
  }

  add(filter: string): void {
    if (this.includes(filter)) this.#count += 1;
  }

  remove(filter: string): void {
    if (this.includes(filter)) this.#count -= 1;
  }
}
