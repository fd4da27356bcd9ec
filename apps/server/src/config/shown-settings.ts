/**
 * Settings as a person is shown them, by `config show` and by the API: each with its value, as it is written, and where it
 * is from. Never a secret.
 *
 * @module
 */
import type { LoadedSettings } from './load-settings.ts';
import { findSetting, SETTINGS } from './setting-catalogue.ts';
import type { Setting } from './setting-catalogue.ts';
import type { Origin } from './setting-layers.ts';
import { HIDDEN, settingText, settingValue } from './setting-text.ts';
import type { ServerSettings } from './settings.ts';

type Shown = Pick<LoadedSettings, 'settings' | 'originOf'>;

export interface ShownSetting {
  readonly name: string;
  readonly value: unknown;
  /** As one would write it. */
  readonly written: string;
  readonly origin: Origin;
}

export function shownSettings(loaded: Shown): readonly ShownSetting[] {
  return SETTINGS.flatMap((setting) => shownAs(setting, loaded));
}

function shownAs(setting: Setting, { settings, originOf }: Shown): readonly ShownSetting[] {
  if (setting.type === 'map') {
    return Object.entries(settings.config).map(([name, value]) => ({
      name: `${setting.name}.${name}`,
      value,
      written: value,
      origin: originOf(setting.name, name),
    }));
  }
  if (setting.name === 'bridges') return shownBridges(settings, originOf);
  if (setting.name === 'alerts.targets') return shownTargets(settings, originOf);
  const path = setting.name.split('.');
  // The shared host is shown as what each listener made of it.
  if (setting.name === 'host') return [];
  const value = settingValue(settings, setting);
  const inherited = setting.name.endsWith('.host') && originOf(...path).kind === 'default';
  return [
    {
      name: setting.name,
      value,
      written: settingText(setting, value),
      origin: inherited ? originOf('host') : originOf(...path),
    },
  ];
}

/** As they work: with their defaults, and paths made absolute. */
function shownBridges(
  { bridges }: ServerSettings,
  originOf: Shown['originOf'],
): readonly ShownSetting[] {
  return bridges.flatMap(({ name, passwordSecret, tls, ...rest }) => {
    const password = passwordSecret === null ? null : `secret://${passwordSecret}`;
    const values: Readonly<Record<string, unknown>> = { ...rest, password };
    const plain = Object.entries(values).map(([key, value]) => [[key], value] as const);
    const files = Object.entries(tls).map(([key, value]) => [['tls', key], value] as const);
    return [...plain, ...files].map(([path, value]) => ({
      name: ['bridges', name, ...path].join('.'),
      value: value ?? null,
      written: writeBridge(path.join('.'), value),
      origin: originOf('bridges', name, ...path),
    }));
  });
}

/** An address that is no secret by its setting often is one by what it holds. */
function shownTargets(
  { alerts }: ServerSettings,
  originOf: Shown['originOf'],
): readonly ShownSetting[] {
  return alerts.targets.flatMap(({ name, ...rest }) =>
    Object.entries(rest).flatMap(([key, value]): ShownSetting[] => {
      if (value === undefined) return [];
      const isHidden = key === 'url' && !String(value).startsWith('secret://');
      const shown = isHidden ? HIDDEN : value;
      return [
        {
          name: ['alerts', 'targets', name, key].join('.'),
          value: shown,
          written: Array.isArray(shown) ? shown.join(', ') : String(shown),
          origin: originOf('alerts', 'targets', name, key),
        },
      ];
    }),
  );
}

function writeBridge(field: string, value: unknown): string {
  const setting = findSetting('bridges')?.members?.find(
    ({ name }) => name === `bridges.NAME.${field}`,
  );
  return setting === undefined ? String(value) : settingText(setting, value);
}
