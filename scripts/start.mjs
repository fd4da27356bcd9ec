/**
 * `npm start`: installs and builds what is missing, then runs the server with the restaurant, data in
 * `.holdfast/`. Arguments go to `serve`. stdout belongs to the server alone.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, ScriptError, childEnv, exitCodeOf, runMain } from './lib/host.mjs';
import { SERVER_OUT } from './lib/entries.mjs';
import { ensure } from './ensure.mjs';

/** One Ctrl-C reaches us from the terminal and again from npm: within this time they are one. */
const SAME_SIGNAL_MS = 250;
/** The first descriptor after stdin, stdout and stderr. */
const LIFELINE_FD = 3;
/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** @param {readonly string[]} args what the user gave
 *  @returns {string[]} */
function serveArguments(args) {
  const named = args.some((arg) => arg === '--data-dir' || arg.startsWith('--data-dir='));
  const chosen = named || process.env['HOLDFAST_DATA_DIR'] !== undefined;
  return [
    'serve',
    '--with-restaurant',
    ...(chosen ? [] : ['--data-dir', join(ROOT, '.holdfast')]),
    ...args,
  ];
}

/**
 * Runs the server in a process group of its own, so that each signal reaches it once, through us. Its
 * descriptor LIFELINE_FD is a pipe that we hold open: when we are killed it closes, and the server drains
 * instead of living on unseen (apps/server/src/lifeline.ts).
 *
 * @param {string} node
 * @param {readonly string[]} args
 * @returns {Promise<number>} the server's exit code
 */
function serve(node, args) {
  const cli = join(ROOT, SERVER_OUT, 'cli.js');
  if (!existsSync(cli)) throw new ScriptError(`the build made no ${cli}`);
  return new Promise((resolve, reject) => {
    const server = spawn(node, [cli, ...args], {
      cwd: ROOT,
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      // As scripts/holdfast does: glibc keeps what threads have freed, unless told not to.
      env: {
        MALLOC_ARENA_MAX: '2',
        MALLOC_TRIM_THRESHOLD_: '131072',
        ...childEnv(),
        HOLDFAST_LIFELINE_FD: String(LIFELINE_FD),
      },
      detached: process.platform !== 'win32',
    });
    let last = 0;
    for (const signal of FORWARDED) {
      process.on(signal, () => {
        const now = Date.now();
        if (now - last > SAME_SIGNAL_MS) server.kill(signal);
        last = now;
      });
    }
    server.once('error', reject);
    server.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

await runMain(async () => {
  const node = await ensure();
  process.exitCode = await serve(node, serveArguments(process.argv.slice(2)));
});
