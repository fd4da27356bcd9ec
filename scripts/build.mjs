/**
 * Bundles the server and the restaurant's outside services with esbuild. In the repository the packages
 * are TypeScript read as it is; the bundle is for start speed and memory.
 *
 * Outputs replace each other file by file, and what is no longer made is removed last: a server that
 * runs while this does keeps finding the chunks it loads late, unless they changed.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { ROOT, ScriptError, findNode, isMain, runMain, say } from './lib/host.mjs';
import {
  CONSOLE_OUT,
  EXTERNAL,
  RESTAURANT_ENTRIES,
  RESTAURANT_OUT,
  RESTAURANT_RELEASE,
  SERVER_ENTRIES,
  SERVER_OUT,
} from './lib/entries.mjs';
import { hashSources } from './lib/sources.mjs';
import { packSdk } from './pack-sdk.mjs';

const STAMP = join(ROOT, SERVER_OUT, '.sources');
/** Folder in `SERVER_OUT` with the SDK's tarball, which `holdfast init` puts into projects. */
const PACKED_SDK = 'sdk';
const NODE_TARGET = 'node24';

/** CommonJS packages inside an ES module bundle ask for `require`. */
const REQUIRE_BANNER =
  "import { createRequire as holdfastCreateRequire } from 'node:module'; const require = holdfastCreateRequire(import.meta.url);";

/** @param {Readonly<Record<string, string>>} entries
 *  @returns {Record<string, string>} those whose source exists */
function existing(entries) {
  return Object.fromEntries(
    Object.entries(entries).filter(([, source]) => {
      const there = existsSync(join(ROOT, source));
      if (!there) say(`build: no ${source}, skipped`);
      return there;
    }),
  );
}

/**
 * @param {Readonly<Record<string, string>>} all entry name to source
 * @param {string} out folder, from the root
 * @returns {Promise<string[]>} the names of the files made
 */
async function bundle(all, out) {
  const entryPoints = existing(all);
  if (Object.keys(entryPoints).length === 0) return [];
  // Not before: a fresh checkout has neither these nor what they import until `ensure` has installed them.
  const { build } = await import('esbuild');
  const { directImports } = await import('./lib/direct-imports.mjs');
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    platform: 'node',
    target: NODE_TARGET,
    sourcemap: 'linked',
    sourcesContent: false,
    external: [...EXTERNAL],
    plugins: [directImports()],
    banner: { js: REQUIRE_BANNER },
    write: false,
    logLevel: 'warning',
  }).catch((/** @type {unknown} */ error) => {
    throw new ScriptError(
      `the build failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  for (const file of result.outputFiles) replaceFile(file.path, file.contents);
  return result.outputFiles.map((file) => basename(file.path));
}

/** @param {string} path
 *  @param {Uint8Array} contents */
function replaceFile(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.new`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

/**
 * The restaurant's release, built by the CLI just made, as a user builds one: a start then only registers it.
 *
 * @throws {ScriptError} with what the CLI said
 */
function buildRestaurantRelease() {
  const cli = join(ROOT, SERVER_OUT, 'cli.js');
  const project = dirname(join(ROOT, RESTAURANT_OUT));
  const out = join(ROOT, RESTAURANT_OUT, RESTAURANT_RELEASE);
  const built = spawnSync(findNode(), [cli, 'release', 'build', project, '--out', out, '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (built.status !== 0) {
    throw new ScriptError(`the restaurant's release does not build: ${built.stderr}`);
  }
}

/**
 * In a process of its own, beside the server's bundle: it wants the pinned Node, and the other core.
 *
 * @param {boolean} force
 * @throws {ScriptError} when it fails; it has said why
 */
async function buildConsole(force) {
  const script = join(ROOT, 'scripts/build-console.mjs');
  const child = spawn(findNode(), [script, ...(force ? [] : ['--if-changed'])], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  /** @type {number | null} */
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new ScriptError('the console does not build');
}

/** @param {string} out folder, from the root
 *  @param {readonly string[]} keep names */
function removeOthers(out, keep) {
  const folder = join(ROOT, out);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!keep.includes(name)) rmSync(join(folder, name), { recursive: true });
  }
}

export function isBuilt() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashSources();
}

/**
 * Builds unless the sources are those of the last build.
 *
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<boolean>} whether anything was built
 * @throws {ScriptError} when the sources do not build
 */
export async function build({ force = false } = {}) {
  if (!force && isBuilt()) return false;
  const started = Date.now();
  const hash = hashSources(); // before reading them: a change meanwhile makes the next start build again
  rmSync(STAMP, { force: true });
  const consoleBuilt = buildConsole(force);
  const server = await bundle(SERVER_ENTRIES, SERVER_OUT);
  const restaurant = await bundle(RESTAURANT_ENTRIES, RESTAURANT_OUT);
  await packSdk(join(ROOT, SERVER_OUT, PACKED_SDK));
  removeOthers(SERVER_OUT, [...server, PACKED_SDK, basename(CONSOLE_OUT)]);
  removeOthers(RESTAURANT_OUT, restaurant);
  buildRestaurantRelease();
  await consoleBuilt;
  mkdirSync(join(ROOT, SERVER_OUT), { recursive: true });
  writeFileSync(STAMP, hash);
  say(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return true;
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    await build({ force: !process.argv.includes('--if-changed') });
  });
}
