/** How much a browser loads before the console shows its first screen. */
import { dirname, posix } from 'node:path';

/** Files that `index.html` names: scripts, styles, preloads. */
const NAMED = /(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g;
/** Static imports of a module, as the bundler writes them. */
const IMPORTED = /(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']/g;

/**
 * @param {ReadonlyMap<string, Buffer>} files every file by its name, `NAME.br` beside `NAME`
 * @returns {number} bytes, Brotli-compressed, of the page and all that it needs before the first screen's own code
 */
export function firstLoadBytes(files) {
  const seen = new Set(['index.html']);
  for (const name of seen) {
    const text = files.get(name)?.toString('utf8');
    if (text === undefined) throw new Error(`index.html needs ${name}, which was not made`);
    if (name.endsWith('.html')) for (const [, path = ''] of text.matchAll(NAMED)) seen.add(path);
    if (name.endsWith('.js')) {
      for (const [, path = ''] of text.matchAll(IMPORTED))
        seen.add(posix.join(dirname(name), path));
    }
  }
  let bytes = 0;
  for (const name of seen)
    bytes += (files.get(`${name}.br`) ?? files.get(name) ?? Buffer.alloc(0)).length;
  return bytes;
}
