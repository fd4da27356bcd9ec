/**
 * SQLite connections as DESIGN "Store" asks for them.
 *
 * `synchronous=FULL` must be said: this build's default under WAL is NORMAL, which does not sync a commit.
 *
 * Statements write `= +?` where they join, sort or take a part: this build (`ENABLE_STAT4`) otherwise plans them by the
 * values they are bound to, and prepares them again for each (`prepared-once.test.ts`).
 */
import { HoldfastError } from '@holdfast/core';
import Database from 'better-sqlite3';

/** "HFST": tells a Holdfast database from any other SQLite file. */
export const APPLICATION_ID = 0x48465354;
/**
 * How long a statement waits for a lock that another program (a backup, a shell) holds on the database. All the
 * writer's work waits with it, and a commit that is refused after it ends the process: long enough for whoever looks
 * in briefly.
 */
const BUSY_TIMEOUT_MS = 5_000;
const WRITER_CACHE_KIB = 32 * 1024;
const READER_CACHE_KIB = 8 * 1024;
/** What stays of the WAL file once it is reset; a WAL that is reused is twice as fast as one that grows (FACTS). */
const WAL_KEPT_BYTES = 64 * 1024 * 1024;

export interface WriterOptions {
  /** The file must exist, except while a generation is being made. */
  readonly isNew: boolean;
  /** Milliseconds it waits for another program's lock. Default 5000. */
  readonly lockWait?: number | undefined;
}

/** Opens the one writer's connection. */
export function openWriter(path: string, options: WriterOptions): Database.Database {
  const db = new Database(path, {
    fileMustExist: !options.isNew,
    timeout: options.lockWait ?? BUSY_TIMEOUT_MS,
  });
  try {
    if (options.isNew) {
      db.pragma('page_size = 4096');
      // Can only be chosen before the first table.
      db.pragma('auto_vacuum = INCREMENTAL');
      db.pragma(`application_id = ${APPLICATION_ID}`);
    }
    db.pragma('trusted_schema = OFF');
    const mode = db.pragma('journal_mode = WAL', { simple: true });
    if (mode !== 'wal') {
      throw new HoldfastError(
        'store.io',
        `${path} cannot use write-ahead logging (got ${String(mode)})`,
        {
          hint: 'Keep the data directory on a local file system.',
          operation: 'open store',
        },
      );
    }
    db.pragma('synchronous = FULL');
    // On macOS fsync does not reach the platter; elsewhere these do nothing.
    db.pragma('fullfsync = ON');
    db.pragma('checkpoint_fullfsync = ON');
    db.pragma('foreign_keys = ON');
    db.pragma('wal_autocheckpoint = 0');
    db.pragma(`journal_size_limit = ${WAL_KEPT_BYTES}`);
    db.pragma(`cache_size = -${WRITER_CACHE_KIB}`);
    db.pragma('temp_store = MEMORY');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens a connection that cannot write. It sees each commit at once and never blocks the writer. */
export function openReader(path: string): Database.Database {
  const db = new Database(path, {
    readonly: true,
    fileMustExist: true,
    timeout: BUSY_TIMEOUT_MS,
  });
  db.pragma('trusted_schema = OFF');
  db.pragma(`cache_size = -${READER_CACHE_KIB}`);
  db.pragma('temp_store = MEMORY');
  return db;
}
