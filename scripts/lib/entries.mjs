/**
 * What the build makes, in one place.
 *
 * Each server entry becomes `apps/server/dist/<name>.js`, and the chunks they share lie beside them: a
 * module finds a worker with `new URL('./<name>.js', import.meta.url)` in the bundle, whichever chunk it
 * landed in. An entry whose source does not exist is skipped and named.
 */

export const SERVER_OUT = 'apps/server/dist';

/** Entry name to source. @type {Readonly<Record<string, string>>} */
export const SERVER_ENTRIES = {
  cli: 'apps/server/src/cli.ts',
  'engine-thread': 'apps/server/src/engine-thread.ts',
  'reader-thread': 'apps/server/src/reader-thread.ts',
  'verifier-thread': 'apps/server/src/verifier-thread.ts',
  'effect-host-main': 'apps/server/src/effect-host-main.ts',
  'sandbox-thread': 'packages/engine/src/sandbox/sandbox-thread.ts',
};

/** The console: its package, and what is built of it, which the server serves. */
export const CONSOLE_SOURCE = 'apps/console';
export const CONSOLE_OUT = 'apps/server/dist/console';

export const RESTAURANT_OUT = 'apps/restaurant/dist';
/** The restaurant's release bundle, in `RESTAURANT_OUT`. */
export const RESTAURANT_RELEASE = 'release-bundle.json';

/** The restaurant's outside services: a process of their own. @type {Readonly<Record<string, string>>} */
export const RESTAURANT_ENTRIES = {
  'services-main': 'apps/restaurant/src/services-main.ts',
};

/**
 * Left out of the bundle and loaded from node_modules: they bring a native binary or a WASM file that
 * they look for beside their own source.
 */
export const EXTERNAL = [
  'better-sqlite3',
  'esbuild',
  'oxc-parser',
  '@jitl/quickjs-wasmfile-release-sync',
];

/** Goes into the SDK's tarball as it is. */
export const SDK_TEXTS = ['LICENSE', 'packages/sdk/README.md'];
