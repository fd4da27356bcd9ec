/**
 * Asks a project what it defines, by evaluating it in a Node process of its own: whatever its modules do when they are
 * loaded, they do not do it here.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HoldfastError, type ReleaseDescription, releaseDescriptionSchema } from '@holdfast/core';

/** Longest a project may take to load, in milliseconds. */
const LOAD_TIMEOUT_MS = 30_000;
/** Variables of the environment that a project may see while it is built; others could change what is built. */
const ENVIRONMENT = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/**
 * @param code the program that `bundleDescriber` made
 * @throws HoldfastError `release.invalid` when the project cannot be loaded, with the place.
 */
export async function describeProject(
  projectDir: string,
  code: string,
): Promise<ReleaseDescription> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-build-'));
  try {
    const program = join(dir, 'describe.mjs');
    const answer = join(dir, 'description.json');
    await writeFile(program, code);
    await runNode(projectDir, [program, answer], dir);
    return releaseDescriptionSchema.parse(JSON.parse(await readFile(answer, 'utf8')));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function runNode(projectDir: string, args: readonly string[], dir: string): Promise<void> {
  const env: NodeJS.ProcessEnv = {};
  for (const name of ENVIRONMENT) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--enable-source-maps', '--no-warnings', ...args],
      { cwd: projectDir, env, timeout: LOAD_TIMEOUT_MS, killSignal: 'SIGKILL' },
      (error, _stdout, stderr) => {
        if (error === null) return resolve();
        const late = error.killed === true;
        const message = late
          ? `the project did not finish loading within ${LOAD_TIMEOUT_MS / 1000} s`
          : 'the project cannot be loaded';
        reject(
          new HoldfastError('release.invalid', message, {
            operation: 'build release',
            hint: 'definitions belong at the top of modules; work belongs into effects',
            cause: error,
            faults: late ? [] : [faultOf(stderr, pathToFileURL(dir).href)],
          }),
        );
      },
    );
  });
}

/** From what Node prints of an uncaught error: its message, and the first place that is the project's. */
function faultOf(stderr: string, base: string): { at: string; message: string } {
  const message = /^(?:\w*Error|Uncaught)[^\n]*/m.exec(stderr)?.[0] ?? stderr.trim().split('\n')[0];
  for (const [, place = ''] of stderr.matchAll(/\(?((?:file:\/\/|\/)[^\s()]+:\d+:\d+)\)?$/gm)) {
    const path = place.replace(/^file:\/\//, '').replace(base.replace(/^file:\/\//, ''), '');
    if (path !== place && !path.includes('pkg:')) {
      return { at: path.replace(/^\//, ''), message: message ?? '' };
    }
  }
  return { at: '', message: message ?? '' };
}
