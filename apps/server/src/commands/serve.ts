/** `holdfast serve`: settings from flags, environment and file, then the server itself. */
import type { CliContext } from '../cli/context.ts';
import { UsageError } from '../cli/usage-error.ts';
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
  const joining = (['url', 'key'] as const).flatMap((name) => {
    const value = globals[name];
    return value === undefined ? [] : [[`worker.${name}`, { flag: `--${name}`, value }] as const];
  });
  const read = (): LoadedSettings =>
    loadSettings({
      around,
      dataDir: globals.dataDir,
      configFile: options.config,
      flags: { ...flags, ...Object.fromEntries(joining) },
    });
  const { settings, warnings, originOf } = read();
  for (const { at, message } of warnings)
    out.note(`${out.paintError.warn('warning:')} ${at}: ${message}`);
  if (settings.mode !== 'effect' && joining.length > 0) {
    throw new UsageError(
      `only a worker joins a server: --${joining[0]?.[1].flag.slice(2)} says nothing to mode "${settings.mode}"`,
      'for a worker: holdfast serve --mode effect --url URL',
    );
  }
  if (settings.mode === 'effect') {
    // Beside a server on the same machine the usual port is taken.
    const port = originOf('http', 'port').kind === 'default' ? 0 : settings.http.port;
    const { runWorker } = await import('../worker/run-worker.ts');
    return runWorker(
      { ...settings, http: { ...settings.http, port } },
      { json: out.json, env: process.env, stdout: process.stdout },
    );
  }
  return runServe(settings, {
    json: out.json,
    withRestaurant: options.withRestaurant === true,
    // The lifeline's variable is taken out of it, so it must be the real one.
    env: process.env,
    reread: read,
    stdout: process.stdout,
  });
}
