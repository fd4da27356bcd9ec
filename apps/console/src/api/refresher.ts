/**
 * Asks again what has changed, each question at a pace that it and the server can bear.
 *
 * Invariants:
 * 1. A change is seen soon: a question at rest is asked again `SETTLE_MS` after it.
 * 2. While changes go on, a question is let rest after each answer: `PAUSE_MS`, for a list as often as it has pages (each
 *    is a request), and `REST_FACTOR` times as long as the answer took. So a screen asks about once a second whatever
 *    happens, and a slow server is not asked faster than it answers.
 * 3. An answer that is on its way is never thrown away: what changes meanwhile is asked for after it.
 * 4. What follows another answer (`meta.follows`) is asked again when that one has changed: an instance's whole story is not
 *    read anew because others go on. What changes it and does not show there is seen within `CALM_MS`.
 * 5. What nobody looks at (another screen, a hidden window) is only marked as stale, and asked when it is looked at. So is a
 *    list that somebody has scrolled far into (long-lists.ts): asked when they go back to the newest.
 *
 * @module
 */
import { focusManager, hashKey } from '@tanstack/react-query';
import type { Query, QueryClient } from '@tanstack/react-query';
import type { ChangeTopic } from '@holdfast/core';
import { isLongList } from '../lib/long-lists.ts';
import { pageCount } from '../lib/page-count.ts';

/** Changes within this time are one. */
export const SETTLE_MS = 250;
export const PAUSE_MS = 1_000;
export const REST_FACTOR = 4;
export const CALM_MS = 5_000;

export class Refresher {
  readonly #queries: QueryClient;
  /** On the screen, changed, and not asked again yet; not before that time. */
  readonly #owed = new Map<Query, number>();
  /** Until when a question is let rest. */
  readonly #rests = new WeakMap<Query, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  /** Something of these topics has changed. */
  mark(topics: readonly ChangeTopic[]): void {
    for (const query of this.#queries.getQueryCache().getAll()) {
      if (query.meta?.topics?.some((topic) => topics.includes(topic)) !== true) continue;
      query.invalidate();
      this.#owe(query, query.meta.follows === undefined ? 0 : answeredAt(query) + CALM_MS);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#owed.clear();
  }

  #owe(query: Query, from: number): void {
    if (!isSeen(query)) return;
    this.#owed.set(query, Math.min(from, this.#owed.get(query) ?? from));
    this.#timer ??= setTimeout(this.#ask, SETTLE_MS);
  }

  readonly #ask = (): void => {
    this.#timer = undefined;
    const now = Date.now();
    for (const [query, from] of this.#owed) {
      const due = Math.max(from, this.#rests.get(query) ?? 0);
      if (!isSeen(query)) {
        this.#owed.delete(query);
      } else if (query.state.fetchStatus === 'idle' && due <= now) {
        this.#owed.delete(query);
        void this.#askOne(query, now);
      }
    }
    if (this.#owed.size > 0) this.#timer = setTimeout(this.#ask, SETTLE_MS);
  };

  async #askOne(query: Query, begun: number): Promise<void> {
    const { data } = query.state;
    await this.#queries.refetchQueries(
      { predicate: (one) => one === query },
      { cancelRefetch: false },
    );
    const now = Date.now();
    const rest = Math.max(pageCount(query.state.data) * PAUSE_MS, REST_FACTOR * (now - begun));
    this.#rests.set(query, now + rest);
    // Another page was asked for meanwhile, which took the place of this: what has changed is not there yet.
    if (pageCount(query.state.data) > pageCount(data)) this.#owe(query, 0);
    // An answer that says the same is the same object (structural sharing).
    if (query.state.data !== data) this.#tellFollowers(query);
  }

  #tellFollowers({ queryHash }: Query): void {
    for (const query of this.#queries.getQueryCache().getAll()) {
      const { follows } = query.meta ?? {};
      if (follows !== undefined && hashKey(follows) === queryHash) this.#owe(query, 0);
    }
  }
}

/** Of an answer that is on its way: now. */
function answeredAt({ state }: Query): number {
  return state.fetchStatus === 'idle' ? state.dataUpdatedAt : Date.now();
}

function isSeen(query: Query): boolean {
  return query.isActive() && focusManager.isFocused() && !isLongList(query.state.data);
}
