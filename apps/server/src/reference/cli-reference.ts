/** `docs/reference/cli.md`, written from the tree of commands. */
import type { Argument, Command, Option } from 'commander';
import { ERROR_CODES } from '@holdfast/core';
import { buildProgram } from '../cli/program.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { code, markdownTable } from './markdown.ts';

const INTRO = `# The command line

Every command of \`holdfast\`. This page is written from the code: \`npm run reference\`. The same as a man page: \`holdfast help --man\`. From a checkout the command is \`scripts/holdfast\`.

What was asked for goes to stdout, everything else to stderr. With \`--json\` stdout gets one document and an error is one document on stderr: \`{"error":{"code","message","cause","hint","faults"}}\`. On a terminal anything over a second shows progress. No colour where the output is no terminal, or \`NO_COLOR\` is set.
`;

function exitCodeTable(): string {
  const rows = Object.entries(EXIT_CODES).map(([exit, meaning]) => {
    const codes = Object.entries(ERROR_CODES).flatMap(([name, facts]) =>
      facts.exit === Number(exit) ? [code(name)] : [],
    );
    return [exit, meaning, codes.join(' ')];
  });
  return markdownTable(['Exit', 'Meaning', 'Error codes'], rows);
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map(({ flags, description, argChoices, defaultValue }: Option) => {
    const choices = argChoices === undefined ? '' : ` (${argChoices.map(code).join(', ')})`;
    const initial: unknown = defaultValue;
    return [
      code(flags),
      `${description}${choices}${typeof initial === 'string' ? `; default ${code(initial)}` : ''}`,
    ];
  });
  return markdownTable(['Option', ''], rows);
}

function section(command: Command, path: string): readonly string[] {
  if (command.commands.length > 0) {
    return [
      `## ${path}`,
      capital(command.description()),
      ...command.commands.flatMap((child) => section(child, `${path} ${child.name()}`)),
    ];
  }
  const operands = command.registeredArguments;
  const options = command.options.filter(({ hidden }) => !hidden);
  // commander counts --help as an option of its own.
  const written = options.length > 0 ? command.usage() : command.usage().replace('[options]', '');
  const usage = `${path} ${written.trim()}`.trim();
  return [
    `${path.split(' ').length > 2 ? '###' : '##'} ${path}`,
    capital(command.description()),
    `\`\`\`sh\n${usage}\n\`\`\``,
    ...(operands.length === 0
      ? []
      : [
          markdownTable(
            ['Operand', ''],
            operands.map((operand) => [code(operand.name()), operandText(operand)]),
          ),
        ]),
    ...(options.length === 0 ? [] : [optionTable(options)]),
  ];
}

function operandText(operand: Argument): string {
  const initial: unknown = operand.defaultValue;
  const choices =
    operand.argChoices === undefined ? '' : ` (${operand.argChoices.map(code).join(', ')})`;
  return `${operand.description}${choices}${typeof initial === 'string' ? `; default ${code(initial)}` : ''}`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

export function cliReference(): string {
  const program = buildProgram(() => () => Promise.resolve());
  const parts = [
    INTRO.trimEnd(),
    '## Options of every command',
    optionTable(program.options),
    '## Exit codes',
    exitCodeTable(),
    ...program.commands.flatMap((command) => section(command, `holdfast ${command.name()}`)),
  ];
  return `${parts.join('\n\n')}\n`;
}
