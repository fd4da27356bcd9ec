/**
 * The append-only log of attempt starts, ends and outcomes outside the generation (DESIGN, Decided): JSON lines in
 * `receipts/`, a file per start of the program and day. It is what a restored, older database is compared with to know
 * which effects the world has seen since.
 *
 * 1. A line is written (not synced) after the commit that holds the same fact, and before that commit resolves: no
 *    call is made whose start is not in the file. The process dying loses nothing that was acknowledged.
 * 2. It is synced within `SYNC_AFTER_MS`, off the commit path, and on close, and before more than `MOST_UNSYNCED_BYTES`
 *    wait for it. Losing power may lose lines of that last stretch, in any order; the database holds those facts, synced, and the next start writes them again (`repairReceipts`).
 *    Only losing that stretch *and* the database loses them.
 * 3. Where writing fails, nothing after it is written either, so that the last line tells where the file ends. The
 *    next start continues from there. Where it failed for want of room, what stands of the line is taken back, and
 *    `resume` continues in this process once there is room (I10).
 *
 * 4. All segments but the newest are synced whole: a start syncs the newest before it begins another.
 *
 * A reader skips a line that is cut short or has a hole in it, and takes a repeated line (same kind, command, attempt) as one: where
 * part of a commit's lines was lost, the next start writes all of them again, those that were kept included.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { formatMicros } from '@holdfast/core';
import type { Clock, Micros } from '@holdfast/core';

import { ensureDirectory, syncPath } from './data-directory.ts';
import { isNoRoom } from './disk-room.ts';

const SYNC_AFTER_MS = 200;
const MIB = 1024 * 1024;
/** Not synced at any time, at most, but for what one commit adds. */
const MOST_UNSYNCED_BYTES = 8 * MIB;
/** Looked through for holes at a start: more than can be unsynced. */
const TAIL_BYTES = 64 * MIB;
/** Enough of a line to tell its commit, which stands at the front. */
const HEAD_BYTES = 64;
const LINE_FEED = 0x0a;
const CLOSING_BRACE = 0x7d;

/** Syncs a file, and calls back once that is done or has failed. */
export type SyncFile = (fd: number, done: (error: Error | null) => void) => void;

interface ReceiptsLogOptions {
  readonly dir: string;
  readonly epoch: number;
  readonly clock: Clock;
  /** Default: in the background, by a thread of Node's. */
  readonly syncFile?: SyncFile;
}

export class ReceiptsLog {
  readonly #dir: string;
  readonly #epoch: number;
  readonly #clock: Clock;
  readonly #syncFile: SyncFile;
  #fd: number | null = null;
  #day = '';
  #cancelSync: (() => void) | null = null;
  #syncing = false;
  #unsyncedBytes = 0;
  #fault: unknown = null;
  /** Bytes of the open segment's whole lines. */
  #size = 0;
  /** It stopped for want of room, with nothing but whole lines in its segment. */
  #isBehind = false;

  constructor(options: ReceiptsLogOptions) {
    this.#dir = options.dir;
    this.#epoch = options.epoch;
    this.#clock = options.clock;
    this.#syncFile = options.syncFile ?? fdatasync;
    ensureDirectory(options.dir);
  }

