import type { Clock, Millis } from '@holdfast/core';
import type { Log } from '../log.ts';
import {
  DEFAULT_MEMORY_LIMIT_BYTES,
  DEFAULT_STACK_LIMIT_BYTES,
  DEFAULT_WALL_LIMIT_MS,
  INITIAL_MEMORY_BYTES,
  MAX_STACK_LIMIT_BYTES,
} from './limits.ts';

export interface SandboxPoolOptions {
  /** Default 1, minimum 1. */
  readonly threads?: number;
  /** Where the thread's code is; default beside this file, which holds for the sources. */
  readonly workerUrl?: URL;
  /** Where QuickJS's WebAssembly is; default the package's. */
  readonly wasmUrl?: URL;
  /** Longest a call may be in progress, in milliseconds of running time; default 1000, minimum 10. */
  readonly wallLimit?: Millis;
  /** What a machine's memory may grow to, in bytes; default 64 MiB, minimum 16 MiB. */
  readonly memoryLimit?: number;
  /** Stack of a program, in bytes; default 512 KiB, 64 KiB to 1 MiB. */
  readonly stackLimit?: number;
  readonly clock: Clock;
  readonly log?: Log;
}

const LEAST_WALL_LIMIT_MS = 10;
const LEAST_STACK_LIMIT_BYTES = 64 * 1024;

/**
 * Fills in defaults.
 *
 * @throws RangeError for a limit out of its bounds
 */
export function checkPoolOptions(
  options: SandboxPoolOptions,
): Required<Pick<SandboxPoolOptions, 'threads' | 'wallLimit' | 'memoryLimit' | 'stackLimit'>> {
  const {
    threads = 1,
    wallLimit = DEFAULT_WALL_LIMIT_MS,
    memoryLimit = DEFAULT_MEMORY_LIMIT_BYTES,
    stackLimit = DEFAULT_STACK_LIMIT_BYTES,
  } = options;
  within('threads', threads, 1, 64);
  within('wallLimit', wallLimit, LEAST_WALL_LIMIT_MS, 3_600_000);
  within('memoryLimit', memoryLimit, INITIAL_MEMORY_BYTES, 2 ** 31);
  within('stackLimit', stackLimit, LEAST_STACK_LIMIT_BYTES, MAX_STACK_LIMIT_BYTES);
  return { threads, wallLimit, memoryLimit, stackLimit };
}

function within(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `sandbox: ${name} is ${value}; it must be a whole number from ${least} to ${most}`,
  );
}
