/** `holdfast config validate|show`. */
import type { CliContext } from '../cli/context.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { LoadedSettings } from '../config/load-settings.ts';
import { findSetting, SETTINGS } from '../config/setting-catalogue.ts';
import type { Setting } from '../config/setting-catalogue.ts';
import type { Origin } from '../config/setting-layers.ts';
import { HIDDEN, settingText, settingValue } from '../config/setting-text.ts';
import type { ServerSettings } from '../config/settings.ts';

interface ConfigOptions {
  readonly config?: string;
}

function load({ around, globals }: CliContext, { config }: ConfigOptions): LoadedSettings {
  return loadSettings({ around, dataDir: globals.dataDir, configFile: config });
}

function warn({ out }: CliContext, { warnings }: LoadedSettings): void {
  for (const { at, message } of warnings)
    out.note(`${out.paintError.warn('warning:')} ${at}: ${message}`);
}

export async function validateConfig(context: CliContext, options: ConfigOptions): Promise<number> {
  const loaded = load(context, options);
  if (context.out.json) {
    context.out.document({ valid: true, file: loaded.file, warnings: loaded.warnings });
    return 0;
  }
  warn(context, loaded);
  context.out.line(
    `${context.out.paint.good('valid')}  ${loaded.file ?? 'no configuration file; all defaults'}`,
  );
  return 0;
}

interface ShownSetting {
  readonly name: string;
  readonly value: unknown;
  /** As one would write it. */
  readonly written: string;
  readonly origin: Origin;
}

export async function showConfig(
  context: CliContext,
  options: ConfigOptions & { readonly origin?: boolean },
): Promise<number> {
  const { out } = context;
  const loaded = load(context, options);
  const shown = SETTINGS.flatMap((setting) => shownSettings(setting, loaded));
  if (out.json) {
    const settings = shown.map(({ name, value, origin }) => ({
      name,
      value,
      ...(options.origin === true ? { origin } : {}),
    }));
    out.document({ file: loaded.file, settings });
    return 0;
  }
  warn(context, loaded);
  const changed = (text: string, { origin }: ShownSetting): string =>
    origin.kind === 'default' ? out.paint.dim(text) : text;
  out.table(shown, [
    { title: 'SETTING', value: ({ name }) => name },
    { title: 'VALUE', value: ({ written }) => written, paint: changed, flexible: true },
    ...(options.origin === true
      ? [{ title: 'FROM', value: ({ origin }: ShownSetting) => origin.at, paint: changed }]
      : []),
  ]);
  return 0;
}

function shownSettings(
  setting: Setting,
  { settings, originOf }: LoadedSettings,
): readonly ShownSetting[] {
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
  originOf: LoadedSettings['originOf'],
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
  originOf: LoadedSettings['originOf'],
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
