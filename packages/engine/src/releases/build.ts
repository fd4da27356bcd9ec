/**
 * Builds a release of a project: the same sources give the same bytes anywhere and at any time (DESIGN, Releases).
 *
 * @module
 */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Fault,
  HoldfastError,
  type ReleaseBundle,
  type ReleaseDigest,
  type ReleaseManifest,
} from '@holdfast/core';
import {
  type Bundle,
  bundleDescriber,
  bundleEffects,
  bundleSaga,
  stableMap,
} from './build-bundles.ts';
import { describeProject } from './build-description.ts';
import { readReleaseFile } from './build-file.ts';
import { makeManifest, scriptPath } from './build-manifest.ts';
import { bundleDigest } from './release-files.ts';

export interface BuiltRelease {
  readonly bundle: ReleaseBundle;
  readonly digest: ReleaseDigest;
  readonly manifest: ReleaseManifest;
}

const DEFAULT_ENTRY = 'src/index.ts';
/** Path in the bundle of the effect functions; see core's `release.ts`. */
const EFFECTS = 'effects.mjs';

/**
 * Builds the project's release.
 *
 * @throws HoldfastError `release.invalid` with every fault that could be found, each with `file:line:column` where known.
 */
export async function buildRelease(projectDir: string): Promise<BuiltRelease> {
  const project = realProject(projectDir);
  const read = readReleaseFile(project);
  const entry = `./${(read.file.entry ?? DEFAULT_ENTRY).replace(/^\.\//, '')}`;
  const shownEntry = entry.slice(2);
  if (!existsSync(join(project, entry))) {
    throw invalid([{ at: read.at(['entry']), message: `the entry ${shownEntry} does not exist` }]);
  }
  // Both take zod along, which takes the time; whether there are effect functions is known only afterwards.
  const [describer, effects] = await allFaults([
    bundleDescriber(project, entry),
    bundleEffects(project, entry),
  ]);
  const description = await describeProject(project, describer.code);
  const { manifest, faults } = makeManifest(shownEntry, description, read);
  if (manifest === null) throw invalid(faults);
  const sagas = await allFaults(description.sagas.map((saga) => bundleSaga(project, entry, saga)));
  // Not canonical: forms and documents show the properties of a schema in the order that their author gave them.
  const files: Record<string, string> = { 'release.json': JSON.stringify(manifest) };
  for (const [i, { name }] of description.sagas.entries()) {
    files[scriptPath(name)] = sagas[i]?.code ?? '';
    files[`${scriptPath(name)}.map`] = stableMap(sagas[i]?.map ?? '{}');
  }
  if (description.effects.some(({ hasFunction }) => hasFunction)) files[EFFECTS] = effects.code;
  const bundle: ReleaseBundle = { format: 1, files: sorted(files) };
  return { bundle, digest: bundleDigest(bundle), manifest };
}

/** All results, or one error with the faults of all that failed, each fault once. */
async function allFaults<const T extends readonly Promise<Bundle>[]>(
  work: T,
): Promise<{ [K in keyof T]: Bundle }> {
  const settled = await Promise.allSettled(work);
  const faults: Fault[] = [];
  const results: Bundle[] = [];
  for (const each of settled) {
    if (each.status === 'fulfilled') {
      results.push(each.value);
      continue;
    }
    const error: unknown = each.reason;
    if (!(error instanceof HoldfastError) || error.faults.length === 0) throw error;
    faults.push(...error.faults);
  }
  if (faults.length > 0) throw invalid(unique(faults));
  return results as { [K in keyof T]: Bundle };
}

function unique(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.at} ${fault.message}`, fault])).values()];
}

function sorted(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function realProject(projectDir: string): string {
  try {
    return realpathSync(projectDir);
  } catch (error) {
    throw new HoldfastError('release.invalid', `there is no project at ${projectDir}`, {
      operation: 'build release',
      cause: error,
    });
  }
}

function invalid(faults: readonly Fault[]): HoldfastError {
  const message = faults.length === 1 ? (faults[0]?.message ?? '') : `${faults.length} faults`;
  return new HoldfastError('release.invalid', `the release cannot be built: ${message}`, {
    operation: 'build release',
    faults,
  });
}
