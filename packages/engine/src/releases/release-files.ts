/**
 * Releases on disk: `releases/<digest>/`, immutable and content-addressed (DESIGN, Store).
 *
 * A release's directory is complete before the journal says that it is registered: files are written beside, synced,
 * then renamed into place. A crash in between leaves a directory nobody refers to.
 *
 * @module
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import {
  canonicalJson,
  HoldfastError,
  type ReleaseBundle,
  type JsonText,
  type ReleaseDigest,
  type ReleaseManifest,
} from '@holdfast/core';
import { ensureDirectory, syncName, syncPath } from '@holdfast/store';
import { sha256 } from '../sha256.ts';

/** Digest of a bundle: SHA-256 over the canonical JSON of `{ path: sha256(text) }`. */
export function bundleDigest(bundle: ReleaseBundle): ReleaseDigest {
  const sums: Record<string, string> = {};
  for (const [path, text] of Object.entries(bundle.files)) sums[path] = sha256(text);
  return sha256(canonicalJson(sums));
}

export class ReleaseFiles {
  readonly #root: string;

  /** @param root the data directory's `releases` folder; created when missing */
  constructor(root: string) {
    this.#root = root;
    ensureDirectory(root);
  }

  directory(digest: ReleaseDigest): string {
    return join(this.#root, digest);
  }

  /** @throws HoldfastError `release.unknown` when the file is not there. */
  read(digest: ReleaseDigest, path: string): string {
    try {
      return readFileSync(join(this.#root, digest, path), 'utf8');
    } catch (error) {
      throw new HoldfastError('release.unknown', `release ${digest} has no file ${path}`, {
        cause: error,
      });
    }
  }

  has(digest: ReleaseDigest, path: string): boolean {
    try {
      closeSync(openSync(join(this.#root, digest, path), 'r'));
      return true;
    } catch {
      return false;
    }
  }

  /** All files of a release. @throws HoldfastError `release.unknown` when it is not there. */
  bundle(digest: ReleaseDigest): ReleaseBundle {
    const root = this.directory(digest);
    if (!this.has(digest, 'release.json'))
      throw new HoldfastError('release.unknown', `there are no files of release ${digest}`);
    const files: Record<string, string> = {};
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      files[relative(root, path).replaceAll(sep, '/')] = readFileSync(path, 'utf8');
    }
    return { format: 1, files };
  }

  /** Whether the release's own manifest is there, and every program that it names. */
  isWhole(digest: ReleaseDigest, manifest: JsonText): boolean {
    const { sagas } = JSON.parse(manifest) as Pick<ReleaseManifest, 'sagas'>;
    return (
      this.has(digest, 'release.json') && sagas.every(({ script }) => this.has(digest, script))
    );
  }

  /**
   * Writes the bundle so that it survives a power cut. Keeping what is there whole is free.
   *
   * @throws HoldfastError `store.full`; nothing of it is left then
   */
  keep(digest: ReleaseDigest, bundle: ReleaseBundle): void {
    if (Object.keys(bundle.files).every((path) => this.has(digest, path))) return;
    let building: string | null = null;
    try {
      building = mkdtempSync(join(this.#root, '.building-'));
      this.#write(digest, bundle, building);
    } catch (error) {
      if (building !== null) rmSync(building, { recursive: true, force: true });
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      throw new HoldfastError('store.full', `no room to keep release ${digest}`, {
        hint: 'Free disk space, then register it again.',
        cause: error,
      });
    }
  }

  #write(digest: ReleaseDigest, bundle: ReleaseBundle, building: string): void {
    const folders = new Set([building]);
    for (const [path, text] of Object.entries(bundle.files)) {
      const target = join(building, safePath(path));
      mkdirSync(dirname(target), { recursive: true });
      folders.add(dirname(target));
      writeSynced(target, text);
    }
    for (const folder of folders) syncPath(folder);
    const final = join(this.#root, digest);
    rmSync(final, { recursive: true, force: true });
    renameSync(building, final);
    syncPath(this.#root);
    // The folder of releases may have been made by a process that died before its name was synced.
    syncName(this.#root);
  }
}

function safePath(path: string): string {
  const clean = normalize(path);
  if (clean.startsWith('..') || clean.startsWith(sep) || /^[a-zA-Z]:/.test(clean)) {
    throw new HoldfastError(
      'release.invalid',
      `a bundle may not hold the path ${JSON.stringify(path)}`,
    );
  }
  return clean;
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
