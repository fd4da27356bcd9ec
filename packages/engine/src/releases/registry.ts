/**
 * What is registered, what is active, and what that means for routing.
 *
 * 1. A release is immutable and known by its digest; an app has at most one active release.
 * 2. Trigger events go to the sagas of active releases; running instances to the release they are pinned to.
 * 3. Effect settings come from the app's active release, or, when that has dropped the effect, from the pinned one.
 *
 * @module
 */
import {
  type EffectSettings,
  type Fault,
  HoldfastError,
  type JsonText,
  type ReleaseBundle,
  type ReleaseDigest,
  type ReleaseManifest,
  releaseBundleSchema,
  releaseManifestSchema,
  type SagaSettings,
  type SourceSettings,
} from '@holdfast/core';
import type { ReleaseRow } from '@holdfast/store';
import type { Sandbox } from '../sandbox-port.ts';
import { bundleDigest, type ReleaseFiles } from './release-files.ts';
import { SchemaCheck } from './schema-check.ts';

/** One release with everything compiled that the hot path needs. */
export class LoadedRelease {
  readonly digest: ReleaseDigest;
  readonly manifest: ReleaseManifest;
  readonly sagas: ReadonlyMap<string, SagaSettings>;
  readonly effects: ReadonlyMap<string, LoadedEffect>;
  readonly #waits = new Map<string, SchemaCheck>();
  readonly events = new Map<string, SchemaCheck>();

  constructor(digest: ReleaseDigest, manifest: ReleaseManifest) {
    this.digest = digest;
    this.manifest = manifest;
    this.sagas = new Map(manifest.sagas.map((saga) => [saga.name, saga]));
    this.effects = new Map(manifest.effects.map((settings) => [settings.name, new LoadedEffect(digest, settings)]));
    for (const wait of manifest.waits) this.#waits.set(wait.name, new SchemaCheck(wait.schema ?? null));
    for (const event of manifest.events) {
      if (event.schema !== undefined) this.events.set(event.type, new SchemaCheck(event.schema));
    }
  }

  /** Faults of a wait's payload; none when the definition has no schema. */
  waitFaults(definition: string | null, payload: JsonText): readonly Fault[] {
    return definition === null ? [] : (this.#waits.get(definition)?.faultsOfText(payload) ?? []);
  }
}

export class LoadedEffect {
  readonly release: ReleaseDigest;
  readonly settings: EffectSettings;
  readonly input: SchemaCheck;
  readonly output: SchemaCheck;

  constructor(release: ReleaseDigest, settings: EffectSettings) {
    this.release = release;
    this.settings = settings;
    this.input = new SchemaCheck(settings.input ?? null);
    this.output = new SchemaCheck(settings.output ?? null);
  }
}

export interface Trigger {
  readonly saga: SagaSettings;
  readonly app: string;
  readonly release: ReleaseDigest;
}

const NO_TRIGGERS: readonly Trigger[] = [];

export class ReleaseRegistry {
  readonly #files: ReleaseFiles;
  readonly #sandbox: Sandbox;
  readonly #loaded = new Map<ReleaseDigest, LoadedRelease>();
  readonly #inSandbox = new Set<string>();
  readonly #registered = new Map<ReleaseDigest, { app: string }>();
  readonly #active = new Map<string, LoadedRelease>();
  #triggers = new Map<string, Trigger[]>();
  #eventChecks = new Map<string, SchemaCheck>();

  constructor(files: ReleaseFiles, sandbox: Sandbox) {
    this.#files = files;
    this.#sandbox = sandbox;
  }

  restore(rows: readonly ReleaseRow[]): void {
    for (const row of rows) {
      this.#registered.set(row.digest, { app: row.app });
      if (row.active) this.#active.set(row.app, this.load(row.digest));
    }
    this.#rebuild();
  }

