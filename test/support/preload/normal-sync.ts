/**
 * A mutant's server: SQLite syncs its write-ahead log only when it moves it (`synchronous=NORMAL`), so that a commit is
 * acknowledged before it is on the disk. Given to Node by `--import`, which its worker threads inherit.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Connection {
  pragma(source: string, options?: object): unknown;
}

const store = join(import.meta.dirname, '../../../packages/store/package.json');
const { prototype } = createRequire(store)('better-sqlite3') as { readonly prototype: Connection };
// oxlint-disable-next-line typescript/unbound-method -- called with the connection it is asked of
const { pragma } = prototype;
prototype.pragma = function normalSync(this: Connection, source, options) {
  const changed = source === 'synchronous = FULL' ? 'synchronous = NORMAL' : source;
  return pragma.call(this, changed, options);
};
