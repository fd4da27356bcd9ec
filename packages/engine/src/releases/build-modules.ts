/**
 * Gives every module outside the project a name that is the same on every machine: `package@version/path`. Such names
 * are what bundles and source maps hold, so a release's digest does not depend on where anything is installed.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type {
  Loader,
  OnLoadResult,
  OnResolveArgs,
  OnResolveResult,
  Plugin,
  PluginBuild,
} from 'esbuild';

/** Namespace of modules outside the project. */
export const PACKAGES = 'pkg';

/** Turns a module's text into what is bundled. `path`: of the file on disk. */
type Transform = (path: string, text: string) => string;

interface PackageFile {
  readonly file: string;
}

/** Marks our own call of `resolve`, so that it is left to esbuild. */
const PLAIN = { plain: true };
const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.json': 'json',
};
/** Packages the builder brings along for a project that has them not installed. */
const BROUGHT = /^(@holdfast\/sdk|zod)(\/|$)/;
const BUILDER_DIR = dirname(fileURLToPath(import.meta.url));

export interface ModuleOptions {
  /** Of modules in the project and of packages, on their way into the bundle. */
  readonly transform?: Transform;
  /** Whether the project's modules lose the imports that nothing uses (any more), as TypeScript ones do anyway. */
  readonly dropUnused?: boolean;
  /** Packages to leave where they are installed; such a bundle is for this machine only. */
  readonly installed?: RegExp;
}

export function stableModules(
  projectDir: string,
  { transform, dropUnused = false, installed }: ModuleOptions = {},
): Plugin {
  return {
    name: 'holdfast-stable-modules',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => resolve(build, projectDir, installed, args));
      build.onLoad({ filter: /.*/, namespace: PACKAGES }, (args) => {
        const { file } = args.pluginData as PackageFile;
        return load(file, transform, loaderOf(file));
      });
      if (transform === undefined) return;
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, ({ path }) =>
        load(path, transform, dropUnused ? tsLoaderOf(path) : loaderOf(path)),
      );
    },
  };
}

async function resolve(
  build: PluginBuild,
  projectDir: string,
  installed: RegExp | undefined,
  args: OnResolveArgs,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === PLAIN || args.kind === 'entry-point') return undefined;
  const sibling = args.namespace === PACKAGES ? siblingOf(args) : undefined;
  if (sibling !== undefined) return sibling;
  const look = (resolveDir: string): ReturnType<PluginBuild['resolve']> =>
    build.resolve(args.path, {
      kind: args.kind,
      importer: args.importer,
      namespace: 'file',
      resolveDir,
      pluginData: PLAIN,
      with: args.with,
    });
  let found = await look(args.resolveDir);
  if (found.errors.length > 0 && BROUGHT.test(args.path)) found = await look(BUILDER_DIR);
  const { errors, warnings, path, external, sideEffects } = found;
  if (errors.length > 0) return { errors, warnings };
  if (external) return { path, external, sideEffects };
  if (found.namespace !== 'file' || isInside(projectDir, path)) {
    return { path, namespace: found.namespace, sideEffects, warnings };
  }
  if (installed?.test(args.path) === true) {
    return { path: pathToFileURL(path).href, external: true, sideEffects };
  }
  const pluginData: PackageFile = { file: path };
  return { path: stableName(path), namespace: PACKAGES, sideEffects, warnings, pluginData };
}

/**
 * Another file of the same package, named in full. It needs no search, and packages like zod have hundreds of such
 * imports. Only for packages that say of all their files that loading them does nothing: else esbuild has to look.
 */
function siblingOf({ path, resolveDir }: OnResolveArgs): OnResolveResult | undefined {
  if (!/^\.\.?\/.*\.[cm]?[jt]s$/.test(path) || !packageOf(resolveDir).pure) return undefined;
  const file = join(resolveDir, path);
  if (!existsSync(file)) return undefined;
  const pluginData: PackageFile = { file };
  return { path: stableName(file), namespace: PACKAGES, sideEffects: false, pluginData };
}

function isInside(projectDir: string, file: string): boolean {
  const path = relative(projectDir, file);
  return !path.startsWith('..') && !path.split(sep).includes('node_modules');
}

async function load(
  file: string,
  transform: Transform | undefined,
  loader: Loader,
): Promise<OnLoadResult> {
  const text = await readFile(file, 'utf8');
  const contents = transform === undefined ? text : transform(file, text);
  return { contents, loader, resolveDir: dirname(file) };
}

function loaderOf(file: string): Loader {
  return LOADERS[extname(file)] ?? 'js';
}

function tsLoaderOf(file: string): Loader {
  return extname(file).endsWith('x') ? 'tsx' : 'ts';
}

interface Package {
  readonly root: string;
  /** `name@version`. */
  readonly name: string;
  /** Whether it says `"sideEffects": false`. */
  readonly pure: boolean;
}

const packages = new Map<string, Package>();

/** `zod@4.6.7/v4/core/core.js` for a file of an installed package. */
function stableName(file: string): string {
  const { root, name } = packageOf(dirname(file));
  return `${name}/${relative(root, file).split(sep).join('/')}`;
}

function packageOf(dir: string): Package {
  const known = packages.get(dir);
  if (known !== undefined) return known;
  const found = readPackage(dir) ?? packageOf(dirname(dir));
  packages.set(dir, found);
  return found;
}

/** A `package.json` without a name only says how modules below it are read. */
function readPackage(dir: string): Package | null {
  if (dir === dirname(dir)) return { root: dir, name: 'outside', pure: false };
  let text: string;
  try {
    text = readFileSync(join(dir, 'package.json'), 'utf8');
  } catch {
    return null;
  }
  const { name, version, sideEffects } = JSON.parse(text) as Record<string, unknown>;
  if (typeof name !== 'string') return null;
  const full = typeof version === 'string' ? `${name}@${version}` : name;
  return { root: dir, name: full, pure: sideEffects === false };
}