  get activeReleases(): readonly LoadedRelease[] {
    return [...this.#active.values()];
  }

  active(app: string): LoadedRelease | undefined {
    return this.#active.get(app);
  }

  isRegistered(digest: ReleaseDigest): boolean {
    return this.#registered.has(digest);
  }

  triggers(type: string): readonly Trigger[] {
    return this.#triggers.get(type) ?? NO_TRIGGERS;
  }

  /** The saga of that name among active releases, for children. */
  sagaByName(name: string): Trigger | undefined {
    for (const release of this.#active.values()) {
      const saga = release.sagas.get(name);
      if (saga !== undefined) return { saga, app: release.manifest.app, release: release.digest };
    }
    return undefined;
  }

  eventCheck(type: string): SchemaCheck | undefined {
    return this.#eventChecks.get(type);
  }

  sources(): readonly SourceSettings[] {
    return this.activeReleases.flatMap((release) => release.manifest.sources);
  }

  effect(app: string, pinned: ReleaseDigest, name: string): LoadedEffect | undefined {
    return this.#active.get(app)?.effects.get(name) ?? this.load(pinned).effects.get(name);
  }

  /** Settings for an item met again after a restart: the active release's, else those of any release of the app. */
  effectOfApp(app: string, name: string): LoadedEffect | undefined {
    const active = this.#active.get(app)?.effects.get(name);
    if (active !== undefined) return active;
    for (const [digest, registered] of this.#registered) {
      if (registered.app !== app) continue;
      const effect = this.load(digest).effects.get(name);
      if (effect !== undefined) return effect;
    }
    return undefined;
  }

  /** @throws HoldfastError `release.unknown` when its files are gone. */
  load(digest: ReleaseDigest): LoadedRelease {
    let release = this.#loaded.get(digest);
    if (release === undefined) {
      const manifest = releaseManifestSchema.parse(JSON.parse(this.#files.read(digest, 'release.json')));
      release = new LoadedRelease(digest, manifest);
      this.#loaded.set(digest, release);
    }
    return release;
  }

  /** Makes sure that the sandbox knows the program. */
  ready(digest: ReleaseDigest, saga: string): SagaSettings {
    const settings = this.load(digest).sagas.get(saga);
    if (settings === undefined) throw new HoldfastError('release.unknown', `release ${digest} has no saga ${saga}`);
    const id = `${digest}/${saga}`;
    if (!this.#inSandbox.has(id)) {
      const map = `${settings.script}.map`;
      this.#sandbox.load({
        release: digest,
        saga,
        script: this.#files.read(digest, settings.script),
        sourceMap: this.#files.has(digest, map) ? this.#files.read(digest, map) : null,
      });
      this.#inSandbox.add(id);
    }
    return settings;
  }

  /**
   * Checks a bundle whole and keeps its files. The caller journals the registration.
   *
   * @throws HoldfastError `release.invalid` with every fault found
   */
  check(bundle: unknown): { digest: ReleaseDigest; manifest: ReleaseManifest; bundle: ReleaseBundle } {
    const parsed = releaseBundleSchema.safeParse(bundle);
    if (!parsed.success) throw invalid(parsed.error.issues.map(issueFault));
    const text = parsed.data.files['release.json'];
    if (text === undefined) throw invalid([{ at: 'release.json', message: 'is missing from the bundle' }]);
    const manifest = releaseManifestSchema.safeParse(parseManifest(text));
    if (!manifest.success) throw invalid(manifest.error.issues.map(issueFault));
    const faults = manifestFaults(manifest.data, parsed.data);
    if (faults.length > 0) throw invalid(faults);
    return { digest: bundleDigest(parsed.data), manifest: manifest.data, bundle: parsed.data };
  }

  keep(digest: ReleaseDigest, bundle: ReleaseBundle): void {
    this.#files.keep(digest, bundle);
  }

  registered(digest: ReleaseDigest, app: string): void {
    this.#registered.set(digest, { app });
  }

  /** @throws HoldfastError `conflict` when another app's active release has a saga of the same name. */
  checkActivation(digest: ReleaseDigest): LoadedRelease {
    if (!this.#registered.has(digest)) {
      throw new HoldfastError('release.unknown', `no release ${digest} is registered`, {
        hint: 'register its bundle first: holdfast release register FILE',
      });
    }
    const release = this.load(digest);
    for (const other of this.#active.values()) {
      if (other.manifest.app === release.manifest.app) continue;
      for (const name of release.sagas.keys()) {
        if (!other.sagas.has(name)) continue;
        throw new HoldfastError('conflict', `app ${other.manifest.app} already has an active saga named ${name}`);
      }
    }
    for (const name of release.sagas.keys()) this.ready(digest, name);
    return release;
  }

  activated(release: LoadedRelease): void {
    this.#active.set(release.manifest.app, release);
    this.#rebuild();
  }

  #rebuild(): void {
    this.#triggers = new Map();
    this.#eventChecks = new Map();
    for (const release of this.#active.values()) {
      for (const saga of release.manifest.sagas) {
        this.ready(release.digest, saga.name);
        for (const type of saga.on) {
          const list = this.#triggers.get(type) ?? [];
          list.push({ saga, app: release.manifest.app, release: release.digest });
          this.#triggers.set(type, list);
        }
      }
      for (const [type, check] of release.events) this.#eventChecks.set(type, check);
    }
  }
}

function parseManifest(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid([{ at: 'release.json', message: error instanceof Error ? error.message : 'is not JSON' }]);
  }
}

