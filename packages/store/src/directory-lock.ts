/**
 * One process per data directory.
 *
 * Node has no `flock`. A tiny SQLite database held under an exclusive lock is one: the kernel releases it with the
 * process, SIGKILL included, so no stale lock can be left. Its file is never opened by other means, because closing
 * any descriptor of a file drops all POSIX locks this process holds on it; so the holder's pid stands in a file beside.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { HoldfastError } from '@holdfast/core';
import Database from 'better-sqlite3';

import { sqliteCode } from './store-errors.ts';

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the lock, at once or not at all.
 *
 * @throws HoldfastError `store.locked`, naming the holder's pid where it is known.
 */
export function lockDirectory(dir: string): DirectoryLock {
  const pidFile = join(dir, 'lock.pid');
  const db = new Database(join(dir, 'lock'), { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') !== true) throw error;
    const pid = readPid(pidFile);
    throw new HoldfastError(
      'store.locked',
      `the data directory ${dir} is in use${pid === null ? '' : ` by process ${pid}`}`,
      {
        hint: 'Stop that process, or name another directory with --data-dir.',
        operation: 'open store',
        cause: error,
      },
    );
  }
  try {
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (error) {
    // Nobody gets the lock, so nobody would give it up.
    db.close();
    throw error;
  }
  return {
    release: () => {
      rmSync(pidFile, { force: true });
      db.close();
    },
  };
}

function readPid(pidFile: string): number | null {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    // The holder has not written it yet, or is just leaving: the lock is what counts, the pid is a courtesy.
    return null;
  }
}
