/**
 * Building a project's release, for `release build`, `deploy` and `dev`. The builder brings esbuild: it is loaded here
 * and nowhere else.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { HoldfastError, releaseBundleSchema } from '@holdfast/core';
import type { ReleaseBundle } from '@holdfast/core';
import { buildRelease } from '@holdfast/engine/build';
import type { BuiltRelease } from '@holdfast/engine/build';
import type { CliContext } from '../cli/context.ts';
import { withProgress } from '../cli/progress.ts';

/** @throws HoldfastError `release.invalid` with every fault, each at `file:line:column` where known. */
export function buildProject(context: CliContext, dir: string): Promise<BuiltRelease> {
  return withProgress(
    context.out,
    'Building the release',
    buildRelease(resolve(context.around.cwd, dir)),
  );
}

/** A bundle from a file that `release build` wrote, or built from a project's folder. */
export async function bundleFrom(context: CliContext, path: string): Promise<ReleaseBundle> {
  const full = resolve(context.around.cwd, path);
  if (statSync(full, { throwIfNoEntry: false })?.isDirectory() === true)
    return (await buildProject(context, full)).bundle;
  let text: string;
  try {
    text = readFileSync(full, 'utf8');
  } catch (cause) {
    throw new HoldfastError('release.invalid', `cannot read the bundle ${full}`, {
      cause,
      hint: 'make one: holdfast release build',
    });
  }
  return parseBundle(text, full);
}

function parseBundle(text: string, path: string): ReleaseBundle {
  try {
    return releaseBundleSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HoldfastError('release.invalid', `${path} is not a release bundle`, {
      cause,
      hint: 'make one: holdfast release build',
    });
  }
}
