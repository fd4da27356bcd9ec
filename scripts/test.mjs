/**
 * `npm test`: installs and builds what is missing, then every check and every test. Goes on after a
 * failure, lists what failed and what was skipped with its reason, and ends with one plain line,
 * `N passed, N failed`. `npm run check` (`--fast`) leaves out integration and end-to-end tests.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, childEnv, exitCodeOf, runMain } from './lib/host.mjs';
import { CHECKS, TEST_PROJECTS } from './lib/checks.mjs';
import { ensure } from './ensure.mjs';

const MINUTE_MS = 60_000;
const KILL_AFTER_MS = 10_000;

/** @typedef {import('./lib/vitest-tally.mjs').Tally} Tally */
/** @type {Tally} */
const total = { passed: 0, failed: [], skipped: [], errors: [] };

/** @param {string} text */
const print = (text) => process.stdout.write(`${text}\n`);

/**
 * Runs one program of ours to its end or its limit, in a process group of its own so that what it
 * started ends with it.
 *
 * @param {string} node
 * @param {readonly string[]} args
 * @param {{ limitMs: number, env?: Record<string, string>, quiet: boolean }} options
 *   quiet: keep the output back and return it
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>}
 */
function runTool(node, args, { limitMs, env = {}, quiet }) {
  return new Promise((resolve, reject) => {
    const grouped = process.platform !== 'win32';
    const child = spawn(node, args, {
      cwd: ROOT,
      env: { ...childEnv(), ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      detached: grouped,
    });
    /** @param {NodeJS.Signals} signal */
    const end = (signal) => {
      if (child.pid === undefined) return;
      try {
        process.kill(grouped ? -child.pid : child.pid, signal);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    };
    const interrupt = () => {
      end('SIGTERM');
      process.exitCode = 130;
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', interrupt);

    let output = '';
    let timedOut = false;
    child.stdout?.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    /** @type {NodeJS.Timeout | undefined} */
    let killer;
    const limit = setTimeout(() => {
      timedOut = true;
      end('SIGTERM');
      killer = setTimeout(() => end('SIGKILL'), KILL_AFTER_MS);
    }, limitMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      clearTimeout(killer);
      end('SIGKILL'); // whatever the tool started and left behind
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
      resolve({ code: exitCodeOf(code, signal), output, timedOut });
    });
  });
}

/** @param {number} since */
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** @param {string} node
 *  @param {import('./lib/checks.mjs').StaticCheck} check */
async function runCheck(node, check) {
  const started = Date.now();
  const { code, output, timedOut } = await runTool(node, check.args, {
    limitMs: 10 * MINUTE_MS,
    quiet: true,
  });
  if (code === 0 && !timedOut) {
    total.passed += 1;
    print(`✓ ${check.name} (${seconds(started)})`);
    return;
  }
  total.failed.push(check.name);
  print(
    `✗ ${check.name} (${timedOut ? 'did not end' : `exit code ${code}`}, ${seconds(started)})\n${output.trimEnd()}`,
  );
}

/** @param {string} node
 *  @param {import('./lib/checks.mjs').TestProject} project */
async function runProject(node, project) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-tally-'));
  const file = join(folder, 'tally.json');
  print(`\n— ${project.name} tests`);
  try {
    const args = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project.name,
      '--reporter=default',
      '--reporter=./scripts/lib/vitest-tally.mjs',
    ];
    const { code, timedOut } = await runTool(node, args, {
      limitMs: project.limitMinutes * MINUTE_MS,
      env: { HOLDFAST_TALLY: file },
      quiet: false,
    });
    if (timedOut)
      total.errors.push(`${project.name}: not at its end after ${project.limitMinutes} minutes`);
    if (existsSync(file)) addTally(project.name, readTally(file), code);
    else if (!timedOut)
      total.errors.push(`${project.name}: vitest ended with code ${code} and no report`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} file */
const readTally = (file) => /** @type {Tally} */ (JSON.parse(readFileSync(file, 'utf8')));

/** @param {string} name
 *  @param {Tally} tally
 *  @param {number} code vitest's exit code: it may know of a failure that no test shows */
function addTally(name, tally, code) {
  total.passed += tally.passed;
  total.failed.push(...tally.failed);
  total.skipped.push(...tally.skipped);
  total.errors.push(...tally.errors);
  const clean = tally.failed.length === 0 && tally.errors.length === 0;
  if (clean && tally.passed === 0) total.errors.push(`${name}: no test ran`);
  else if (clean && code !== 0) total.errors.push(`${name}: vitest ended with code ${code}`);
}

function summarize() {
  print('');
  for (const { name, reason } of total.skipped) print(`skipped: ${name} (${reason})`);
  for (const name of total.failed) print(`failed: ${name}`);
  for (const error of total.errors) print(`error: ${error}`);
  const failures = total.failed.length + total.errors.length;
  if (failures > 0 && process.exitCode === undefined) process.exitCode = 1;
  print(`${total.passed} passed, ${failures} failed`);
}

await runMain(async () => {
  const fast = process.argv.includes('--fast');
  const interrupted = () => process.exitCode === 130;
  try {
    const node = await ensure();
    for (const check of CHECKS) if (!interrupted()) await runCheck(node, check);
    for (const project of TEST_PROJECTS) {
      if (!interrupted() && (!fast || project.name === 'unit')) await runProject(node, project);
    }
  } catch (error) {
    total.errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  if (interrupted()) total.errors.push('interrupted');
  summarize();
});
