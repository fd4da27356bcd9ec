/**
 * Room on the disk of a data directory (I10, docs/adr/0019-no-room.md).
 *
 * The ballast is a file of real blocks whose only use is to be given up: what must still be written when a disk is full
 * (the batch that met it, outcomes of effects in flight, pages moved out of the write-ahead log) is written in its room.
 * It holds random bytes, so that a file system that compresses or folds equal blocks cannot make it smaller than it is.
 */
import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const MIB = 1024 * 1024;
const BALLAST_FILE = 'ballast';
const BALLAST_BYTES = 16 * MIB;
/** On a small disk the ballast takes this part of it at most. */
const BALLAST_SHARE = 1 / 16;
/** Below this intake closes. */
const LOW_WATER_BYTES = 64 * MIB;
/** On a small disk intake closes when this part of it is left. */
const LOW_WATER_SHARE = 1 / 8;
/** With less than this at a start the ballast is given up at once: opening a store writes. */
const START_BYTES = 4 * MIB;
const CHUNK_BYTES = MIB;

export interface RoomReport {
  /** Bytes that this process may still write. */
  readonly free: number;
  /** Bytes below which no new work is taken. */
  readonly lowWater: number;
}

export class DiskRoom {
  readonly #dir: string;
  readonly #path: string;
  #making: AbortController | null = null;

  /** @param dir the data directory, which is there */
  constructor(dir: string) {
    this.#dir = dir;
    this.#path = join(dir, BALLAST_FILE);
  }

  /** Before the store is opened: where there is hardly any room left, opening it has the ballast's. */
  prepare(): void {
    if (this.look().free < START_BYTES) this.release();
  }

  /** One system call. */
  look(): RoomReport {
    const { bavail, bsize, blocks } = statfsSync(this.#dir);
    const total = blocks * bsize;
    return { free: bavail * bsize, lowWater: Math.min(LOW_WATER_BYTES, total * LOW_WATER_SHARE) };
  }

  /** Bytes that the ballast lacks, to be had before it can be whole again. */
  get missing(): number {
    const held = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    return Math.max(0, this.#size - held);
  }

  /** Gives up the ballast. Answers whether there was any. */
  release(): boolean {
    this.#making?.abort();
    if (statSync(this.#path, { throwIfNoEntry: false }) === undefined) return false;
    rmSync(this.#path, { force: true });
    return true;
  }

  /**
   * Makes the ballast whole. Resolves with false where there is no room for it, or it is given up meanwhile; then there
   * is none.
   *
   * @throws Error of the file system, other than for want of room
   */
  async restore(): Promise<boolean> {
    if (this.missing === 0) return true;
    const making = new AbortController();
    this.#making = making;
    try {
      await this.#make(this.#size, making.signal);
    } catch (error) {
      this.release();
      if (!isNoRoom(error)) throw error;
    }
    // `release` while it was being made removed the name, and the blocks went with the descriptor.
    const { missing } = this;
    if (missing > 0) this.release();
    return missing === 0;
  }

  async #make(bytes: number, given: AbortSignal): Promise<void> {
    const file = await open(this.#path, 'w', 0o600);
    try {
      for (let left = bytes; left > 0 && !given.aborted;) {
        const chunk = randomBytes(CHUNK_BYTES);
        const { bytesWritten } = await file.write(chunk, 0, Math.min(left, CHUNK_BYTES));
        left -= bytesWritten;
      }
      // Blocks may be promised and not yet found until then.
      await file.sync();
    } finally {
      await file.close();
    }
  }

  get #size(): number {
    const { blocks, bsize } = statfsSync(this.#dir);
    return Math.floor(Math.min(BALLAST_BYTES, blocks * bsize * BALLAST_SHARE));
  }
}

/** Whether a file call failed for want of room, on the disk or in a quota. */
export function isNoRoom(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  );
}
