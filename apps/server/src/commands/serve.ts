/** `holdfast serve`: settings from flags, environment and file, then the server itself. */
import type { CliContext } from '../cli/context.ts';
import { type LoadedSettings, loadSettings } from '../config/load-settings.ts';
import { runServe } from '../serve/serve.ts';

interface ServeCommandOptions {
  readonly httpPort?: string;
  readonly mqttPort?: string;
  readonly host?: string;
  readonly mode?: string;
  readonly config?: string;
  readonly withRestaurant?: boolean;
}

/** Which setting each flag sets. Values are checked with all the others, so that one report names every fault. */
const FLAGS = [
  ['httpPort', '--http-port', 'http.port'],
  ['mqttPort', '--mqtt-port', 'mqtt.port'],
  ['host', '--host', 'host'],
  ['mode', '--mode', 'mode'],
] as const;

export async function serve(context: CliContext, options: ServeCommandOptions): Promise<number> {
  const { out, around, globals } = context;
  const flags = Object.fromEntries(
    FLAGS.flatMap(([option, flag, setting]) => {
      const value = options[option];
      return value === undefined ? [] : [[setting, { flag, value }] as const];
    }),
  );
  const read = (): LoadedSettings =>
    loadSettings({ around, dataDir: globals.dataDir, configFile: options.config, flags });
  const { settings, warnings } = read();
  for (const { at, message } of warnings)
    out.note(`${out.paintError.warn('warning:')} ${at}: ${message}`);
  return runServe(settings, {
    json: out.json,
    withRestaurant: options.withRestaurant === true,
    // The lifeline's variable is taken out of it, so it must be the real one.
    env: process.env,
    reread: read,
    stdout: process.stdout,
  });
}
