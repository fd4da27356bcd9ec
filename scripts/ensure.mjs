/**
 * Makes a checkout ready to run: dependencies as pinned, the build as the sources are. Does nothing, in
 * well under a tenth of a second, when both are so. Says what it does on stderr.
 */
import { findNode, isMain, runMain } from './lib/host.mjs';
import { installDependencies, isInstalled } from './lib/install.mjs';
import { exclusively } from './lib/mutex.mjs';
import { build, isBuilt } from './build.mjs';

/**
 * @returns {Promise<string>} path of the Node to run the project with
 * @throws {import('./lib/host.mjs').ScriptError} when npm or the build fails, or no fit Node is found
 */
export async function ensure() {
  if (!isInstalled() || !isBuilt()) {
    await exclusively(async () => {
      await installDependencies();
      await build();
    });
  }
  return findNode();
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    await ensure();
  });
}
