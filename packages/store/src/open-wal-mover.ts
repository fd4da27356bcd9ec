/**
 * Moves the write-ahead log into the database file from a thread that is not the writer's, so that commits do not wait
 * for it. It never resets the log: that the writer alone does, with its next commit once all of it is moved.
 */
import Database from 'better-sqlite3';
import { locateGeneration } from './data-directory.ts';
import { HoldfastError } from '@holdfast/core';
import { toMoveError, toOpenError } from './store-errors.ts';

/** The move never waits: where the writer moves pages itself at this moment, there is nothing to do. */
const NO_WAIT_MS = 0;

export interface WalMover {
  /** Moves what can be moved without disturbing anybody. @throws StoreFullError when the database file has no room */
  move(): void;
  close(): void;
}

/**
 * Opens a connection for moving the log of a data directory, which the writer has opened before.
 *
 * @throws HoldfastError `store.missing`, `store.corrupt`, `store.io`
 */
export function openWalMover({ dir }: { readonly dir: string }): WalMover {
  const paths = locateGeneration(dir);
  if (paths === null) throw new HoldfastError('store.missing', `there is no database in ${dir}`);
  try {
    const db = new Database(paths.database, { fileMustExist: true, timeout: NO_WAIT_MS });
    db.pragma('wal_autocheckpoint = 0');
    // What is moved must be on disk before the writer may overwrite the log.
    db.pragma('synchronous = FULL');
    db.pragma('checkpoint_fullfsync = ON');
    const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    const move = (): void => {
      try {
        passive.get();
      } catch (error) {
        throw toMoveError(error, paths.database);
      }
    };
    return { move, close: () => void db.close() };
  } catch (error) {
    throw toOpenError(error, paths.database);
  }
}
