/**
 * The server's outside calls: built-in providers, and the effect hosts that run authors' functions.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import {
  type EffectExecutor,
  type ReleaseDigest,
  type ReleaseManifest,
  releaseManifestSchema,
} from '@holdfast/core';
import type { Log, ReleaseFiles } from '@holdfast/engine';
import {
  createExecutor,
  EchoProvider,
  GatewayProvider,
  HttpProvider,
  MqttProvider,
  type MqttPublish,
  SmtpProvider,
} from '@holdfast/gateway';
import {
  createEffectHostSupervisor,
  type EffectHostSupervisor,
} from '../effect-host/supervisor.ts';
import { configValue } from '../config/config-value.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { systemClock } from '../threads/system-clock.ts';
import { entryUrl } from '../threads/thread-start.ts';

export interface EffectsOptions {
  readonly releases: ReleaseFiles;
  /** Values for `config://NAME` that win over a release's own; read for each attempt. */
  readonly config: ReadonlyMap<string, string>;
  readonly secrets: SecretStore;
  readonly publish: MqttPublish;
  readonly log: Log;
}

export interface Effects {
  readonly executor: EffectExecutor;
  readonly hosts: EffectHostSupervisor;
  /** The manifest of a registered release; the same object each time, null when there is none. */
  readonly manifest: (release: ReleaseDigest) => ReleaseManifest | null;
  /** Ends hosts and connections; calls still out are in doubt. Resolves when the processes are gone. */
  close(): Promise<void>;
}

export function createEffects({
  releases,
  config,
  secrets,
  publish,
  log,
}: EffectsOptions): Effects {
  const manifests = new Map<ReleaseDigest, ReleaseManifest>();
  const manifest = (release: ReleaseDigest): ReleaseManifest | null => {
    const known = manifests.get(release);
    if (known !== undefined) return known;
    if (!releases.has(release, 'release.json')) return null;
    const read = releaseManifestSchema.parse(JSON.parse(releases.read(release, 'release.json')));
    manifests.set(release, read);
    return read;
  };
  const hosts = createEffectHostSupervisor({
    entry: fileURLToPath(entryUrl('effect-host-main')),
    releaseDir: (release) => releases.directory(release),
    clock: systemClock,
    random: Math.random,
    log,
  });
  const http = new HttpProvider({ clock: systemClock });
  const executor = createExecutor({
    providers: [
      new EchoProvider(),
      http,
      new GatewayProvider(http),
      new MqttProvider(publish),
      new SmtpProvider(),
    ],
    host: hosts,
    manifest,
    resolveConfig: (_, name) => configValue(config, name),
    resolveSecret: (_, name) => secrets.get(name) ?? undefined,
    clock: systemClock,
    log,
  });
  const close = async (): Promise<void> => {
    await hosts.close();
    http.close();
  };
  return { executor, hosts, manifest, close };
}
