/**
 * What makes a bundle fit to be registered. All faults are reported at once (R3.3).
 *
 * @module
 */
import { Script } from 'node:vm';
import {
  type Fault,
  HoldfastError,
  type ReleaseBundle,
  type ReleaseDigest,
  type ReleaseManifest,
  releaseBundleSchema,
  releaseManifestSchema,
} from '@holdfast/core';
import { cronTriggerFaults } from './build-schedules.ts';
import { bundleDigest } from './release-files.ts';
import { SchemaCheck } from './schema-check.ts';

export interface CheckedBundle {
  readonly digest: ReleaseDigest;
  readonly manifest: ReleaseManifest;
  readonly bundle: ReleaseBundle;
}

/**
 * Checks a bundle whole.
 *
 * @throws HoldfastError `release.invalid` with every fault found
 */
export function checkBundle(bundle: unknown): CheckedBundle {
  const parsed = releaseBundleSchema.safeParse(bundle);
  if (!parsed.success) throw invalid(parsed.error.issues.map(issueFault));
  const text = parsed.data.files['release.json'];
  if (text === undefined)
    throw invalid([{ at: 'release.json', message: 'is missing from the bundle' }]);
  const manifest = releaseManifestSchema.safeParse(parseManifest(text));
  if (!manifest.success) throw invalid(manifest.error.issues.map(issueFault));
  const faults = manifestFaults(manifest.data, parsed.data);
  if (faults.length > 0) throw invalid(faults);
  return { digest: bundleDigest(parsed.data), manifest: manifest.data, bundle: parsed.data };
}

function parseManifest(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid([
      { at: 'release.json', message: error instanceof Error ? error.message : 'is not JSON' },
    ]);
  }
}

function manifestFaults(manifest: ReleaseManifest, bundle: ReleaseBundle): Fault[] {
  const faults: Fault[] = [];
  const names = new Set<string>();
  for (const saga of manifest.sagas) {
    if (names.has(saga.name)) faults.push({ at: `sagas.${saga.name}`, message: 'is named twice' });
    names.add(saga.name);
    if (bundle.files[saga.script] === undefined) {
      faults.push({
        at: `sagas.${saga.name}.script`,
        message: `refers to the missing program ${saga.script}`,
      });
    }
    faults.push(...scriptFaults(saga.script, bundle.files[saga.script]));
    for (const type of saga.starts) {
      if (!saga.on.includes(type))
        faults.push({
          at: `sagas.${saga.name}.starts`,
          message: `${type} is not among its triggers`,
        });
    }
  }
  const effects = new Set<string>();
  for (const effect of manifest.effects) {
    if (effects.has(effect.name))
      faults.push({ at: `effects.${effect.name}`, message: 'is named twice' });
    effects.add(effect.name);
    if (effect.provider.kind === 'function' && bundle.files['effects.mjs'] === undefined) {
      faults.push({
        at: `effects.${effect.name}`,
        message: 'needs effects.mjs, which the bundle lacks',
      });
    }
    if (effect.inDoubt === 'retry' && effect.idempotencyWindow === undefined) {
      faults.push({
        at: `effects.${effect.name}.inDoubt`,
        message: 'retry needs a declared idempotency window',
      });
    }
    if (effect.inDoubt === 'check' && !effect.hasCheck) {
      faults.push({
        at: `effects.${effect.name}.inDoubt`,
        message: 'check needs a check function or request',
      });
    }
    for (const part of ['input', 'output'] as const)
      faults.push(...schemaFaults(`effects.${effect.name}.${part}`, effect[part]));
  }
  for (const event of manifest.events)
    faults.push(...schemaFaults(`events.${event.type}`, event.schema));
  const schedules = new Set<string>();
  for (const trigger of manifest.schedules ?? []) {
    const { name } = trigger;
    if (schedules.has(name)) faults.push({ at: `schedules.${name}`, message: 'is named twice' });
    schedules.add(name);
    for (const { key, message } of cronTriggerFaults(trigger))
      faults.push({ at: `schedules.${name}.${key}`, message });
  }
  for (const wait of manifest.waits)
    faults.push(...schemaFaults(`waits.${wait.name}`, wait.schema));
  return faults;
}

/** A program that does not parse would block every instance of its saga at its first event. It is not run here. */
function scriptFaults(path: string, text: string | undefined): Fault[] {
  if (text === undefined) return [];
  try {
    void new Script(text, { filename: path });
    return [];
  } catch (error) {
    const line = /:(\d+)$/m.exec(error instanceof Error ? (error.stack ?? '') : '')?.[1];
    const message = error instanceof Error ? error.message : String(error);
    return [
      { at: line === undefined ? path : `${path}:${line}`, message: `does not parse: ${message}` },
    ];
  }
}

function schemaFaults(at: string, schema: Readonly<Record<string, unknown>> | undefined): Fault[] {
  if (schema === undefined) return [];
  try {
    void new SchemaCheck(schema);
    return [];
  } catch (error) {
    return [
      {
        at,
        message: `is not a JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
      },
    ];
  }
}

function issueFault(issue: { path: PropertyKey[]; message: string }): Fault {
  return { at: issue.path.map(String).join('.') || 'release', message: issue.message };
}

function invalid(faults: readonly Fault[]): HoldfastError {
  const first = faults[0];
  return new HoldfastError(
    'release.invalid',
    first === undefined
      ? 'the release is not valid'
      : `${first.at}: ${first.message}${faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''}`,
    { faults },
  );
}
