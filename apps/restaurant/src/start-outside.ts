import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface OutsideOptions {
  /** `services-main`, as JavaScript, or TypeScript that Node runs as it is. */
  readonly entry: string;
  /** Where it records every call it gets, and what it starts from. Made when it is not there. */
  readonly callsFile: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Whether tests may order mishaps. Default false. */
  readonly control?: boolean;
  /** How long they may take to come up, in milliseconds. Default 30 s. */
  readonly readyWithin?: number;
}

export interface OutsideProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends it. */
  close(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;
const END_WITHIN_MS = 2000;

/**
 * Starts the outside services in a process of their own, which ends with this one, however this one ends.
 *
 * @throws Error when they do not come up in time, or at all, for one because the port is taken; what they said is on stderr.
 */
export async function spawnOutside({
  entry,
  callsFile,
  port = 0,
  control = false,
  readyWithin = READY_WITHIN_MS,
}: OutsideOptions): Promise<OutsideProcess> {
  const args = ['--lifeline', '--calls', callsFile, '--port', String(port)];
  const child = spawn(process.execPath, [entry, ...args, ...(control ? ['--control'] : [])], {
    // A pipe that nobody writes to: it ends when this process does.
    stdio: ['pipe', 'pipe', 'inherit'],
    windowsHide: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  child.stdin.on('error', () => undefined);
  const { url, pid } = await readyLine(child, readyWithin);
  return {
    url,
    pid,
    ended,
    close: async () => {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

async function readyLine(
  child: ChildProcess,
  within: number,
): Promise<{ url: string; pid: number }> {
  if (child.stdout === null) throw new TypeError('the services have no stdout');
  const lines = createInterface({ input: child.stdout });
  const late = setTimeout(() => child.kill('SIGKILL'), within);
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code, signal]) => {
      const how = code === null ? `by ${String(signal)}` : `with exit code ${String(code)}`;
      throw new Error(`the restaurant's services ended ${how} before they were ready`);
    }),
  ]).finally(() => clearTimeout(late))) as [string];
  lines.on('line', () => undefined);
  return JSON.parse(line) as { url: string; pid: number };
}
