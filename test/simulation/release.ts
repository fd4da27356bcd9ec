import { canonicalJson, effectSettingsSchema, type ReleaseBundle } from '@holdfast/core';
import { PINNED, SAGAS, type Variant } from './sagas.ts';

const HOUR = 3_600_000;
const keepsKeys = { inDoubt: 'retry', idempotencyWindow: HOUR } as const;
const breaker = { window: 4, failureRate: 0.5, cooldown: 5000, maxCooldown: 20_000 };

/** What each effect promises. The model goes by this table, whatever the release that runs says. */
export const EFFECTS = {
  reserve: { ...keepsKeys, upstream: { name: 'stock', breaker } },
  release: { ...keepsKeys, upstream: { name: 'stock', breaker } },
  charge: {
    inDoubt: 'check',
    hasCheck: true,
    key: '{$saga}',
    concurrencyPerKey: 1,
    ratePerKey: { limit: 2, per: 1000, burst: 2 },
  },
  refund: { ...keepsKeys, rate: { limit: 3, per: 1000, burst: 1 } },
  notify: { inDoubt: 'hold' },
} as const;

export type EffectName = keyof typeof EFFECTS;
export const WINDOW_MICROS = HOUR * 1000;
export const MAX_ATTEMPTS = 4;

/** Under this name the manifest says which variant it is; a script says so by its text. */
export const VARIANT_KEY = 'VARIANT';

/** @param notifyRetries for a mutant: an effect that is to be held in doubt is tried again */
export function simulatedRelease(variant: Variant, notifyRetries: boolean): ReleaseBundle {
  const sagas = SAGAS[variant];
  const names = Object.keys(sagas) as (keyof typeof sagas)[];
  const manifest = {
    format: 1,
    app: 'shop',
    sdk: '0.0.0',
    sagas: names.map((name) => {
      const saga = sagas[name];
      const on = 'handlers' in saga.options ? ['item.moved'] : eventsOf(saga.options.on);
      return {
        name,
        style: saga.kind === 'saga' ? 'generator' : 'reducer',
        on,
        starts: on,
        script: `sagas/${name}.js`,
        pin: name === PINNED ? 'always' : 'compatible',
        restart: 'refuse',
        tries: 1,
        gas: 1000,
      };
    }),
    effects: Object.entries(EFFECTS).map(([name, promise]) =>
      effectSettingsSchema.parse({
        name,
        provider: { kind: 'echo' },
        timeout: 10_000,
        retry: { attempts: MAX_ATTEMPTS, backoff: 1000, max: 60_000, factor: 4 },
        onUnknown: 'hold',
        concurrency: 3,
        concurrencyPerTenant: 2,
        hasCheck: false,
        ...promise,
        ...(notifyRetries && name === 'notify' ? keepsKeys : {}),
      }),
    ),
    events: [],
    waits: [{ name: 'ready' }],
    sources: [],
    config: { [VARIANT_KEY]: String(variant) },
    secrets: [],
  };
  const files: Record<string, string> = { 'release.json': canonicalJson(manifest) };
  for (const name of names) files[`sagas/${name}.js`] = String(variant);
  return { format: 1, files };
}

function eventsOf(on: unknown): string[] {
  return typeof on === 'object' && on !== null && 'type' in on ? [String(on.type)] : [];
}
