/** Starts an effect host's process with its pipes. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { FRAMES_FD, LIFELINE_FD } from './frames.ts';
import { hostEnvironment } from './host-environment.ts';

export interface SpawnedHost {
  readonly child: ChildProcess;
  readonly frames: Duplex;
  readonly lifeline: Duplex;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** @throws Error when the system has no process or no pipe left. */
export function spawnHost(of: {
  execPath: string;
  entry: string;
  effects: string;
  heapMiB: number;
}): SpawnedHost {
  const child = spawn(of.execPath, [`--max-old-space-size=${of.heapMiB}`, of.entry, of.effects], {
    cwd: dirname(of.effects),
    env: hostEnvironment(process.env),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const { stdout, stderr } = child;
  // Without descriptors Node gives a child without `stdio`, and an `error` event later.
  const pipes = child.stdio as unknown;
  if (!Array.isArray(pipes) || stdout === null || stderr === null) {
    child.once('error', () => undefined);
    throw new Error('no pipes for an effect host: too many open files');
  }
  return {
    child,
    frames: pipes[FRAMES_FD] as Duplex,
    lifeline: pipes[LIFELINE_FD] as Duplex,
    stdout,
    stderr,
  };
}
