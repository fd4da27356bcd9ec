/**
 * Bundles: one script per saga for the sandbox, one module of effect functions for the effect host, and the module that
 * tells what a project defines.
 *
 * @module
 */
import { builtinModules } from 'node:module';
import { join, relative, sep } from 'node:path';
import { type BuildFailure, type BuildOptions, build, type Message, type Plugin } from 'esbuild';
import { type Fault, HoldfastError, type ReleaseDescription } from '@holdfast/core';
import { isAuthorSource } from '../sandbox/source-place.ts';
import { type ModuleOptions, PACKAGES, stableModules } from './build-modules.ts';
import { stripModule } from './build-strip.ts';

/** Virtual modules of the builder itself. */
const OWN = 'holdfast';
const ENTRY = 'entry';
const BUILT_IN = new RegExp(`^node:|^(${builtinModules.join('|')})(/|$)`);
const ZOD = /^zod(\/|$)/;
/** Parts of the SDK that are for other places than a saga. */
const NOT_IN_SAGAS = /^@holdfast\/sdk\/(test|client|release)$/;

export interface Bundle {
  readonly code: string;
  /** Source map, JSON text. */
  readonly map: string;
}

/** What all bundles have in common; the same input gives the same bytes. */
function options(projectDir: string, entry: string): BuildOptions & { plugins: Plugin[] } {
  return {
    stdin: { contents: entry, resolveDir: projectDir, sourcefile: `${OWN}:${ENTRY}`, loader: 'js' },
    absWorkingDir: projectDir,
    outfile: join(projectDir, 'bundle.js'),
    bundle: true,
    write: false,
    metafile: false,
    logLevel: 'silent',
    charset: 'utf8',
    legalComments: 'none',
    sourcesContent: false,
    // The project's own tsconfig is for its author; it must not change what is built.
    tsconfigRaw: { compilerOptions: { target: 'es2023', verbatimModuleSyntax: false } },
    plugins: [],
  };
}

/**
 * The script of one saga: it assigns `globalThis.__holdfast`, a factory of the saga's `ProgramTable`. All that the
 * modules hold is inside the factory, so each call starts afresh (I6).
 */
export async function bundleSaga(
  projectDir: string,
  entry: string,
  {
    name,
    exportName,
    style,
  }: Pick<ReleaseDescription['sagas'][number], 'name' | 'exportName' | 'style'>,
): Promise<Bundle> {
  const program = `${style}Program`;
  const contents = [
    `import { ${JSON.stringify(exportName ?? '')} as definition } from ${JSON.stringify(entry)};`,
    `import { ${program} } from '@holdfast/sdk/sandbox';`,
    `table = ${program}(definition);`,
  ].join('\n');
  const base = options(projectDir, contents);
  return run(projectDir, {
    ...base,
    platform: 'neutral',
    format: 'iife',
    target: 'es2023',
    mainFields: ['module', 'main'],
    conditions: ['import', 'module'],
    sourcemap: 'external',
    // For those who ask an instance where it stands; `stableMap` keeps the author's.
    sourcesContent: true,
    // QuickJS keeps the text of each function, inside that of the functions around it: all of it is put back before
    // each decision. Names stay, for stacks.
    minifyWhitespace: true,
    minifySyntax: true,
    banner: { js: "globalThis.__holdfast = function () {\n'use strict';\nlet table;" },
    footer: { js: 'return table;\n};' },
    plugins: [
      sandboxStandIns(),
      stableModules(projectDir, {
        transform: (path, text) => stripModule(name, path, text),
        dropUnused: true,
      }),
    ],
  });
}

