/** Small libraries that stand between a process and the system, to make disks that lie, fail or are slow (`preload/*.c`). */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TempFolder } from './temp-folder.ts';

/** Compiles one. @returns its path, for LD_PRELOAD */
export function buildPreload(
  name: 'late-sync' | 'failing-sync' | 'slow-sync' | 'power-log' | 'shifted-clock',
  folder: TempFolder,
): string {
  const library = folder.at(`${name}.so`);
  const source = join(import.meta.dirname, 'preload', `${name}.c`);
  const flags = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror'];
  const gcc = spawnSync('gcc', [...flags, '-o', library, source, '-ldl', '-lpthread'], {
    encoding: 'utf8',
  });
  if (gcc.status !== 0) throw new Error(`gcc: ${gcc.stderr}`);
  return library;
}
