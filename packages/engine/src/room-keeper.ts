/**
 * Room on the disk, and what is done without it (I10, docs/adr/0019-no-room.md).
 *
 * 1. Below the low-water mark no new work is taken and no effect or timer starts. What is under way goes on: the room
 *    below the mark is its.
 * 2. An effect starts only while there is room, beyond half of that mark, for its outcome and those of all others that
 *    are out.
 * 3. A commit that finds no room is given the ballast's and made again, the same batch; and then each second, until there
 *    is some. Nothing of it is lost and nothing of it acknowledged meanwhile.
 * 4. Work goes on by itself once nothing waits to be committed, the ballast and the receipts log are whole, and there is
 *    some room beyond the mark, so that it does not close again at once.
 *
 * The disk is asked while commits are made, or while it is closed; a server at rest asks nothing.
 *
 * @module
 */
import type { Clock, HoldfastError } from '@holdfast/core';
import { StoreFullError } from '@holdfast/store';
import type { Store } from '@holdfast/store';
import type { Log } from './log.ts';

/** Between looks while commits are made. */
const LOOK_MS = 250;
/** Between looks, and tries to commit, while there is no room. */
const CLOSED_LOOK_MS = 1000;
/** Kept for one effect that is out: its outcome may be 1 MiB, and stands in the log, the database and the receipts. */
const TRY_BYTES = 4 * 1024 * 1024;
/** Room above the low-water mark, as a part of it, that intake opens at again. */
const REOPEN_SHARE = 1 / 4;

/** The disk that the store is on. `DiskRoom` of the store is one. */
export interface DiskRoomPort {
  /** Bytes free, and those below which no new work is taken. One system call. */
  look(): { readonly free: number; readonly lowWater: number };
  /** Bytes that the ballast lacks. */
  readonly missing: number;
  /** Gives up the ballast. Answers whether there was any. */
  release(): boolean;
  /** Makes the ballast whole. Answers false where there is no room for it. */
  restore(): Promise<boolean>;
}

export interface RoomKeeperDeps {
  /** Null where nobody knows: then only a commit tells. */
  readonly disk: DiskRoomPort | null;
  readonly store: Pick<Store, 'receiptsBehind' | 'catchUpReceipts'>;
  readonly clock: Clock;
  readonly log: Log;
  /** No new work from now on. */
  readonly closed: (error: HoldfastError) => void;
  /** A batch cannot be committed now: who can be told to come again is told. */
  readonly stalled: (error: HoldfastError) => void;
  /** Room again. */
  readonly opened: () => void;
  /** More effects may be out than before. */
  readonly widened: () => void;
  readonly failed: (error: unknown) => void;
}

export class RoomKeeper {
  readonly #deps: RoomKeeperDeps;
  #isOpen = true;
  /** Most effects that may be out. */
  #tries = Number.POSITIVE_INFINITY;
  /** Makes the commit again that found no room; null when none waits. */
  #retry: (() => void) | null = null;
  /** From a commit that found no room until it is made. */
  #isStalled = false;
  #cancel: (() => void) | null = null;
  #isReopening = false;
  #commits = 0;
  #isStopped = false;

  constructor(deps: RoomKeeperDeps) {
    this.#deps = deps;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Most effects that may be out at this time. */
  get tries(): number {
    return this.#isOpen ? this.#tries : 0;
  }

  /** Before anything is taken in. The ballast is made in the background. */
  start(): void {
    this.look();
    if (this.#isOpen) void this.#ballastHolds();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  /** A commit has been made. */
  committed(): void {
    this.#commits += 1;
    this.#isStalled = false;
    if (this.#deps.store.receiptsBehind && this.#isOpen) this.noRoom(new StoreFullError(NO_ROOM));
    if (this.#cancel === null) this.#arm();
  }

  /** Something other than a commit found no room. */
  noRoom(error: HoldfastError): void {
    this.#close(error);
    this.#deps.disk?.release();
  }

  /** A commit found no room. `retry` makes it again. */
  stalled(error: HoldfastError, retry: () => void): void {
    this.#isStalled = true;
    this.#retry = retry;
    this.#close(error);
    const { disk, stalled, clock } = this.#deps;
    if (disk?.release() === true) {
      clock.after(0, () => this.#again());
      return;
    }
    stalled(error);
  }

  /** Asks the disk now. */
  look(): void {
    const { disk } = this.#deps;
    if (disk === null) return;
    const { free, lowWater } = disk.look();
    const before = this.#tries;
    this.#tries = Math.max(0, Math.floor((free - lowWater / 2) / TRY_BYTES));
    if (!this.#isOpen) return;
    if (free < lowWater) this.#close(new StoreFullError(NO_ROOM));
    else if (this.#tries > before) this.#deps.widened();
  }

  #close(error: HoldfastError): void {
    if (!this.#isOpen || this.#isStopped) return;
    this.#isOpen = false;
    this.#deps.log.error(
      { code: error.code, ...this.#deps.disk?.look() },
      'no room: nothing new is taken and no effect starts until there is some',
    );
    this.#arm();
    this.#deps.closed(error);
  }

  /** Looks again while there are commits, and once more when they have paused; or until there is room. */
  #arm(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#isStopped) return;
    if (this.#isOpen && this.#deps.disk === null) return;
    const seen = this.#commits;
    this.#cancel = this.#deps.clock.after(this.#isOpen ? LOOK_MS : CLOSED_LOOK_MS, () => {
      this.#cancel = null;
      this.#tick(seen).catch(this.#deps.failed);
    });
  }

  async #tick(seen: number): Promise<void> {
    if (this.#isOpen) {
      this.look();
      if (this.#isOpen && this.#commits !== seen) this.#arm();
      return;
    }
    this.#again();
    await this.#reopen();
    if (!this.#isOpen) this.#arm();
  }

  /** False where there is no room for the ballast. What cannot be had for another reason is done without. */
  async #ballastHolds(): Promise<boolean> {
    const { disk, log } = this.#deps;
    try {
      return disk === null || disk.missing === 0 || (await disk.restore());
    } catch (error) {
      log.warn({ err: error }, 'no ballast can be kept for a full disk');
      return true;
    }
  }

  #again(): void {
    const retry = this.#retry;
    this.#retry = null;
    if (!this.#isStopped) retry?.();
  }

  async #reopen(): Promise<void> {
    // What waits to be committed comes first: whoever sends it again must find its mark.
    if (this.#isStalled || this.#isReopening) return;
    const { disk, store, log, opened } = this.#deps;
    this.#isReopening = true;
    try {
      if (disk !== null) {
        const { free, lowWater } = disk.look();
        if (free < lowWater * (1 + REOPEN_SHARE) + disk.missing) return;
        if (!(await this.#ballastHolds())) return;
      }
      if (!(await store.catchUpReceipts())) return;
    } finally {
      this.#isReopening = false;
    }
    // Much may have happened since the disk was asked.
    if (this.#isStalled || this.#isStopped) return;
    this.#isOpen = true;
    this.look();
    if (!this.isOpen) return;
    log.info({}, 'there is room again: work goes on');
    opened();
  }
}

const NO_ROOM = 'there is no room left on the disk of the data directory';
