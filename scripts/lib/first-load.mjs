/** How much a browser loads before the console shows its first screen. */
import { dirname, posix } from 'node:path';

/** Files that `index.html` names: scripts, styles, preloads. */
const NAMED = /(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g;
/** Static imports of a module, as the bundler writes them. */
const IMPORTED = /(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']/g;

/**
 * @param {ReadonlyMap<string, Buffer>} files every file by its name, `NAME.br` beside `NAME`
 * @param {readonly string[]} parts modules loaded late that the first screen needs, by their names without hash
 * @returns {number} bytes, Brotli-compressed, until that screen stands complete
 */
export function firstLoadBytes(files, parts) {
  const seen = new Set(['index.html']);
  for (const part of parts) {
    const found = [...files.keys()].filter(
      (name) => name.startsWith(`assets/${part}-`) && /\.(js|css)$/.test(name),
    );
    if (found.length === 0) throw new Error(`no file was made of ${part}`);
    for (const name of found) seen.add(name);
  }
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
