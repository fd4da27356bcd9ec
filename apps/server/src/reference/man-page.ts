/**
 * `holdfast.1`, written from the tree of commands: what `man holdfast` shows.
 *
 * Plain man(7) macros, which groff and mandoc both read.
 *
 * @module
 */
import type { Argument, Command, Option } from 'commander';
import { buildProgram } from '../cli/program.ts';
import { VERSION } from '../cli/version.ts';
import { EXIT_CODES } from './exit-codes.ts';

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['HOLDFAST_DATA_DIR', 'Data directory, where --data-dir names none.'],
  ['HOLDFAST_URL', 'Server to talk to, where --url names none.'],
  [
    'HOLDFAST_KEY, HOLDFAST_KEY_FILE',
    'Key to use, or the file that holds it, where --key names none.',
  ],
  ['HOLDFAST_TENANT', 'Tenant to act for, where --tenant names none.'],
  ['NO_COLOR, FORCE_COLOR', 'No colour, or colour also where the output is no terminal.'],
  ['LC_ALL, LC_CTYPE, LANG', 'Where they name another encoding than UTF-8, drawings are in ASCII.'],
  ['HOLDFAST_*', 'Every setting of the server has one: see docs/reference/configuration.md.'],
];

const FILES: readonly (readonly [string, string])[] = [
  [
    '<data-dir>/admin-token',
    'The first admin key, which commands use for the server of their data directory.',
  ],
  ['<data-dir>/server.json', 'Where that server answers.'],
  ['<data-dir>/holdfast.yaml', 'Its configuration.'],
];

/** The page as roff. The same for the same program: it holds no date. */
export function manPage(): string {
  const program = buildProgram(() => () => Promise.resolve());
  return `${[
    String.raw`.\" Written from the code: npm run reference.`,
    `.TH HOLDFAST 1 "" "Holdfast ${VERSION}" "User Commands"`,
    // Option names and paths are pasted: they are not cut.
    '.nh',
    '.ad l',
    '.SH NAME',
    String.raw`holdfast \- durable sagas on a machine you own`,
    '.SH SYNOPSIS',
    String.raw`.B holdfast`,
    String.raw`.RI [ options ] " command " [ operands ]`,
    '.SH DESCRIPTION',
    text(
      'Runs durable sagas: one process with an MQTT broker, an HTTP API, a durable journal of events, a saga and effect engine and a scheduler. holdfast serve starts it; the other commands ask the one that runs.',
    ),
    '.PP',
    text(
      'What was asked for goes to standard output, everything else to standard error. With --json standard output gets one document, and an error is one document on standard error.',
    ),
    '.SH OPTIONS',
    text('Every command takes these.'),
    ...program.options.flatMap(optionLines),
    '.SH COMMANDS',
    ...visible(program).flatMap((command) => commandLines(command, `holdfast ${command.name()}`)),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT_CODES).flatMap(([code, meaning]) => [
      '.TP',
      `.B ${code}`,
      sentence(meaning),
    ]),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => ['.TP', `.B ${text(name)}`, text(meaning)]),
    '.SH FILES',
    ...FILES.flatMap(([name, meaning]) => ['.TP', `.I ${text(name)}`, text(meaning)]),
    '.SH SEE ALSO',
    text('holdfast help COMMAND, and the guides in docs/guide.'),
  ].join('\n')}\n`;
}

function visible(command: Command): readonly Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return command.commands.filter((child) => shown.includes(child));
}

function commandLines(command: Command, path: string): readonly string[] {
  const children = visible(command);
  if (children.length > 0)
    return [
      `.SS ${text(path)}`,
      sentence(command.description()),
      ...children.flatMap((child) => commandLines(child, `${path} ${child.name()}`)),
    ];
  const options = command.options.filter(({ hidden }) => !hidden);
  const usage = (
    options.length > 0 ? command.usage() : command.usage().replace('[options]', '')
  ).trim();
  return [
    `.SS ${text(`${path} ${usage}`.trim())}`,
    sentence(command.description()),
    ...command.registeredArguments.flatMap(operandLines),
    ...options.flatMap(optionLines),
  ];
}

function operandLines(operand: Argument): readonly string[] {
  const initial: unknown = operand.defaultValue;
  return [
    '.TP',
    `.I ${text(operand.name())}`,
    sentence(described(operand.description, operand.argChoices, initial)),
  ];
}

function optionLines({ flags, description, argChoices, defaultValue }: Option): readonly string[] {
  const initial: unknown = defaultValue;
  return ['.TP', `.B ${text(flags)}`, sentence(described(description, argChoices, initial))];
}

function described(
  description: string,
  choices: readonly string[] | undefined,
  initial: unknown,
): string {
  const oneOf = choices === undefined ? '' : `: ${choices.join(', ')}`;
  return `${description}${oneOf}${typeof initial === 'string' ? `; default ${initial}` : ''}`;
}

function sentence(words: string): string {
  return text(`${words.charAt(0).toUpperCase()}${words.slice(1)}.`);
}

/** ASCII that roff takes for text: no escapes, no requests, hyphens that can be pasted. */
function text(words: string): string {
  const escaped = words
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll('"', String.raw`\(dq`)
    .replaceAll("'", String.raw`\(aq`)
    .replaceAll('…', '...')
    .replaceAll('`', String.raw`\(ga`)
    .replaceAll('^', String.raw`\(ha`)
    .replaceAll('~', String.raw`\(ti`)
    .replaceAll('\n', ' ');
  return escaped.startsWith('.') ? String.raw`\&${escaped}` : escaped;
}
