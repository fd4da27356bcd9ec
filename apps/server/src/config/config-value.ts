/**
 * Values of `config://NAME`: the file's `config` map, overridden one by one by `HOLDFAST_CONFIG_NAME`.
 *
 * @module
 */
const ENV_PREFIX = 'HOLDFAST_CONFIG_';
/** Not a value: names the configuration file. */
const RESERVED = 'HOLDFAST_CONFIG_FILE';

/** `kitchen_url` is asked for as `KITCHEN_URL`. */
export function envPartOf(name: string): string {
  return name.toUpperCase();
}

/**
 * The file's values with the environment's on top. A name that the file has keeps its spelling; one that only a
 * release knows stands under its environment spelling, where `configValue` finds it.
 */
export function overlayConfig(
  file: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const spelled = new Map(Object.keys(file).map((name) => [envPartOf(name), name]));
  const values: Record<string, string> = { ...file };
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined || !variable.startsWith(ENV_PREFIX) || variable === RESERVED) continue;
    const name = variable.slice(ENV_PREFIX.length);
    values[spelled.get(name) ?? name] = value;
  }
  return values;
}

/** The server's own value for `config://NAME`; undefined where it has none and the release's counts. */
export function configValue(values: ReadonlyMap<string, string>, name: string): string | undefined {
  return values.get(name) ?? values.get(envPartOf(name));
}
