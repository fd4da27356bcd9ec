/**
 * What every script needs of the machine: where the checkout is, which Node runs the project, how to
 * call npm, where to say things. Runs on the oldest Node we start from (20), with no dependency.
 */
import { existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** better-sqlite3 crashes on less, and macOS has no pinned Node: see docs/adr/0001. */
const LEAST_NODE = [22, 14];

/** A failure that the person at the terminal can mend: printed without a stack. */
export class ScriptError extends Error {
  /** @param {string} message what happened and what to do about it
   *  @param {number} [exitCode] default 1 */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = 'ScriptError';
    this.exitCode = exitCode;
  }
}

/** Progress goes to stderr, so that stdout holds only what the command was asked for.
 *  @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a script's main function: a ScriptError is printed plainly, anything else with its stack.
 *  @param {() => Promise<void>} main */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    say(`holdfast: ${error.message}`);
    process.exitCode = error.exitCode;
  }
}

/** Whether a module is the one Node was started with. `import.meta.main` is not in Node 20.
 *  @param {string} url the module's `import.meta.url` */
export function isMain(url) {
  return (
    process.argv[1] !== undefined && basename(fileURLToPath(url)) === basename(process.argv[1])
  );
}

/** @param {string} version such as `v22.14.0` */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/**
 * The Node that runs the project: the pinned one, by path, since a shell may remember where it found
 * another before the install. Where no pinned one exists (macOS), the one running this script.
 *
 * @returns {string} absolute path
 * @throws {ScriptError} when there is no pinned Node here and the system's is too old
 */
export function findNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const pinned = join(ROOT, 'node_modules', `node-${platform}-${process.arch}`, 'bin', binary);
  if (existsSync(pinned)) return pinned;
  if (isNewEnough(process.version)) return process.execPath;
  throw new ScriptError(
    `no Node is pinned for ${process.platform}-${process.arch}, and this one is ${process.version}: ` +
      `install Node ${LEAST_NODE.join('.')} or newer (24 is what the tests run on) and start again.`,
  );
}

/**
 * The environment for a child: the pinned tools first on the path, npm's own settings for its scripts
 * (`npm start --silent` sets a log level) left out, so that an inner npm says what goes wrong.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnv() {
  const separator = process.platform === 'win32' ? ';' : ':';
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(config_(loglevel|silent|json)|lifecycle|package)/i.test(name),
    ),
  );
  env['PATH'] = [dirname(findNode()), join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(
    separator,
  );
  return env;
}

/**
 * Runs a program to its end. A signal that asks us to stop is passed on: we end when it has.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 128 and more when a signal ended it
 */
export function run(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: ROOT, stdio: 'inherit', ...options });
    const stop = () => child.kill('SIGTERM');
    process.once('SIGINT', stop).once('SIGTERM', stop);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(exitCodeOf(code, signal));
    });
  });
}

/** @type {Readonly<Record<string, number>>} */
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** The exit code as a shell would give it.
 *  @param {number | null} code
 *  @param {NodeJS.Signals | null} signal */
export function exitCodeOf(code, signal) {
  if (code !== null) return code;
  return 128 + (signal === null ? 0 : (SIGNAL_NUMBERS[signal] ?? 0));
}

/** How to call npm: through the npm that called us where there is one, else by name.
 *  @returns {{ file: string, args: string[], shell: boolean }} */
export function npmCommand() {
  const calledBy = process.env['npm_execpath'];
  if (calledBy !== undefined && basename(calledBy) === 'npm-cli.js' && existsSync(calledBy)) {
    return { file: process.execPath, args: [calledBy], shell: false };
  }
  return process.platform === 'win32'
    ? { file: 'npm.cmd', args: [], shell: true }
    : { file: 'npm', args: [], shell: false };
}
