/** Whether the build is up to date: one hash over all that it is made of. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { SDK_TEXTS } from './entries.mjs';
import { ROOT } from './host.mjs';

const FOLDERS = ['packages', 'apps', 'scripts/lib'];
const FILES = [
  'package-lock.json',
  'scripts/build.mjs',
  'scripts/build-console.mjs',
  'scripts/pack-sdk.mjs',
  'tsconfig.base.json',
  ...SDK_TEXTS,
];
const CONSOLE_FOLDERS = ['apps/console', 'packages/core', 'packages/sdk/src/client'];
const CONSOLE_FILES = ['package-lock.json', 'scripts/build-console.mjs', 'tsconfig.base.json'];
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'coverage', '.holdfast', 'tests']);
const SOURCE = /\.(ts|tsx|mjs|js|json|sql|yaml|css|html|svg)$/;
const TEST = /\.test\.tsx?$/;

/** @param {string} folder
 *  @returns {string[]} */
function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : sourcesIn(path);
    return SOURCE.test(entry.name) && !TEST.test(entry.name) ? [path] : [];
  });
}

/** @returns {string} hex digest of the paths and bytes of every source of the build */
export function hashSources() {
  return hashOf(FOLDERS, FILES);
}

/** @returns {string} hex digest of what the console alone is made of */
export function hashConsoleSources() {
  return hashOf(CONSOLE_FOLDERS, CONSOLE_FILES);
}

/** @param {readonly string[]} folders
 *  @param {readonly string[]} alone files */
function hashOf(folders, alone) {
  const files = [
    ...folders
      .map((folder) => join(ROOT, folder))
      .filter((folder) => existsSync(folder))
      .flatMap(sourcesIn),
    ...alone.map((file) => join(ROOT, file)),
  ];
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const bytes = readFileSync(file);
    hash.update(`${relative(ROOT, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}
