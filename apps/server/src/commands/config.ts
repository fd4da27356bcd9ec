/** `holdfast config validate|show`. */
import type { CliContext } from '../cli/context.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { LoadedSettings } from '../config/load-settings.ts';
import { shownSettings } from '../config/shown-settings.ts';
import type { ShownSetting } from '../config/shown-settings.ts';

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

export async function showConfig(
  context: CliContext,
  options: ConfigOptions & { readonly origin?: boolean },
): Promise<number> {
  const { out } = context;
  const loaded = load(context, options);
  const shown = shownSettings(loaded);
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
