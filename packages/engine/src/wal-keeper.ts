/**
 * Keeps the write-ahead log small without work on the commit path: pages move to the database file when nothing has
 * been committed for a moment, or when the log has grown past its ceiling.
 *
 * @module
 */
import type { Clock } from '@holdfast/core';
import type { Store } from '@holdfast/store';

/** Commits between looks at the log's size while there is no pause. */
const COMMITS_PER_LOOK = 2000;
/** A pause this long counts as idle. */
const IDLE_MS = 200;

export interface WalKeeperDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}

export class WalKeeper {
  readonly #deps: WalKeeperDeps;
  #commits = 0;
  #looked = 0;
  #armed = false;
  #moving = false;
  #cancel: (() => void) | null = null;

  constructor(deps: WalKeeperDeps) {
    this.#deps = deps;
  }

  committed(): void {
    this.#commits += 1;
    if (this.#commits - this.#looked >= COMMITS_PER_LOOK) this.#move();
    if (!this.#armed) this.#arm();
  }

  stop(): void {
    this.#cancel?.();
  }

  #arm(): void {
    this.#armed = true;
    const seen = this.#commits;
    this.#cancel = this.#deps.clock.after(IDLE_MS, () => {
      this.#armed = false;
      if (this.#commits === seen) this.#move();
      else this.#arm();
    });
  }

  #move(): void {
    this.#looked = this.#commits;
    if (this.#moving) return;
    this.#moving = true;
    this.#deps.store
      .checkpointWal('passive')
      .catch(this.#deps.failed)
      .finally(() => {
        this.#moving = false;
      });
  }
}
