/**
 * Keeps the write-ahead log short with hardly any work on the commit path. A log that is reused takes half the time of
 * one that grows (FACTS), and a short one opens quickly after a crash.
 *
 * Most pages are moved by another thread (`elsewhere`). It cannot catch up with a busy writer, so once little is left
 * the writer moves the rest itself, and its next commit begins at the log's front again.
 *
 * @module
 */
import type { Clock } from '@holdfast/core';
import type { Store } from '@holdfast/store';

/** Commits between looks at the log. */
const LOOK_EVERY = 32;
/** Pages in the log from which on it is worth moving: 4 MiB. */
const WORTH_MOVING = 1024;
/** So many pages the writer moves itself, in about a millisecond. */
const FEW = 128;
/** A pause this long counts as idle: then what is left is moved as well. */
const IDLE_MS = 200;

export interface WalKeeperDeps {
  readonly store: Pick<Store, 'walState' | 'checkpointWal'>;
  readonly clock: Clock;
  /** Has another thread move what it can. Absent: the writer does it all. */
  readonly elsewhere?: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export class WalKeeper {
  readonly #deps: WalKeeperDeps;
  #commits = 0;
  #moving = false;
  #armed = false;
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(deps: WalKeeperDeps) {
    this.#deps = deps;
  }

  committed(): void {
    this.#commits += 1;
    if (this.#commits % LOOK_EVERY === 0 && !this.#moving) this.#look(WORTH_MOVING);
    if (!this.#armed) this.#arm();
  }

  /** Looks no more, and minds no failure: whoever moves for it may have ended. Closing the store moves the rest. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** Looks again while there are commits, and once more when they have paused; then sleeps. */
  #arm(): void {
    if (this.#stopped) return;
    this.#armed = true;
    const seen = this.#commits;
    this.#cancel = this.#deps.clock.after(IDLE_MS, () => {
      this.#armed = false;
      if (this.#commits !== seen) this.#arm();
      else if (!this.#moving) this.#look(1);
    });
  }

  #look(worthwhile: number): void {
    if (this.#stopped) return;
    const { store, elsewhere, failed } = this.#deps;
    const { frames, left } = store.walState;
    if (left === 0 || frames < worthwhile) return;
    const byOther = elsewhere !== undefined && left > FEW;
    this.#moving = true;
    (byOther ? elsewhere() : store.checkpointWal('passive'))
      .catch((error: unknown) => {
        if (!this.#stopped) failed(error);
      })
      .finally(() => {
        this.#moving = false;
        if (this.#stopped) return;
        // While the other moved, more was committed: if that is little, finish now.
        if (byOther && store.walState.left <= FEW) this.#look(worthwhile);
      });
  }
}
