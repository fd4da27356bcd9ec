import type { DedupeHit, Store } from '@holdfast/store';

/** In the place of a mark: nothing to look up, only a turn to wait for. */
const NO_MARK = '';

interface Query {
  readonly mark: string;
  readonly resolve: (hit: DedupeHit | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks for dedupe marks in the store, those that come in one turn of the loop by one read. Answers come in the order of
 * the questions.
 */
export class MarkLookups {
  readonly #store: Pick<Store, 'findMarks'>;
  #queries: Query[] = [];
  /** Questions not yet answered. */
  #asking = 0;

  constructor(store: Pick<Store, 'findMarks'>) {
    this.#store = store;
  }

  get isIdle(): boolean {
    return this.#asking === 0;
  }

  find(mark: string): Promise<DedupeHit | null> {
    this.#asking += 1;
    return new Promise((resolve, reject) => {
      this.#queries.push({ mark, resolve, reject });
      if (this.#queries.length === 1) queueMicrotask(() => void this.#ask());
    });
  }

  /**
   * Resolves in the place of an answer: after all that was asked before, and before what is asked after. Not `async`: the
   * turns that its own promise takes would put it behind the latter.
   */
  inTurn(): Promise<unknown> {
    return this.find(NO_MARK);
  }

  async #ask(): Promise<void> {
    const queries = this.#queries;
    this.#queries = [];
    try {
      const marks = queries.map(({ mark }) => mark).filter((mark) => mark !== NO_MARK);
      const hits = await this.#store.findMarks(marks);
      this.#asking -= queries.length;
      const byMark = new Map(hits.map((hit) => [hit.mark, hit]));
      for (const { mark, resolve } of queries) resolve(byMark.get(mark) ?? null);
    } catch (error) {
      this.#asking -= queries.length;
      for (const { reject } of queries) reject(error);
    }
  }
}