function manifestFaults(manifest: ReleaseManifest, bundle: ReleaseBundle): Fault[] {
  const faults: Fault[] = [];
  const names = new Set<string>();
  for (const saga of manifest.sagas) {
    if (names.has(saga.name)) faults.push({ at: `sagas.${saga.name}`, message: 'is named twice' });
    names.add(saga.name);
    if (bundle.files[saga.script] === undefined) {
      faults.push({ at: `sagas.${saga.name}.script`, message: `refers to the missing program ${saga.script}` });
    }
    for (const type of saga.starts) {
      if (!saga.on.includes(type)) faults.push({ at: `sagas.${saga.name}.starts`, message: `${type} is not among its triggers` });
    }
  }
  for (const effect of manifest.effects) {
    if (effect.provider.kind === 'function' && bundle.files['effects.mjs'] === undefined) {
      faults.push({ at: `effects.${effect.name}`, message: 'needs effects.mjs, which the bundle lacks' });
    }
    if (effect.inDoubt === 'retry' && effect.idempotencyWindow === undefined) {
      faults.push({ at: `effects.${effect.name}.inDoubt`, message: 'retry needs a declared idempotency window' });
    }
    if (effect.inDoubt === 'check' && !effect.hasCheck) {
      faults.push({ at: `effects.${effect.name}.inDoubt`, message: 'check needs a check function or request' });
    }
    for (const part of ['input', 'output'] as const) faults.push(...schemaFaults(`effects.${effect.name}.${part}`, effect[part]));
  }
  for (const event of manifest.events) faults.push(...schemaFaults(`events.${event.type}`, event.schema));
  for (const wait of manifest.waits) faults.push(...schemaFaults(`waits.${wait.name}`, wait.schema));
  return faults;
}

function schemaFaults(at: string, schema: Readonly<Record<string, unknown>> | undefined): Fault[] {
  if (schema === undefined) return [];
  try {
    void new SchemaCheck(schema);
    return [];
  } catch (error) {
    return [{ at, message: `is not a JSON Schema: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

function issueFault(issue: { path: PropertyKey[]; message: string }): Fault {
  return { at: issue.path.map(String).join('.') || 'release', message: issue.message };
}

function invalid(faults: readonly Fault[]): HoldfastError {
  const first = faults[0];
  return new HoldfastError(
    'release.invalid',
    first === undefined ? 'the release is not valid' : `${first.at}: ${first.message}${faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''}`,
    { faults },
  );
}
