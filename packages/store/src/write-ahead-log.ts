import { statSync } from 'node:fs';

import type { Database, Statement } from 'better-sqlite3';

import { sqliteCode } from './store-errors.ts';

/** Past this the next commit moves the log itself, should nobody have called `checkpointWal`. */
const CEILING_BYTES = 64 * 1024 * 1024;
/** https://sqlite.org/fileformat2.html, "The Write-Ahead Log". */
const FRAME_HEADER_BYTES = 24;

interface LogState {
  /** Frames in the log; -1 when there is no log. */
  readonly log: number;
  /** Frames of those that are in the database file already. */
  readonly checkpointed: number;
}

/**
 * The write-ahead log of the writer's connection: how long it is, and moving it into the database file. Once all of it
 * is moved and no reader needs it, the next commit begins at its front again.
 */
export class WriteAheadLog {
  readonly #path: string;
  readonly #frameBytes: number;
  readonly #look: Statement<[], LogState>;
  readonly #passive: Statement<[], LogState>;
  readonly #truncate: Statement<[], LogState>;

  constructor(db: Database, databasePath: string) {
    this.#path = `${databasePath}-wal`;
    this.#frameBytes = Number(db.pragma('page_size', { simple: true })) + FRAME_HEADER_BYTES;
    this.#look = db.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#truncate = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Bytes of the log that the next commit cannot reuse yet. Asks no disk. */
  get used(): number {
    const state = this.#look.get();
    if (state === undefined || state.log <= 0 || state.log === state.checkpointed) return 0;
    return state.log * this.#frameBytes;
  }

  /** Frames in the log, and those of them not yet in the database file. Asks no disk. */
  get state(): { readonly frames: number; readonly left: number } {
    const state = this.#look.get();
    const frames = Math.max(0, state?.log ?? 0);
    return { frames, left: frames - Math.max(0, state?.checkpointed ?? 0) };
  }

  move(mode: 'passive' | 'truncate'): { walBytes: number; moved: number; pages: number } {
    const state = (mode === 'passive' ? this.#passive : this.#truncate).get();
    return {
      walBytes: statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0,
      moved: Math.max(0, state?.checkpointed ?? 0),
      pages: Math.max(0, state?.log ?? 0),
    };
  }

  /** A safety net: the engine moves the log off the commit path, long before. */
  keepUnderCeiling(): void {
    if (this.used <= CEILING_BYTES) return;
    try {
      this.move('passive');
    } catch (error) {
      // Without room in the database file the log stays; whether it has room itself, the commit finds out.
      if (sqliteCode(error) !== 'SQLITE_FULL') throw error;
    }
  }
}
