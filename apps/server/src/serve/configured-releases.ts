/**
 * Releases that the configuration names (`releases`): deployed where they are new, at start and on reload.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { HoldfastError, type ReleaseBundle, releaseBundleSchema } from '@holdfast/core';
import type { Actor, EngineApi } from '@holdfast/engine';

export interface DeployedRelease {
  readonly app: string;
  readonly digest: string;
  /** Where it is from. */
  readonly from: string;
}

/**
 * Registers and activates each that is not registered yet. All are read and built first: where one cannot be, none is
 * deployed.
 *
 * @throws HoldfastError `release.invalid`, with every fault of the one
 */
export async function deployConfigured(
  engine: EngineApi,
  paths: readonly string[],
  actor: Actor,
): Promise<readonly DeployedRelease[]> {
  const bundles: { readonly from: string; readonly bundle: ReleaseBundle }[] = [];
  for (const from of paths) bundles.push({ from, bundle: await bundleAt(from) });
  const deployed: DeployedRelease[] = [];
  for (const { from, bundle } of bundles) {
    const { app, digest, isNew } = await engine.registerRelease(bundle, actor);
    if (!isNew) continue;
    await engine.activateRelease(digest, actor);
    deployed.push({ app, digest, from });
  }
  return deployed;
}

async function bundleAt(path: string): Promise<ReleaseBundle> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new HoldfastError(
      'release.invalid',
      `setting releases names ${path}, which is not there`,
    );
  if (found.isDirectory()) {
    // The builder brings esbuild: only who has projects built needs it.
    const { buildRelease } = await import('@holdfast/engine/build');
    return (await buildRelease(path)).bundle;
  }
  try {
    return releaseBundleSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new HoldfastError('release.invalid', `${path} is not a release bundle`, {
      cause,
      hint: 'make one: holdfast release build',
    });
  }
}
