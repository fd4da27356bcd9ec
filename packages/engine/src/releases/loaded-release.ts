import {
  compileKey,
  type EffectSettings,
  type Fault,
  type JsonText,
  type KeyedCall,
  type ReleaseDigest,
  type ReleaseManifest,
  type SagaSettings,
  type TenantId,
} from '@holdfast/core';
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
    this.effects = new Map(
      manifest.effects.map((settings) => [settings.name, new LoadedEffect(digest, settings)]),
    );
    for (const wait of manifest.waits)
      this.#waits.set(wait.name, new SchemaCheck(wait.schema ?? null));
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
  readonly #keyOf: ((call: KeyedCall) => string) | null;

  constructor(release: ReleaseDigest, settings: EffectSettings) {
    this.release = release;
    this.settings = settings;
    this.input = new SchemaCheck(settings.input ?? null);
    this.output = new SchemaCheck(settings.output ?? null);
    this.#keyOf = settings.key === undefined ? null : compileKey(settings.key);
  }

  /** What an item shares its place and limits in a lane with: its tenant, and its key where the effect has one. */
  partitionOf(row: KeyedCall & { readonly tenant: TenantId }): string {
    return this.#keyOf === null ? row.tenant : `${row.tenant}\u0000${this.#keyOf(row)}`;
  }
}
