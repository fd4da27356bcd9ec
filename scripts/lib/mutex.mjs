/**
 * One install or build at a time for a checkout: `npm ci` begins by removing node_modules, which two at
 * once, or a build beside it, would not survive.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, ScriptError, say } from './host.mjs';

const POLL_MS = 200;
/** A lock folder whose owner has not written its pid after this long lost it before it could. */
const OWNERLESS_MS = 5_000;
const GIVE_UP_MS = 15 * 60_000;

const rootHash = createHash('sha256').update(ROOT).digest('hex').slice(0, 16);
const FOLDER = join(tmpdir(), `holdfast-checkout-${rootHash}.lock`);
const OWNER = join(FOLDER, 'pid');

/** @param {string} file
 *  @returns {number | null} */
function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null; // Not written yet, or just released: asked again at the next poll.
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function tryTake() {
  try {
    mkdirSync(FOLDER);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(OWNER, String(process.pid));
  return true;
}

/**
 * Removes the lock of a dead owner. Renamed first, for two who see the same dead owner: the later one may
 * catch the fresh lock of the earlier, sees that by its pid, and gives it back.
 *
 * @param {number | null} deadPid
 */
function takeAway(deadPid) {
  const aside = `${FOLDER}.${process.pid}`;
  try {
    renameSync(FOLDER, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if (readOwner(join(aside, 'pid')) === deadPid) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, FOLDER);
}

async function take() {
  const since = Date.now();
  let told = false;
  while (!tryTake()) {
    const pid = readOwner(OWNER);
    const waited = Date.now() - since;
    if (pid === null ? waited > OWNERLESS_MS : !isAlive(pid)) {
      takeAway(pid);
      continue;
    }
    if (waited > GIVE_UP_MS) {
      throw new ScriptError(
        `process ${pid} has been installing or building this checkout for too long (lock ${FOLDER}).`,
      );
    }
    if (!told) say(`waiting for process ${pid ?? '?'}, which installs or builds this checkout`);
    told = true;
    await sleep(POLL_MS);
  }
}

/** Runs `work` while no other process works on this checkout.
 *  @template T
 *  @param {() => Promise<T>} work
 *  @returns {Promise<T>} */
export async function exclusively(work) {
  await take();
  try {
    return await work();
  } finally {
    rmSync(FOLDER, { recursive: true, force: true });
  }
}
