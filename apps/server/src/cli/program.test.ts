import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from './program.ts';

const program = buildProgram(() => () => Promise.resolve());

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

const commands = everyCommand(program).slice(1);

test('no command takes an option that every command has: it would be read as that one', () => {
  const globals = program.options.map(({ long }) => long);
  const clashes = commands.flatMap((command) =>
    command.options
      .filter(({ long }) => globals.includes(long))
      .map(({ long }) => `${command.name()} ${long}`),
  );
  expect(clashes).toEqual([]);
});

test('every command, operand and option says what it is for', () => {
  const silent = commands.flatMap((command) => [
    ...(command.description() === '' ? [command.name()] : []),
    ...command.registeredArguments
      .filter(({ description }) => description === '')
      .map((each) => `${command.name()} ${each.name()}`),
    ...command.options
      .filter(({ description }) => description === '')
      .map(({ flags }) => `${command.name()} ${flags}`),
  ]);
  expect(commands.length).toBeGreaterThan(40);
  expect(silent).toEqual([]);
});
