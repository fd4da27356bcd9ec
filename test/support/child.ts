/**
 * Processes that tests start. Each is the head of a group of its own, so that whatever it starts ends with it, and the
 * group ends with the test, also when the test process dies.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { ROOT, cleanEnv } from './checkout.ts';
import { within } from './eventually.ts';

/** Of a command that is expected to end by itself. */
const RUN_WITHIN_MS = 60_000;
/** What is kept of each output stream. */
const KEPT_CHARS = 256 * 1024;
/** A command's one JSON document may name thousands of instances. */
const KEPT_OUT_CHARS = 64 * 1024 * 1024;

const alive = new Set<Child>();
function endAll(): void {
  for (const child of alive) child.killGroup();
}
process.on('exit', endAll);
for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  process.once(signal, () => process.exit(code));
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** For `runToEnd`, in milliseconds. Default: a minute. */
  readonly withinMs?: number;
  /** Given to its standard input, which is then closed. */
  readonly input?: string | Uint8Array;
  /** Give it a pipe at this variable's descriptor, whose end tells it that we are gone (apps/server/src/lifeline.ts). */
  readonly lifeline?: boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const LIFELINE_FD = 3;

export class Child {
  readonly #process: ChildProcess;
  readonly #lines: ((line: string) => void)[] = [];
  #stdout = '';
  #stderr = '';
  #unfinished = '';
  readonly ended: Promise<Ended>;
  #end: Ended | null = null;

  constructor(file: string, args: readonly string[], options: ChildOptions = {}) {
    const { env = {}, cwd = ROOT, input, lifeline = false } = options;
    this.#process = spawn(file, args, {
      cwd,
      detached: true,
      env: {
        ...cleanEnv(),
        ...env,
        ...(lifeline ? { HOLDFAST_LIFELINE_FD: String(LIFELINE_FD) } : {}),
      },
      stdio: [
        input === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        lifeline ? 'pipe' : 'ignore',
      ],
    });
    alive.add(this);
    this.#feed(input);
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => this.#onStdout(text));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_CHARS);
    });
    this.ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('close', (code, signal) => {
        this.#end = { code, signal, stdout: this.#stdout, stderr: this.#stderr };
        resolve(this.#end);
      });
    });
    // Whoever awaits it learns of a failed spawn; nobody else needs to.
    this.ended.catch(() => undefined);
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error('the process did not start');
    return pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** How it ended; null while it runs. */
  get end(): Ended | null {
    return this.#end;
  }

  /** Calls back with each whole line of its standard output, those it wrote already included. */
  onLine(listener: (line: string) => void): void {
    const known = this.#stdout.split('\n').slice(0, -1);
    this.#lines.push(listener);
    for (const line of known) listener(line);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#end === null) this.#process.kill(signal);
  }

  /** Ends it and all that it started and left in its group. */
  killGroup(): void {
    alive.delete(this);
    this.signalGroup('SIGKILL');
  }

  /** What a terminal does on Ctrl-C (SIGINT): tells the whole group. */
  signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.killGroup();
    await this.ended;
  }

  #feed(input: string | Uint8Array | undefined): void {
    const stdin: Writable | null = this.#process.stdin;
    if (input === undefined || stdin === null) return;
    // It may end without having read all of it.
    stdin.on('error', () => undefined);
    stdin.end(input);
  }

  #onStdout(text: string): void {
    this.#stdout = (this.#stdout + text).slice(-KEPT_OUT_CHARS);
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop() ?? '';
    for (const line of lines) for (const listener of this.#lines) listener(line);
  }
}

/** Runs a program to its end. @throws Error when it has not ended in time; it is then killed. */
export async function runToEnd(
  file: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<Ended> {
  await using child = new Child(file, args, options);
  const what = (): string =>
    `${file} ${args.join(' ')} ends; it said: ${child.stdout}${child.stderr}`;
  return await within(what, options.withinMs ?? RUN_WITHIN_MS, child.ended);
}
