/**
 * Builds the console (apps/console) with Vite into `CONSOLE_OUT`: hashed files under `assets/`, each with what a server
 * sends of it compressed (`.br`, `.gz`), and `index.html` last. A page that was loaded before keeps finding its files
 * until the new `index.html` stands; what is no longer made is removed after that.
 *
 * Runs on the pinned Node: the system's may be older than Vite takes.
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
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { CONSOLE_OUT, CONSOLE_SOURCE } from './lib/entries.mjs';
import { firstLoadBytes } from './lib/first-load.mjs';
import { ROOT, ScriptError, isMain, runMain, say } from './lib/host.mjs';
import { hashConsoleSources } from './lib/sources.mjs';

const OUT = join(ROOT, CONSOLE_OUT);
/** Beside what is served, not in it. */
const STAMP = `${OUT}.sources`;
/** Compressed bytes of all that a browser loads until Today stands complete. Promised are 250 KB: a library that slips in is to show before that. */
const FIRST_LOAD_LIMIT = 170_000;
/** Modules loaded late that Today, the first screen, needs. */
const FIRST_SCREEN = ['today-screen', 'chart-drawn'];
/** What is worth compressing. */
const TEXT = /\.(html|js|css|svg|json)$/;

/** The console's own stamp: a change of the server alone builds only the server. */
export function isConsoleBuilt() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashConsoleSources();
}

/**
 * @throws {ScriptError} when the sources do not build, or the first load is over its limit
 */
async function buildConsole() {
  const started = Date.now();
  const hash = hashConsoleSources();
  rmSync(STAMP, { force: true });
  const { build } = await import('vite');
  const result = await build({
    configFile: join(ROOT, CONSOLE_SOURCE, 'vite.config.ts'),
    mode: 'production',
    logLevel: 'warn',
    build: { write: false },
  }).catch((/** @type {unknown} */ error) => {
    throw new ScriptError(
      `the console does not build: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  if (Array.isArray(result) || !('output' in result))
    throw new ScriptError('Vite made no single output');
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  for (const file of result.output) {
    const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source);
    files.set(file.fileName, bytes);
    if (!TEXT.test(file.fileName)) continue;
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    files.set(`${file.fileName}.br`, brotliCompressSync(bytes, { params }));
    files.set(`${file.fileName}.gz`, gzipSync(bytes, { level: 9 }));
  }
  const bytes = firstLoadBytes(files, FIRST_SCREEN);
  if (bytes > FIRST_LOAD_LIMIT) {
    throw new ScriptError(
      `the console's first load is ${kilobytes(bytes)} compressed, over its limit of ${kilobytes(FIRST_LOAD_LIMIT)}: load what is not needed at once with import()`,
    );
  }
  writeAll(files);
  writeFileSync(STAMP, hash);
  say(
    `built the console in ${((Date.now() - started) / 1000).toFixed(1)} s, first load ${kilobytes(bytes)} compressed`,
  );
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

/** @param {ReadonlyMap<string, Buffer>} files */
function writeAll(files) {
  const isPage = (/** @type {string} */ name) => name.startsWith('index.html');
  const inOrder = [...files].sort(([one], [other]) => Number(isPage(one)) - Number(isPage(other)));
  for (const [name, bytes] of inOrder) {
    const path = join(OUT, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, bytes);
    renameSync(`${path}.new`, path);
  }
  for (const entry of readdirSync(OUT, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (!files.has(path.slice(OUT.length + 1).replaceAll('\\', '/'))) rmSync(path);
  }
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    if (process.argv.includes('--if-changed') && isConsoleBuilt()) return;
    await buildConsole();
  });
}
