/** `docs/reference/configuration.md`, written from the settings schema. */
import { SETTINGS } from '../config/setting-catalogue.ts';
import type { Setting } from '../config/setting-catalogue.ts';
import { code, markdownTable } from './markdown.ts';

const TYPES: Readonly<Record<Setting['type'], string>> = {
  text: 'text',
  integer: 'whole number',
  boolean: '`true` or `false`',
  list: 'list; in a variable separated by commas',
  map: 'names with texts',
  groups: 'names with settings',
  duration: 'duration',
  bytes: 'size',
  path: 'path',
};

function typeOf({ type, values, min, max }: Setting): string {
  if (values !== null) return values.map(code).join(', ');
  if (type === 'integer' && min !== null && max !== null) return `${min} to ${max}`;
  return TYPES[type];
}

function defaultOf(setting: Setting): string {
  return setting.default === null || setting.default === '' ? '' : code(String(setting.default));
}

const INTRO = `# Configuration

Every setting of the server. This page is written from the code: \`npm run reference\`.

A value is taken from the first of these that gives one:

1. a flag of \`holdfast serve\`: \`--data-dir\`, \`--host\`, \`--http-port\`, \`--mqtt-port\`, \`--mode\`
2. the environment: the variable named below, or the file that the same name with \`_FILE\` names, as containers hand secrets over. An empty variable counts as not set
3. the configuration file: \`--config FILE\`, else \`HOLDFAST_CONFIG_FILE\`, else \`holdfast.yaml\` (or \`.yml\`, \`.toml\`, \`.json\`) in the data directory
4. the default

\`holdfast config validate\` names every fault at once with its place; \`holdfast config show --origin\` prints every value and where it is from. A setting the file has and Holdfast does not know is a fault; an unknown \`HOLDFAST_\` variable is warned about.

\`\`\`yaml
# <data-dir>/holdfast.yaml
http:
  port: 7420
mqtt:
  host: 192.168.1.10 # devices at home
  plain: true # without TLS, on purpose
log:
  level: debug
config:
  kitchen_url: http://127.0.0.1:9000
\`\`\`

Durations are written \`250ms\`, \`30s\`, \`15m\`, \`1h30m\`; sizes \`512 KiB\`, \`1 MiB\`. A path in the file is relative to the file.

## Data directory

\`--data-dir\`, else \`HOLDFAST_DATA_DIR\`, else by platform: \`$XDG_DATA_HOME/holdfast\` (\`~/.local/share/holdfast\`) on Linux, \`~/Library/Application Support/Holdfast\` on macOS, \`%LOCALAPPDATA%\\Holdfast\` on Windows.

## Settings
`;

const OUTRO = `Bridges have names of your choice and stand in the file alone: see [Join the broker you have](../guide/join-your-broker.md). So have targets of alerts: see [Alerts](../guide/alerts.md).

## Values and secrets of releases

\`config://NAME\` in a release takes the server's value, \`HOLDFAST_CONFIG_NAME\` first, then \`config.NAME\` of the file, and else the release's own. \`secret://NAME\` takes \`HOLDFAST_SECRET_NAME\` or the file that \`HOLDFAST_SECRET_NAME_FILE\` names, else what \`holdfast secrets set NAME\` stored. In a variable the name stands in upper case.

## The command line

The CLI reads \`HOLDFAST_DATA_DIR\`, \`HOLDFAST_URL\`, \`HOLDFAST_KEY\` (or \`HOLDFAST_KEY_FILE\`), \`HOLDFAST_TENANT\`, and \`NO_COLOR\`. See [the command line](cli.md).
`;

export function configurationReference(): string {
  const rows = SETTINGS.flatMap((setting) => setting.members ?? [setting]).map((setting) => [
    code(setting.type === 'map' ? `${setting.name}.NAME` : setting.name),
    setting.env === '' ? '' : code(setting.env),
    typeOf(setting),
    defaultOf(setting),
    setting.description,
  ]);
  return [
    INTRO,
    markdownTable(['Setting', 'Variable', 'Value', 'Default', 'What it does'], rows),
    '',
    OUTRO,
  ].join('\n');
}
