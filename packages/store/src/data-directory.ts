/**
 * The data directory's layout (DESIGN, Store), and what makes one.
 *
 * A generation is built whole under another name, then renamed, then named by `CURRENT`; each step is synced before
 * the next. A crash in between leaves either nothing that counts or one whole generation, which the next start takes.
 * Where there was a database and now is none, or an empty one, nothing is made: that is refused (`store.missing`).
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { HoldfastError } from '@holdfast/core';

const FIRST_GENERATION = '000001';
const GENERATION_PATTERN = /^\d{6,}$/;
const PARTIAL_SUFFIX = '.partial';
const PRIVATE = 0o700;

export interface DataPaths {
  readonly dir: string;
  readonly generation: string;
  readonly database: string;
  readonly receipts: string;
}

function pathsOf(dir: string, generation: string): DataPaths {
  return {
    dir,
    generation,
    database: join(dir, 'generations', generation, 'holdfast.db'),
    receipts: join(dir, 'receipts'),
  };
}

/** Makes a folder (mode 0700), and those above it, when it is not there; its name then lasts through a loss of power. */
export function ensureDirectory(dir: string): void {
  const first = mkdirSync(dir, { recursive: true, mode: PRIVATE });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let made = resolve(dir); ; made = dirname(made)) {
    syncName(made);
    if (dirname(made) === top || made === dirname(made)) return;
  }
}

/** Has the name of a file or folder last. A folder above that may not be read was not made by us. */
export function syncName(path: string): void {
  try {
    syncPath(dirname(resolve(path)));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
  }
}

/**
 * Where the current generation is; null where there has never been one.
 *
 * @throws HoldfastError `store.missing` where there was a database and it is gone or empty.
 */
export function locateGeneration(dir: string): DataPaths | null {
  const named = readCurrent(dir);
  const found = generations(dir);
  if (named === null && found.length === 0) return null;
  if (named === null && found.length > 1) {
    throw missing(
      `${join(dir, 'CURRENT')} is gone and there are ${found.length} generations: ${found.join(', ')}`,
    );
  }
  const paths = pathsOf(dir, named ?? found[0] ?? FIRST_GENERATION);
  if (!existsSync(paths.database)) throw missing(`the database ${paths.database} is gone`);
  if (statSync(paths.database).size === 0) throw missing(`the database ${paths.database} is empty`);
  // A crash between the rename and this file: the one generation there is is whole.
  if (named === null) writeCurrent(dir, paths.generation);
  return paths;
}

/**
 * Builds the first generation with `build`, which is given the path of the database to make and must leave it
 * complete in that one file.
 */
export function createGeneration(dir: string, build: (database: string) => void): DataPaths {
  const parent = join(dir, 'generations');
  const partial = join(parent, FIRST_GENERATION + PARTIAL_SUFFIX);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: PRIVATE });
  build(join(partial, 'holdfast.db'));
  syncPath(join(partial, 'holdfast.db'));
  syncPath(partial);
  renameSync(partial, join(parent, FIRST_GENERATION));
  syncPath(parent);
  writeCurrent(dir, FIRST_GENERATION);
  // Whoever made the directory may have died before its own name was synced.
  syncName(dir);
  return pathsOf(dir, FIRST_GENERATION);
}

function readCurrent(dir: string): string | null {
  const path = join(dir, 'CURRENT');
  if (!existsSync(path)) return null;
  const name = readFileSync(path, 'utf8').trim();
  if (!GENERATION_PATTERN.test(name)) throw missing(`${path} names no generation`);
  return name;
}

function generations(dir: string): readonly string[] {
  const parent = join(dir, 'generations');
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((name) => GENERATION_PATTERN.test(name))
    .toSorted();
}

function writeCurrent(dir: string, generation: string): void {
  const path = join(dir, 'CURRENT');
  const fresh = `${path}.new`;
  const fd = openSync(fresh, 'w', 0o600);
  try {
    writeSync(fd, `${generation}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(fresh, path);
  syncPath(dir);
}

/** Syncs a file, or a directory's entries. Windows cannot open a directory for that and needs no such call. */
export function syncPath(path: string): void {
  const isDirectory = statSync(path).isDirectory();
  if (isDirectory && process.platform === 'win32') return;
  const fd = openSync(path, isDirectory ? 'r' : 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function missing(message: string): HoldfastError {
  return new HoldfastError('store.missing', message, {
    hint: 'Holdfast does not make a new database where there was one. Restore from a backup, or name another directory.',
    operation: 'open store',
  });
}
