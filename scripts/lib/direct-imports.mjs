/**
 * An esbuild plugin: `import { a } from '@holdfast/core'` becomes an import of the file that `index.ts` takes
 * `a` from.
 *
 * esbuild splits code by file: whoever imports one name of an index reaches, in its eyes, everything that
 * anyone takes from that index, so that `holdfast status` would load the schemas of `serve`. In the sources
 * the index stays the one door to a package.
 *
 * In the same way `import { z } from 'zod'` becomes `import * as z from 'zod'`: only then does esbuild leave out what
 * nobody takes of zod, its messages in fifty languages first of all.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { ROOT } from './host.mjs';

/** What mentions neither of them need not be parsed. */
const MAY_CHANGE = /@holdfast\/|zod/;

/** @typedef {{ file: string, name: string }} Origin */

/** Index file of a package, or of one of its other doors (`@holdfast/sdk/client`).
 *  @param {string} specifier
 *  @returns {string | null} */
function indexOf(specifier) {
  const [, name = '', door] = specifier.split('/');
  const folder = ['packages', 'apps']
    .map((kind) => join(ROOT, kind, name))
    .find((path) => existsSync(path));
  if (folder === undefined) return null;
  /** @type {unknown} */
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { exports } = /** @type {{ exports?: Record<string, unknown> }} */ (manifest);
  const target = exports?.[door === undefined ? '.' : `./${door}`];
  return typeof target === 'string' ? resolve(folder, target) : null;
}

/** Where each value of an index comes from; types leave nothing behind.
 *  @param {string} index
 *  @returns {Map<string, Origin>} */
function originsOf(index) {
  /** @type {Map<string, Origin>} */
  const origins = new Map();
  const { staticExports } = parseSync(index, readFileSync(index, 'utf8')).module;
  for (const { isType, moduleRequest, importName, exportName } of staticExports.flatMap(
    ({ entries }) => entries,
  )) {
    if (isType || moduleRequest === null) continue;
    const { name } = importName;
    const as = exportName.name;
    if (name === null || as === null) continue;
    origins.set(as, { file: resolve(dirname(index), moduleRequest.value), name });
  }
  return origins;
}

/** @returns {import('esbuild').Plugin} */
export function directImports() {
  /** @type {Map<string, Map<string, Origin> | null>} */
  const known = new Map();
  /** @param {string} specifier */
  const lookUp = (specifier) => {
    if (!known.has(specifier)) {
      const index = indexOf(specifier);
      known.set(specifier, index === null ? null : originsOf(index));
    }
    return known.get(specifier) ?? null;
  };
  /** The statement that takes its place; null to leave it.
   *  @param {import('oxc-parser').StaticImport} statement
   *  @returns {string | null} */
  const direct = ({ moduleRequest: { value: specifier }, entries }) => {
    const values = entries.filter(({ isType }) => !isType);
    const [first] = values;
    if (specifier === 'zod') {
      const isWhole = values.length === 1 && first?.importName.name === 'z';
      return isWhole ? `import * as ${first.localName.value} from 'zod';` : null;
    }
    if (first === undefined || !specifier.startsWith('@holdfast/')) return null;
    const origins = lookUp(specifier);
    const imports = values.map(({ importName: { name }, localName }) => {
      const origin = name === null ? undefined : origins?.get(name);
      if (origin === undefined) return null;
      return `import { ${origin.name} as ${localName.value} } from ${JSON.stringify(origin.file)};`;
    });
    return imports.includes(null) ? null : imports.join(' ');
  };
  return {
    name: 'direct-imports',
    setup(build) {
      build.onLoad(
        { filter: /[\\/](packages|apps)[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ },
        ({ path }) => {
          const text = readFileSync(path, 'utf8');
          return {
            contents: MAY_CHANGE.test(text) ? rewritten(path, text, direct) : text,
            loader: 'ts',
          };
        },
      );
    },
  };
}

/** As many lines as before, so that places in the source map stay right. What does not parse is esbuild's to tell.
 *  @param {string} path
 *  @param {string} text
 *  @param {(statement: import('oxc-parser').StaticImport) => string | null} direct */
function rewritten(path, text, direct) {
  let contents = '';
  let from = 0;
  for (const statement of parseSync(path, text).module.staticImports) {
    const { start, end } = statement;
    const instead = direct(statement);
    if (instead === null) continue;
    const lines = text.slice(start, end).split('\n').length;
    contents += text.slice(from, start) + instead + '\n'.repeat(lines - 1);
    from = end;
  }
  return contents + text.slice(from);
}