  /** What stopped the log; null while it runs. The database goes on: it holds the same facts. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Whether it stopped for want of room, and `resume` can have it go on. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /**
   * Goes on after a want of room.
   *
   * @param repair writes, by `append`, what the log has missed
   * @returns whether room is no longer what it wants
   */
  resume(repair: () => void): boolean {
    if (!this.#isBehind) return true;
    this.#isBehind = false;
    this.#fault = null;
    repair();
    return !this.isBehind;
  }

  /** Writes whole lines. Never throws: see `fault`. */
  append(lines: string, at: Micros): void {
    if (this.#fault !== null) return;
    try {
      const fd = this.#segment(at);
      const bytes = Buffer.from(lines, 'utf8');
      writeAll(fd, bytes);
      this.#size += bytes.length;
      this.#unsyncedBytes += bytes.length;
    } catch (error) {
      this.#fault = error;
      this.#isBehind = isNoRoom(error) && this.#takeBack();
      return;
    }
    this.#syncBeforeMore();
    if (!this.#syncing) this.#cancelSync ??= this.#clock.after(SYNC_AFTER_MS, () => this.#sync());
  }

  /** Syncs what is written and closes. */
  close(): void {
    this.#cancelSync?.();
    this.#cancelSync = null;
    if (this.#fd === null) return;
    try {
      fdatasyncSync(this.#fd);
    } catch (error) {
      this.#fault ??= error;
    }
    closeSync(this.#fd);
    this.#fd = null;
  }

  /** Cuts off the part of a line that found room. Answers whether only whole lines are left. */
  #takeBack(): boolean {
    if (this.#fd === null) return true;
    try {
      ftruncateSync(this.#fd, this.#size);
      return true;
    } catch {
      // The fault is told already; a part of a line may stand at the end, which only the next start may write after.
      return false;
    }
  }

  #segment(at: Micros): number {
    const day = formatMicros(at).slice(0, 10);
    if (this.#fd !== null && day === this.#day) return this.#fd;
    this.close();
    const path = join(this.#dir, `${String(this.#epoch).padStart(6, '0')}-${day}.jsonl`);
    this.#fd = openSync(path, 'a', 0o600);
    this.#size = fstatSync(this.#fd).size;
    this.#day = day;
    syncPath(this.#dir);
    return this.#fd;
  }

  #syncBeforeMore(): void {
    if (this.#unsyncedBytes <= MOST_UNSYNCED_BYTES || this.#fd === null) return;
    try {
      fdatasyncSync(this.#fd);
      this.#unsyncedBytes = 0;
    } catch (error) {
      this.#fault = error;
    }
  }

  #sync(): void {
    this.#cancelSync = null;
    const fd = this.#fd;
    if (fd === null || this.#syncing) return;
    this.#syncing = true;
    const syncedBytes = this.#unsyncedBytes;
    this.#syncFile(fd, (error) => {
      this.#syncing = false;
      this.#unsyncedBytes = Math.max(0, this.#unsyncedBytes - syncedBytes);
      // A file that was closed meanwhile was synced by `close`.
      if (error !== null && this.#fd === fd) this.#fault ??= error;
      if (this.#unsyncedBytes > 0 && this.#fd !== null) {
        this.#cancelSync ??= this.#clock.after(SYNC_AFTER_MS, () => this.#sync());
      }
    });
  }
}

/** Where a log ends. */
export interface LogEnd {
  /** The commit of its last whole line; 0 when there is none. */
  readonly commit: number;
  /** Whole lines of that commit. */
  readonly lines: number;
}

/**
 * Where the log ends, or what can be relied on of it does: behind a hole there may be lines, which are written again with
 * those that are lost. Syncs the newest segment, since it will be it no more.
 */
export function endOfLog(dir: string): LogEnd {
  const segments = existsSync(dir)
    ? readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
    : [];
  const newestFirst = segments.toSorted().toReversed();
  const [newest] = newestFirst;
  if (newest !== undefined) syncPath(join(dir, newest));
  for (const name of newestFirst) {
    const end = endOfSegment(join(dir, name));
    if (end.lines > 0) return end;
  }
  return { commit: 0, lines: 0 };
}

/** The last line before the first that is not whole. */
function endOfSegment(path: string): LogEnd {
  const { bytes, isWholeFile } = readTail(path);
  let commit = 0;
  let lines = 0;
  let start = isWholeFile ? 0 : bytes.indexOf(LINE_FEED) + 1;
  for (let end = bytes.indexOf(LINE_FEED, start); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
    const found = commitOf(bytes.subarray(start, end));
    if (found === null) break;
    lines = found === commit ? lines + 1 : 1;
    commit = found;
    start = end + 1;
  }
  return { commit, lines };
}

function readTail(path: string): { readonly bytes: Buffer; readonly isWholeFile: boolean } {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const from = Math.max(0, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - from);
    for (let at = 0; at < bytes.length;) {
      const read = readSync(fd, bytes, at, bytes.length - at, from + at);
      if (read === 0) break;
      at += read;
    }
    return { bytes, isWholeFile: from === 0 };
  } finally {
    closeSync(fd);
  }
}

/** The commit that a line is of; null where it is not whole. What was not written reads as zeros. */
function commitOf(line: Buffer): number | null {
  if (line.at(-1) !== CLOSING_BRACE || line.includes(0)) return null;
  const head = line.toString('latin1', 0, HEAD_BYTES);
  const found = /^\{"kind":"[a-z]+","commit":(\d+),/.exec(head);
  return found === null ? null : Number(found[1]);
}

function writeAll(fd: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}
