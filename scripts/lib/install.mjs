/**
 * Puts the pinned dependencies in place. The hash of the lock file they were installed from is kept in
 * node_modules itself, so that removing one removes the other.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, ScriptError, npmCommand, run, say } from './host.mjs';

const LOCK = join(ROOT, 'package-lock.json');
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json');
const RECORD = join(ROOT, 'node_modules', '.holdfast-installed');

/**
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, peer?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} LockFile
 */

const lockHash = () => createHash('sha256').update(readFileSync(LOCK)).digest('hex');

/** @param {string} file
 *  @returns {string | null} */
function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

export function isInstalled() {
  return readIfThere(RECORD) === lockHash();
}

/** Whether npm has already put here all that the lock file asks for, as after someone's own `npm ci`. */
function matchesInstalled() {
  const text = readIfThere(INSTALLED);
  if (text === null) return false;
  const wanted = /** @type {LockFile} */ (JSON.parse(readFileSync(LOCK, 'utf8')));
  const present = /** @type {LockFile} */ (JSON.parse(text));
  return Object.entries(wanted.packages).every(([path, { version, link, optional }]) => {
    if (!path.includes('node_modules/')) return true; // the root and the workspaces themselves
    const there = present.packages[path];
    if (there === undefined) return optional === true; // for another platform
    return link === true ? existsSync(join(ROOT, path)) : there.version === version;
  });
}

/**
 * Installs what the lock file pins unless it is there. Call it with the checkout's lock held.
 *
 * @returns {Promise<boolean>} whether anything was installed
 * @throws {ScriptError} when npm fails
 */
export async function installDependencies() {
  if (isInstalled()) return false;
  const needed = !matchesInstalled();
  if (needed) await npmCi();
  writeFileSync(RECORD, lockHash());
  return needed;
}

async function npmCi() {
  say('installing the pinned dependencies (once, and after they change)');
  const npm = npmCommand();
  // Said outright, since `npm start --silent`, NODE_ENV=production or a user's settings would say otherwise.
  const flags = [
    '--loglevel=error',
    '--include=dev',
    '--include=optional',
    '--engine-strict=false',
    '--foreground-scripts',
  ];
  const started = Date.now();
  const code = await run(npm.file, [...npm.args, 'ci', ...flags], {
    stdio: ['ignore', 2, 2],
    shell: npm.shell,
  });
  if (code !== 0) {
    throw new ScriptError(
      `npm ci failed with exit code ${code}; what it said stands above. Is the package registry reachable?`,
    );
  }
  say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
