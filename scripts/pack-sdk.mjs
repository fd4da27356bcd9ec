/**
 * Packs the SDK as `holdfast init` puts it into projects: a package that works from a tarball, with core inside it.
 *
 * The JavaScript is bundled, since core is no package of its own outside this repository; zod stays a peer, because
 * schemas belong to the project. `sandbox.js` is bundled by itself: the release builder takes it apart again for each
 * saga. Declarations are those of the compiler, with core's beside them. The same sources give the same files.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, sep } from 'node:path';
import { SDK_TEXTS } from './lib/entries.mjs';
import {
  childEnv,
  findNode,
  isMain,
  npmCommand,
  ROOT,
  runMain,
  say,
  ScriptError,
} from './lib/host.mjs';

const SDK = join(ROOT, 'packages', 'sdk');
const PACKAGES = join(ROOT, 'packages');
const DEFAULT_OUT = join(ROOT, 'apps', 'server', 'dist', 'sdk');

/** @typedef {{ name: string, version: string, description: string, license: string, exports: Record<string, string>, peerDependencies: Record<string, string> }} Manifest */

const MANIFEST = /** @type {Manifest} */ (
  JSON.parse(readFileSync(join(SDK, 'package.json'), 'utf8'))
);

/** What a project imports (`@holdfast/sdk/test`), the file it becomes, and its source below `packages/sdk`. */
const DOORS = Object.entries(MANIFEST.exports).map(([door, source]) => ({
  door,
  file: door === '.' ? 'index' : door.slice('./'.length),
  source: source.slice('./'.length),
}));
const SANDBOX = './sandbox';

/** @param {string} folder */
async function bundle(folder) {
  const { build } = await import('esbuild');
  /** @type {(doors: typeof DOORS, splitting: boolean) => Promise<unknown>} */
  const run = (doors, splitting) =>
    build({
      absWorkingDir: PACKAGES,
      entryPoints: Object.fromEntries(doors.map(({ file, source }) => [file, join(SDK, source)])),
      outdir: folder,
      bundle: true,
      splitting,
      chunkNames: 'chunk-[hash]',
      format: 'esm',
      platform: splitting ? 'node' : 'neutral',
      target: 'es2023',
      external: ['zod', 'node:*'],
      charset: 'utf8',
      logLevel: 'warning',
    });
  await run(
    DOORS.filter(({ door }) => door !== SANDBOX),
    true,
  );
  await run(
    DOORS.filter(({ door }) => door === SANDBOX),
    false,
  );
}

/** @param {string} folder
 *  @throws {ScriptError} with what the compiler said */
function declare(folder) {
  const config = join(folder, 'tsconfig.json');
  const types = join(folder, 'types');
  const core = join(PACKAGES, 'core', 'src', 'index.ts');
  const settings = {
    extends: join(ROOT, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: PACKAGES,
      outDir: types,
      typeRoots: [join(ROOT, 'node_modules', '@types')],
      // Found through node_modules, core would count as an installed package, for which nothing is declared.
      paths: { '@holdfast/core': [core] },
    },
    files: [...DOORS.map(({ source }) => join(SDK, source)), core],
  };
  writeFileSync(config, JSON.stringify(settings));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const made = spawnSync(findNode(), [tsc, '-p', config], { encoding: 'utf8' });
  rmSync(config);
  if (made.status !== 0) throw new ScriptError(`the SDK does not compile:\n${made.stdout}`);
  for (const file of filesIn(types)) {
    const up = relative(dirname(file), join(types, 'core', 'src'))
      .split(sep)
      .join('/');
    const text = readFileSync(file, 'utf8')
      .replaceAll(/(from |import\()'@holdfast\/core'/g, `$1'${up}/index.js'`)
      .replaceAll(/(from |import\()(['"])(\.[^'"]*)\.ts\2/g, '$1$2$3.js$2');
    writeFileSync(file, text);
  }
}

/** @param {string} folder
 *  @returns {string[]} */
function filesIn(folder) {
  // Entries know their folder only from Node 20.12 on.
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile());
}

/** @param {string} folder */
function describe(folder) {
  const { name, version, description, license, peerDependencies } = MANIFEST;
  /** @type {Record<string, unknown>} */
  const exports = {};
  for (const { door, file, source } of DOORS) {
    const types = `./types/sdk/${source.replace(/\.ts$/, '.d.ts')}`;
    exports[door] = { types, default: `./${file}.js` };
  }
  exports['./package.json'] = './package.json';
  const packed = {
    name,
    version,
    description,
    license,
    type: 'module',
    sideEffects: false,
    exports,
    peerDependencies,
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`);
  for (const text of SDK_TEXTS) copyFileSync(join(ROOT, text), join(folder, basename(text)));
}

/**
 * Packs the SDK.
 *
 * @param {string} [out] folder for the tarball; default where `holdfast init` looks for it
 * @returns {Promise<string>} path of the tarball, `holdfast-sdk-VERSION.tgz`
 * @throws {ScriptError} when the SDK does not compile or npm cannot pack
 */
export async function packSdk(out = DEFAULT_OUT) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-sdk-'));
  try {
    await bundle(folder);
    declare(folder);
    describe(folder);
    mkdirSync(out, { recursive: true });
    const npm = npmCommand();
    const packed = spawnSync(
      npm.file,
      [...npm.args, 'pack', '--silent', '--ignore-scripts', '--pack-destination', out],
      { cwd: folder, env: childEnv(), encoding: 'utf8', shell: npm.shell },
    );
    if (packed.status !== 0) throw new ScriptError(`npm cannot pack the SDK:\n${packed.stderr}`);
    return join(out, packed.stdout.trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) {
  await runMain(async () => say(`packed ${await packSdk(process.argv[2])}`));
}
