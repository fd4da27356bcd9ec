/**
 * The append-only log of attempt starts, ends and outcomes outside the generation (DESIGN, Decided): JSON lines in
 * `receipts/`, a file per start of the program and day. It is what a restored, older database is compared with to know
 * which effects the world has seen since.
 *
 * 1. A line is written (not synced) after the commit that holds the same fact, and before that commit resolves: no
 *    call is made whose start is not in the file. The process dying loses nothing that was acknowledged.
 * 2. It is synced within `SYNC_AFTER_MS`, off the commit path, and on close. Losing power may lose the lines of that
 *    last stretch; the database holds those facts, synced, and the next start writes them again (`repairFrom`).
 *    Only losing that stretch *and* the database loses them.
 * 3. Where writing fails, nothing after it is written either, so that the last line tells where the file ends. The
 *    next start continues from there.
 *
 * A reader skips a last line that is cut short, and takes a repeated line (same kind, command, attempt) as one.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
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

const SYNC_AFTER_MS = 200;
/** Enough for the longest line that matters: its commit number stands at the front. */
const TAIL_BYTES = 64 * 1024;

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

  /** Writes whole lines. Never throws: see `fault`. */
  append(lines: string, at: Micros): void {
    if (this.#fault !== null) return;
    try {
      writeAll(this.#segment(at), lines);
    } catch (error) {
      this.#fault = error;
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

  #segment(at: Micros): number {
    const day = formatMicros(at).slice(0, 10);
    if (this.#fd !== null && day === this.#day) return this.#fd;
    this.close();
    const path = join(this.#dir, `${String(this.#epoch).padStart(6, '0')}-${day}.jsonl`);
    this.#fd = openSync(path, 'a', 0o600);
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

/**
 * The commit from which on lines may be missing: the one of the last whole line, whose neighbours may be cut off.
 * 0 when there is no line.
 */
export function repairFrom(dir: string): number {
  if (!existsSync(dir)) return 0;
  const segments = readdirSync(dir)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted();
  for (const name of segments.toReversed()) {
    const commit = lastCommitOf(join(dir, name));
    if (commit !== null) return commit;
  }
  return 0;
}

function lastCommitOf(path: string): number | null {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    let length = Math.min(size, TAIL_BYTES);
    for (;;) {
      const tail = Buffer.alloc(length);
      readSync(fd, tail, 0, length, size - length);
      const commit = lastWholeLineCommit(tail.toString('utf8'), length === size);
      if (commit !== null || length === size) return commit;
      length = Math.min(size, length * 16);
    }
  } finally {
    closeSync(fd);
  }
}

function lastWholeLineCommit(tail: string, isWholeFile: boolean): number | null {
  const lines = tail.split('\n');
  // After the last line feed: nothing, or a line that was cut short.
  lines.pop();
  if (!isWholeFile) lines.shift();
  for (const line of lines.toReversed()) {
    const found = /^\{"kind":"[a-z]+","commit":(\d+),/.exec(line);
    if (found !== null) return Number(found[1]);
  }
  return null;
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}
