import type { SourceSettings } from '@holdfast/core';
import type { EngineClient } from '../threads/engine-client.ts';
import type { Effects } from './effects.ts';

/** What the active releases say of MQTT sources, and which of them have effect functions. */
export interface ActiveSources {
  readonly sources: readonly SourceSettings[];
  readonly withFunctions: readonly string[];
  refresh(): Promise<void>;
}

export async function activeSources(
  engine: EngineClient,
  effects: Effects,
): Promise<ActiveSources> {
  const active = {
    sources: [] as readonly SourceSettings[],
    withFunctions: [] as readonly string[],
    refresh: async (): Promise<void> => {
      const rows = (await engine.releases()).filter((row) => row.active);
      const manifests = rows.flatMap(({ digest }) => {
        const manifest = effects.manifest(digest);
        return manifest === null ? [] : [{ digest, manifest }];
      });
      active.sources = manifests.flatMap(({ manifest }) => manifest.sources);
      active.withFunctions = manifests
        .filter(({ manifest }) =>
          manifest.effects.some(({ provider }) => provider.kind === 'function'),
        )
        .map(({ digest }) => digest);
    },
  };
  await active.refresh();
  return active;
}
