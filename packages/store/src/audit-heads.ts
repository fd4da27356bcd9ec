/**
 * Where the audit's chain stood after each commit that added to it, outside the generation: `receipts/audit-heads.log`.
 * It is what tells that the newest entries were cut off, or the whole chain made anew.
 *
 * 1. JSON lines `{ no, seq, hash, commit, timeline, at }`, only ever added to, synced each: acts are few.
 * 2. A line is written after the commit, and before that commit resolves. Where that fails (no room, no power), the
 *    next commit of an act, or the next start, writes what is missing: the database holds it.
 * 3. A line that is cut short is ended and written again; a reader skips it.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Database, Statement } from 'better-sqlite3';

import { ensureDirectory, syncPath } from './data-directory.ts';

const FILE = 'audit-heads.log';
/** More than the longest line. */
const TAIL_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/** One line. `timeline` and `commit`: of the commit that wrote it; 0 for entries of before there was a chain. */
export interface KeptHead {
  readonly no: number;
  readonly seq: number;
  readonly hash: string;
  readonly commit: number;
  readonly timeline: number;
  readonly at: number;
}

export class AuditHeads {
  readonly #dir: string;
  readonly #missing: Statement<[number], KeptHead>;
  #fd: number | null = null;
  /** The last entry that stands in the file; null until it was looked at. */
  #last: number | null = null;
  #fault: unknown = null;

  constructor(dir: string, db: Database) {
    this.#dir = dir;
    this.#missing = db.prepare(
      `SELECT a.no, a.seq, lower(hex(a.hash)) AS hash, a.commit_no AS "commit", coalesce(c.timeline, 0) AS timeline, a.at
       FROM audit a LEFT JOIN commits c ON c.no = a.commit_no WHERE a.no > ? ORDER BY a.no`,
    );
  }

  /** Why lines are missing; null while none is. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Writes what is missing. Never throws: see `fault`. */
  catchUp(): void {
    try {
      this.#last ??= existsSync(join(this.#dir, FILE)) ? lastNo(this.#file) : 0;
      const rows = this.#missing.all(this.#last);
      this.#fault = null;
      const newest = rows.at(-1);
      if (newest === undefined) return;
      const fd = this.#file;
      let lines = endsWhole(fd) ? '' : '\n';
      for (const row of rows) lines += `${JSON.stringify(row)}\n`;
      // Looked at again, should writing fail half way.
      this.#last = null;
      writeAll(fd, Buffer.from(lines));
      fdatasyncSync(fd);
      this.#last = newest.no;
    } catch (error) {
      this.#fault = error;
    }
  }

  close(): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
  }

  get #file(): number {
    if (this.#fd !== null) return this.#fd;
    ensureDirectory(this.#dir);
    this.#fd = openSync(join(this.#dir, FILE), 'a+', 0o600);
    syncPath(this.#dir);
    return this.#fd;
  }
}

/** All whole lines, oldest first; none where there is no file. */
export function readAuditHeads(dir: string): readonly KeptHead[] {
  const path = join(dir, FILE);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').flatMap(headOf);
}

function headOf(line: string): readonly KeptHead[] {
  try {
    const head = JSON.parse(line) as Partial<KeptHead> | null;
    return typeof head?.no === 'number' && typeof head.hash === 'string' ? [head as KeptHead] : [];
  } catch {
    // Cut short, or empty: the line after it says the same.
    return [];
  }
}

/** The number on the last whole line; 0 where there is none. */
function lastNo(fd: number): number {
  const { size } = fstatSync(fd);
  const from = Math.max(0, size - TAIL_BYTES);
  const tail = Buffer.alloc(size - from);
  readSync(fd, tail, 0, tail.length, from);
  const heads = tail.toString('utf8').split('\n').flatMap(headOf);
  return heads.at(-1)?.no ?? 0;
}

function endsWhole(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] === LINE_FEED;
}

function writeAll(fd: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}
