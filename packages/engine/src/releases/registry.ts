/**
 * What is registered, what is active, and what that means for routing.
 *
 * 1. A release is immutable and known by its digest; an app has at most one active release.
 * 2. Trigger events go to the sagas of active releases; running instances to the release they are pinned to.
 * 3. A release whose bundle is no longer on the disk is known by its manifest, which the journal's database holds:
 *    events find their instances, effects their settings, and only what needs its programs is blocked.
 * 4. Effect settings come from the app's active release, or, when that has dropped the effect, from the pinned one.
 *
 * @module
 */
import {
  HoldfastError,
  type JsonText,
  type ReleaseBundle,
  type ReleaseDigest,
  type ReleaseManifest,
  releaseManifestSchema,
  type SagaSettings,
  type SourceSettings,
} from '@holdfast/core';
import type { ReleaseRow } from '@holdfast/store';
import type { Sandbox } from '../sandbox-port.ts';
import { type LoadedEffect, LoadedRelease } from './loaded-release.ts';
import type { ReleaseFiles } from './release-files.ts';
import type { SchemaCheck } from './schema-check.ts';

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
  /** Manifests of those whose bundle is not on the disk. */
  readonly #lost = new Map<ReleaseDigest, JsonText>();
  #triggers = new Map<string, Trigger[]>();
  #eventChecks = new Map<string, SchemaCheck>();

  constructor(files: ReleaseFiles, sandbox: Sandbox) {
    this.#files = files;
    this.#sandbox = sandbox;
  }

  restore(rows: readonly ReleaseRow[]): void {
    for (const row of rows) {
      this.#registered.set(row.digest, { app: row.app });
      if (!this.#files.isWhole(row.digest, row.manifest)) this.#lost.set(row.digest, row.manifest);
      if (row.active) this.#active.set(row.app, this.load(row.digest));
    }
    this.#rebuild();
  }

  /** Releases whose bundle is not on the disk, or not whole. */
  get lost(): readonly ReleaseDigest[] {
    return [...this.#lost.keys()];
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
      // Without its files it can say nothing; an active release without them does not start.
      if (registered.app !== app || !this.#files.has(digest, 'release.json')) continue;
      const effect = this.load(digest).effects.get(name);
      if (effect !== undefined) return effect;
    }
    return undefined;
  }

  /** @throws HoldfastError `release.unknown` */
  load(digest: ReleaseDigest): LoadedRelease {
    let release = this.#loaded.get(digest);
    if (release === undefined) {
      const text = this.#lost.get(digest) ?? this.#files.read(digest, 'release.json');
      const manifest = releaseManifestSchema.parse(JSON.parse(text));
      release = new LoadedRelease(digest, manifest);
      this.#loaded.set(digest, release);
    }
    return release;
  }

  /** Makes sure that the sandbox knows the program, where that is on the disk; without it, every call of it fails. */
  ready(digest: ReleaseDigest, saga: string): SagaSettings {
    const settings = this.load(digest).sagas.get(saga);
    if (settings === undefined)
      throw new HoldfastError('release.unknown', `release ${digest} has no saga ${saga}`);
    const id = `${digest}/${saga}`;
    if (!this.#inSandbox.has(id) && !this.#lost.has(digest)) {
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

  /** Makes a release that is not registered known for a while, from its bundle alone; ends with what is returned. */
  lend(digest: ReleaseDigest, manifest: ReleaseManifest, { files }: ReleaseBundle): () => void {
    if (this.#registered.has(digest)) return () => undefined;
    const release = new LoadedRelease(digest, manifest);
    this.#loaded.set(digest, release);
    for (const { name: saga, script } of manifest.sagas) {
      const sourceMap = files[`${script}.map`] ?? null;
      this.#sandbox.load({ release: digest, saga, script: files[script] ?? '', sourceMap });
      this.#inSandbox.add(`${digest}/${saga}`);
    }
    return () => {
      // Registered meanwhile: it is the same release.
      if (this.#registered.has(digest)) return;
      this.#loaded.delete(digest);
      for (const saga of release.sagas.keys()) {
        this.#sandbox.unload({ release: digest, saga });
        this.#inSandbox.delete(`${digest}/${saga}`);
      }
    };
  }

  keep(digest: ReleaseDigest, bundle: ReleaseBundle): void {
    this.#files.keep(digest, bundle);
    this.#lost.delete(digest);
  }

  registered(digest: ReleaseDigest, app: string): void {
    this.#registered.set(digest, { app });
  }

  /** @throws HoldfastError `release.unknown`, or `conflict`: see `checkNames`. */
  checkActivation(digest: ReleaseDigest): LoadedRelease {
    if (!this.#registered.has(digest)) {
      throw new HoldfastError('release.unknown', `no release ${digest} is registered`, {
        hint: 'register its bundle first: holdfast release register FILE',
      });
    }
    if (this.#lost.has(digest)) {
      throw new HoldfastError('release.unknown', `the bundle of ${digest} is not on the disk`, {
        hint: 'register it again: holdfast release register FILE',
      });
    }
    const release = this.load(digest);
    this.checkNames(release.manifest);
    for (const name of release.sagas.keys()) this.ready(digest, name);
    return release;
  }

  /** @throws HoldfastError `conflict` when another app's active release has a saga of the same name. */
  checkNames({ app, sagas }: ReleaseManifest): void {
    for (const other of this.#active.values()) {
      if (other.manifest.app === app) continue;
      for (const { name } of sagas) {
        if (!other.sagas.has(name)) continue;
        throw new HoldfastError(
          'conflict',
          `app ${other.manifest.app} already has an active saga named ${name}`,
        );
      }
    }
  }

  activated(release: LoadedRelease): void {
    const { app } = release.manifest;
    const previous = this.#active.get(app);
    this.#active.set(app, release);
    this.#rebuild();
    // What the previous one has not begun to decide need not be decided by it.
    for (const saga of previous?.sagas.keys() ?? [])
      if (previous !== undefined && previous.digest !== release.digest)
        this.#sandbox.recall({ release: previous.digest, saga });
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
