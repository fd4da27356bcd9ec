/** A disk of a few megabytes, all its own: a tmpfs. Making one takes root, and a machine that lets root mount. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { TempFolder } from '../../support/temp-folder.ts';

const MIB = 1024 * 1024;
const BLOCK = 4096;

/** Why there can be none here; null when there can. */
export function smallDiskUnable(): string | null {
  if (process.platform !== 'linux') return 'a tmpfs can only be had on Linux';
  if (process.getuid?.() !== 0) return 'mounting a tmpfs takes root';
  using folder = new TempFolder('tmpfs');
  const target = folder.at('disk');
  mkdirSync(target);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', target], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) return `no tmpfs can be mounted here: ${mounted.stderr}`.trim();
  spawnSync('umount', [target]);
  return null;
}

export class SmallDisk implements Disposable {
  readonly #folder = new TempFolder('disk');
  readonly path: string;
  #fillers = 0;

  constructor(mib: number) {
    this.path = this.#folder.at('disk');
    mkdirSync(this.path);
    run('mount', '-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', this.path);
  }

  /** Bytes. */
  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Somebody else takes the room, all but `left` bytes of it. */
  fill(left = 0): void {
    const file = openSync(join(this.path, `foreign-${this.#fillers++}`), 'w');
    try {
      const chunk = Buffer.alloc(MIB, 1);
      while (this.free - left >= MIB) writeSync(file, chunk);
      while (this.free - left >= BLOCK) writeSync(file, chunk, 0, BLOCK);
    } catch (error) {
      // It was quicker than we looked.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(file);
    }
  }

  /** The foreign files go. */
  clear(): void {
    for (let i = 0; i < this.#fillers; i++)
      rmSync(join(this.path, `foreign-${i}`), { force: true });
    this.#fillers = 0;
  }

  resize(mib: number): void {
    run('mount', '-o', `remount,size=${mib}m`, this.path);
  }

  [Symbol.dispose](): void {
    // Lazily: a process that was killed a moment ago may still hold a file in it.
    run('umount', '--lazy', this.path);
    this.#folder[Symbol.dispose]();
  }
}

function run(file: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
}
