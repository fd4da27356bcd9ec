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
import { ROOT } from './host.mjs';

const IMPORT = /^import (type )?\{([^}]*)\} from '(@holdfast\/[a-z-]+(?:\/[a-z-]+)?)';/gm;
const EXPORT = /^export (type )?\{([^}]*)\} from '(\.[^']+)';/gm;

const ZOD = /^import \{ z \} from 'zod';/gm;

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

/** @param {string} list what stands between the braces
 *  @returns {{ name: string, as: string }[]} values only: types leave nothing behind */
function valuesIn(list) {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('type '))
    .map((part) => {
      const [name = '', as = name] = part.split(/\s+as\s+/);
      return { name, as };
    });
}

/** Where each name of an index comes from.
 *  @param {string} index
 *  @returns {Map<string, Origin>} */
function originsOf(index) {
  /** @type {Map<string, Origin>} */
  const origins = new Map();
  for (const [, type, list = '', from = ''] of readFileSync(index, 'utf8').matchAll(EXPORT)) {
    if (type !== undefined) continue;
    for (const { name, as } of valuesIn(list))
      origins.set(as, { file: resolve(dirname(index), from), name });
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
  /** @type {(statement: string, type: string | undefined, list: string, specifier: string) => string} */
  const direct = (statement, type, list, specifier) => {
    const origins = type === undefined ? lookUp(specifier) : null;
    const values = valuesIn(list);
    if (origins === null || !values.every(({ name }) => origins.has(name))) return statement;
    const imports = values.map(({ name, as }) => {
      const origin = origins.get(name);
      return `import { ${origin?.name} as ${as} } from ${JSON.stringify(origin?.file)};`;
    });
    // As many lines as before, so that places in the source map stay right.
    return imports.join(' ') + '\n'.repeat(statement.split('\n').length - 1);
  };
  return {
    name: 'direct-imports',
    setup(build) {
      build.onLoad(
        { filter: /[\\/](packages|apps)[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ },
        ({ path }) => ({
          contents: readFileSync(path, 'utf8')
            .replaceAll(IMPORT, direct)
            .replaceAll(ZOD, "import * as z from 'zod';"),
          loader: 'ts',
        }),
      );
    },
  };
}
