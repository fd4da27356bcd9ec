import { HoldfastError } from '@holdfast/core';
import type { HoldfastErrorOptions } from '@holdfast/core';
import Database from 'better-sqlite3';

/** Definite: there was no room, the whole batch was rolled back, nothing was written (I10). May be tried again. */
export class StoreFullError extends HoldfastError {
  override readonly name = 'StoreFullError';

  constructor(message: string, options: HoldfastErrorOptions = {}) {
    super('store.full', message, {
      hint: 'Free disk space; work resumes by itself.',
      operation: 'commit',
      ...options,
    });
  }
}

/**
 * A commit of unknown fate (I1): its rows are invisible now and may be there after recovery. The caller acknowledges
 * nothing, drops every cache and ends the process. Every later commit of the same store throws this as well.
 */
export class StoreFateUnknownError extends HoldfastError {
  override readonly name = 'StoreFateUnknownError';

  constructor(message: string, options: HoldfastErrorOptions = {}) {
    super('store.io', message, {
      hint: 'Check the disk, then start again: what was synced is recovered.',
      operation: 'commit',
      ...options,
    });
  }
}

/** A precondition of a batch failed: a bug of the caller. The whole batch was rolled back. */
export class StoreAssertionError extends Error {
  override readonly name = 'StoreAssertionError';
}

/** The SQLite result code of an error (`SQLITE_FULL`, `SQLITE_IOERR_FSYNC`…), or null for any other error. */
export function sqliteCode(error: unknown): string | null {
  return error instanceof Database.SqliteError ? error.code : null;
}

/** What an error met while the write-ahead log is moved means: for want of room nothing is lost, the log only stays. */
export function toMoveError(error: unknown, path: string): unknown {
  if (sqliteCode(error) !== 'SQLITE_FULL') return error;
  return new StoreFullError(`no room to move the write-ahead log into ${path}`, {
    cause: error,
    operation: 'move the write-ahead log',
  });
}

/** Nothing runs yet that could go on by itself. */
const FULL_AT_OPEN = { hint: 'Free disk space, then start again.' };

/** What an error met while opening or reading means to an operator. Bugs pass through. */
export function toOpenError(error: unknown, path: string): unknown {
  const options = { cause: error, operation: 'open store' };
  const code = sqliteCode(error);
  if (code === null)
    return error instanceof HoldfastError ? error : toFileError(error, path, options);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new HoldfastError('store.corrupt', `the database ${path} is damaged (${code})`, {
      ...options,
      hint: 'Restore from a backup; keep the damaged files.',
    });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new HoldfastError('store.locked', `another program holds the database ${path}`, options);
  }
  if (code.startsWith('SQLITE_FULL')) {
    return new StoreFullError(`no room to open the database ${path}`, {
      ...options,
      ...FULL_AT_OPEN,
    });
  }
  return new HoldfastError('store.io', `cannot use the database ${path} (${code})`, options);
}

/** Errors of file calls name the call and the file themselves. */
function toFileError(error: unknown, path: string, options: HoldfastErrorOptions): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  if ('code' in error && error.code === 'ENOSPC') {
    return new StoreFullError(`no room in ${path}`, { ...options, ...FULL_AT_OPEN });
  }
  return new HoldfastError('store.io', `cannot use ${path}: ${error.message}`, options);
}