/** Taken whole as `z`, zod comes with its messages in fifty languages; as a namespace, with what is used of it. */
function narrowZod(_path: string, text: string): string {
  return text.replaceAll(/^import \{ z \} from (['"])zod\1/gm, "import * as z from 'zod'");
}

/** The module of effect functions, `effects.mjs`. */
export function bundleEffects(projectDir: string, entry: string): Promise<Bundle> {
  return bundleForNode(
    projectDir,
    [
      `import ${JSON.stringify(entry)};`,
      `import { effectTable } from '@holdfast/sdk/release';`,
      'export const effects = effectTable();',
    ],
    { sourcemap: 'external', transform: narrowZod },
  );
}

/** A program that writes a project's description to the file it is given. */
export function bundleDescriber(projectDir: string, entry: string): Promise<Bundle> {
  return bundleForNode(
    projectDir,
    [
      `import * as project from ${JSON.stringify(entry)};`,
      `import { describeRelease } from '@holdfast/sdk/release';`,
      `import { writeFileSync } from 'node:fs';`,
      'writeFileSync(process.argv[2], JSON.stringify(describeRelease(project)));',
      // What a module opened when it was loaded must not keep the builder waiting.
      'process.exit(0);',
    ],
    // It runs here and now: zod is loaded from where it is, which is quicker than to bundle it.
    { sourcemap: 'inline', installed: ZOD },
  );
}

function bundleForNode(
  projectDir: string,
  contents: readonly string[],
  { sourcemap, ...modules }: ModuleOptions & { readonly sourcemap: 'inline' | 'external' },
): Promise<Bundle> {
  return run(projectDir, {
    ...options(projectDir, contents.join('\n')),
    platform: 'node',
    format: 'esm',
    target: 'node24',
    sourcemap,
    // Packages that are CommonJS inside may ask for Node's modules by `require`.
    banner: {
      js: "import { createRequire as holdfastRequire } from 'node:module';\nconst require = holdfastRequire(import.meta.url);",
    },
    plugins: [stableModules(projectDir, modules)],
  });
}

async function run(projectDir: string, how: BuildOptions): Promise<Bundle> {
  try {
    const { outputFiles } = await build({ ...how, write: false });
    const text = (end: string): string =>
      outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
    return { code: text('.js'), map: text('.map') };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new HoldfastError('release.invalid', 'the project cannot be bundled', {
      operation: 'build release',
      cause: error,
      faults: error.errors.map((message) => faultOf(projectDir, message)),
    });
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function faultOf(projectDir: string, { text, location }: Message): Fault {
  if (location === null) return { at: '', message: text };
  const { file, line, column } = location;
  const shown = file.startsWith(projectDir)
    ? relative(projectDir, file).split(sep).join('/')
    : file;
  return { at: `${shown}:${line}:${column + 1}`, message: text };
}

/** What stands in, inside the sandbox, for modules that cannot be there. */
function sandboxStandIns(): Plugin {
  return {
    name: 'holdfast-sandbox',
    setup(build) {
      build.onResolve({ filter: /^@holdfast\/sdk$/ }, ({ importer, resolveDir, kind }) =>
        build.resolve('@holdfast/sdk/sandbox', { importer, resolveDir, kind }),
      );
      build.onResolve({ filter: NOT_IN_SAGAS }, ({ path }) => ({
        errors: [{ text: `${path} is not for sagas; import it where it is used` }],
      }));
      build.onResolve({ filter: ZOD }, () => ({ path: 'zod', namespace: OWN, sideEffects: false }));
      build.onResolve({ filter: BUILT_IN }, ({ path }) => ({
        path,
        namespace: `${OWN}-node`,
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: OWN }, () => ({ contents: ZOD_STUB, loader: 'js' }));
      build.onLoad({ filter: /.*/, namespace: `${OWN}-node` }, ({ path }) => ({
        contents: nodeStub(path),
        loader: 'js',
      }));
    },
  };
}

/**
 * Absorbs every use of zod but running a schema. CommonJS, so that any name can be imported from it. esbuild hands an
 * importer a new object with the prototype of what is exported, which is why that has to be the stub itself.
 */
const ZOD_STUB = `
const uses = /^(safe)?(parse|encode|decode)(Async)?$/;
const stub = new Proxy(function () {}, {
  get(target, name) {
    if (name === '__esModule') return true;
    if (typeof name === 'symbol' || name === 'prototype') return target[name];
    if (uses.test(name)) {
      throw new Error('zod is not available in a saga (.' + name + '): the host has checked events, outputs and payloads against their schemas already');
    }
    return stub;
  },
  getPrototypeOf: () => stub,
  apply: () => stub,
  construct: () => stub,
});
module.exports = stub;
`;

function nodeStub(name: string): string {
  const message = `${name} is not available in a saga: put what needs it into an effect`;
  return `
const stub = new Proxy({}, {
  get(target, name) {
    if (name === '__esModule' || typeof name === 'symbol') return undefined;
    throw new Error(${JSON.stringify(message)} + ' (.' + name + ')');
  },
  getPrototypeOf: () => stub,
});
module.exports = stub;
`;
}

/**
 * Sources of a map by stable names, relative to the project; the map's own text is written anew, in one form. Where it
 * has texts of sources, those of the author's stay.
 */
export function stableMap(map: string): string {
  const { sources, sourcesContent, names, mappings } = JSON.parse(map) as {
    sources: string[];
    sourcesContent?: (string | null)[];
    names: string[];
    mappings: string;
  };
  const prefix = `${PACKAGES}:`;
  const named = sources.map((source) =>
    source.startsWith(prefix) ? source.slice(prefix.length) : source,
  );
  const texts = sourcesContent?.map((text, at) => (isAuthorSource(named[at] ?? '') ? text : null));
  return JSON.stringify({
    version: 3,
    sources: named,
    ...(texts !== undefined && { sourcesContent: texts }),
    names,
    mappings,
  });
}
