/**
 * The server that `holdfast dev` works with: the one that runs on the data directory, else one of its own for as long as
 * `dev` runs.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fromErrorRecord, HoldfastError } from '@holdfast/core';
import type { ErrorRecord } from '@holdfast/core';
import { clientOf } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { dataDirOf } from '../cli/context.ts';
import { withProgress } from '../cli/progress.ts';
import { findTarget } from '../cli/target.ts';
import type { Target } from '../cli/target.ts';

export interface DevServer {
  readonly target: Target;
  /** Whether `dev` started it, and so ends it. */
  readonly started: boolean;
  /** Resolves when a server of our own has ended without being told to; never for another's. */
  readonly lost: Promise<HoldfastError>;
  stop(): Promise<void>;
}

/**
 * @param stopped gives a start up: its server is told to stop, and has ended when this throws
 * @throws HoldfastError whatever hinders a start, as `serve` tells it
 */
export async function findOrStartServer(
  context: CliContext,
  stopped: AbortSignal,
): Promise<DevServer> {
  const running = await findRunning(context);
  if (running !== null)
    return {
      target: running,
      started: false,
      lost: new Promise(() => undefined),
      stop: () => Promise.resolve(),
    };
  try {
    return await withProgress(context.out, 'Starting a server', startServer(context, stopped, []));
  } catch (error) {
    // Another server has the usual ports, for another data directory: ours can do with any.
    if (!(error instanceof HoldfastError) || error.code !== 'port.taken') throw error;
    context.out.note(`${error.message}; taking free ports for this server`);
    return withProgress(
      context.out,
      'Starting a server',
      startServer(context, stopped, ['--http-port', '0', '--mqtt-port', '0']),
    );
  }
}

/** @throws HoldfastError `unavailable` when a server was named that does not answer: that one was meant, and no other. */
async function findRunning(context: CliContext): Promise<Target | null> {
  const { globals, around } = context;
  const named = globals.url !== undefined || (around.env['HOLDFAST_URL'] ?? '') !== '';
  try {
    const target = findTarget(context);
    await clientOf(target).ready();
    return target;
  } catch (error) {
    if (!named && error instanceof HoldfastError && error.code === 'unavailable') return null;
    throw error;
  }
}

/** Descriptor of the pipe whose end tells the server that we are gone, even by SIGKILL. */
const LIFELINE_FD = 3;
/** A server that is given up gets this long to end in order: more than its start's grace and a drain take by default. */
const GIVE_UP_MS = 45_000;

async function startServer(
  context: CliContext,
  stopped: AbortSignal,
  extra: readonly string[],
): Promise<DevServer> {
  stopped.throwIfAborted();
  const { around, out } = context;
  const entry = process.argv[1] ?? '';
  const args = [
    ...process.execArgv,
    entry,
    'serve',
    '--json',
    '--data-dir',
    dataDirOf(context),
    ...extra,
  ];
  const child = spawn(process.execPath, args, {
    cwd: around.cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: {
      HOLDFAST_LOG_LEVEL: 'info',
      HOLDFAST_LOG_FORMAT: 'text',
      // As the launchers set it: see docs/adr/0011-memory-at-rest.md.
      MALLOC_ARENA_MAX: '2',
      MALLOC_TRIM_THRESHOLD_: '131072',
      ...around.env,
      HOLDFAST_LIFELINE_FD: String(LIFELINE_FD),
    },
    // In a process group of its own: Ctrl-C reaches us alone, and we end it in order.
    detached: around.platform !== 'win32',
  });
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const drained = new Promise<void>((resolve) => child.stderr?.once('close', () => resolve()));
  // Before it is ready, recovery may have set effects going: these are to end in order too.
  const giveUp = (): void => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS);
    void ended.then(() => clearTimeout(late));
  };
  stopped.addEventListener('abort', giveUp, { once: true });
  try {
    await started(child, { ended, drained }, (line) => out.note(line));
  } finally {
    stopped.removeEventListener('abort', giveUp);
  }
  if (stopped.aborted) {
    // It became ready all the same. A second signal would end it at once.
    await Promise.all([ended, drained]);
    stopped.throwIfAborted();
  }
  let told = false;
  return {
    target: findTarget(context),
    started: true,
    lost: ended.then((code) =>
      told
        ? new Promise<never>(() => undefined)
        : new HoldfastError('unavailable', `the server has ended by itself with code ${code}`),
    ),
    stop: async () => {
      told = true;
      child.kill('SIGTERM');
      // Its last words too, which may come out of the pipe after its end is known.
      await Promise.all([ended, drained]);
    },
  };
}

/** Resolves when the server says it is ready. What it logs goes to `note`. */
async function started(
  child: ChildProcess,
  { ended, drained }: { readonly ended: Promise<number>; readonly drained: Promise<void> },
  note: (line: string) => void,
): Promise<void> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the server was started without pipes');
  let failure: ErrorRecord | null = null;
  createInterface({ input: stderr }).on('line', (line) => {
    const record = errorRecordIn(line);
    if (record === null) note(line);
    else failure = record;
  });
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.includes('"event":"ready"')) resolve();
    });
  });
  const outcome = await Promise.race([ready, ended]);
  if (outcome === undefined) return;
  await drained;
  if (failure !== null) throw fromErrorRecord(failure);
  throw new HoldfastError(
    'unavailable',
    `the server ended with code ${outcome} before it was ready`,
  );
}

/** The one error document that `serve --json` writes. */
function errorRecordIn(line: string): ErrorRecord | null {
  if (!line.startsWith('{"error":')) return null;
  const { error } = JSON.parse(line) as { readonly error: ErrorRecord };
  return error;
}
