/**
 * The append-only log of attempt starts, ends and outcomes outside the generation (DESIGN, Decided): JSON lines in
 * `receipts/`, a file per start of the program and day. It is what a restored, older database is compared with to know
 * which effects the world has seen since.
 *
 * 1. A line is written (not synced) after the commit that holds the same fact, and before that commit resolves: no
 *    call is made whose start is not in the file. The process dying loses nothing that was acknowledged.
 * 2. It is synced within `SYNC_AFTER_MS`, off the commit path, and on close. Losing power may lose the lines of that
 *    last stretch; the database holds those facts, synced, and the next start writes them again (`repairReceipts`).
 *    Only losing that stretch *and* the database loses them.
 * 3. Where writing fails, nothing after it is written either, so that the last line tells where the file ends. The
 *    next start continues from there. Where it failed for want of room, what stands of the line is taken back, and
 *    `resume` continues in this process once there is room (I10).
 *
 * A reader skips a last line that is cut short, and takes a repeated line (same kind, command, attempt) as one: where
 * part of a commit's lines was lost, the next start writes all of them again, those that were kept included.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { formatMicros } from '@holdfast/core';
import type { Clock, Micros } from '@holdfast/core';

import { syncPath } from './data-directory.ts';
import { isNoRoom } from './disk-room.ts';

const SYNC_AFTER_MS = 200;
/** What is read at once while the end of a log is looked for. */
const CHUNK_BYTES = 64 * 1024;
/** Enough of a line to tell its commit, which stands at the front. */
const HEAD_BYTES = 64;
const LINE_FEED = 0x0a;

export class ReceiptsLog {
  readonly #dir: string;
  readonly #epoch: number;
  readonly #clock: Clock;
  #fd: number | null = null;
  #day = '';
  #cancelSync: (() => void) | null = null;
  #syncing = false;
  #unsynced = false;
  #fault: unknown = null;
  /** Bytes of the open segment's whole lines. */
  #size = 0;
  /** It stopped for want of room, with nothing but whole lines in its segment. */
  #isBehind = false;

  constructor(options: { readonly dir: string; readonly epoch: number; readonly clock: Clock }) {
    this.#dir = options.dir;
    this.#epoch = options.epoch;
    this.#clock = options.clock;
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
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
    } catch (error) {
      this.#fault = error;
      this.#isBehind = isNoRoom(error) && this.#takeBack();
      return;
    }
    this.#unsynced = true;
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

  #sync(): void {
    this.#cancelSync = null;
    const fd = this.#fd;
    if (fd === null || this.#syncing) return;
    this.#syncing = true;
    this.#unsynced = false;
    fdatasync(fd, (error) => {
      this.#syncing = false;
      // A file that was closed meanwhile was synced by `close`.
      if (error !== null && this.#fd === fd) this.#fault ??= error;
      if (this.#unsynced && this.#fd !== null) {
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
 * Where the log ends. What is cut off is cut off at the end: lines are only ever appended. The last commit's lines all
 * stand in the last segment that has any, since a batch is appended whole and a repair begins with the commit's first.
 */
export function endOfLog(dir: string): LogEnd {
  const segments = existsSync(dir)
    ? readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
    : [];
  for (const name of segments.toSorted().toReversed()) {
    const end = endOfSegment(join(dir, name));
    if (end.lines > 0) return end;
  }
  return { commit: 0, lines: 0 };
}

function endOfSegment(path: string): LogEnd {
  const fd = openSync(path, 'r');
  try {
    let commit = 0;
    let lines = 0;
    for (const start of wholeLines(fd)) {
      const found = commitAt(fd, start);
      if (found === null) continue;
      if (lines > 0 && found !== commit) break;
      commit = found;
      lines += 1;
    }
    return { commit, lines };
  } finally {
    closeSync(fd);
  }
}

/** Where the lines of a file begin that end in a line feed, last first. */
function* wholeLines(fd: number): Generator<number, void, void> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let isWhole = false;
  for (let to = fstatSync(fd).size; to > 0;) {
    const from = Math.max(0, to - CHUNK_BYTES);
    const part = chunk.subarray(0, readSync(fd, chunk, 0, to - from, from));
    for (let end = part.length; end > 0;) {
      end = part.subarray(0, end).lastIndexOf(LINE_FEED);
      if (end < 0) break;
      if (isWhole) yield from + end + 1;
      isWhole = true;
    }
    to = from;
  }
  if (isWhole) yield 0;
}

function commitAt(fd: number, start: number): number | null {
  const head = Buffer.alloc(HEAD_BYTES);
  const text = head.toString('latin1', 0, readSync(fd, head, 0, HEAD_BYTES, start));
  const found = /^\{"kind":"[a-z]+","commit":(\d+),/.exec(text);
  return found === null ? null : Number(found[1]);
}

function writeAll(fd: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}
