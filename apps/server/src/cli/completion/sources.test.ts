import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../program.ts';
import { pathOf, takesValue } from './command-line.ts';
import { operandOf, sourceOfOperand, sourceOfOption } from './sources.ts';

const program = buildProgram(() => () => Promise.resolve());
const everyCommand = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap(everyCommand),
];

test('for every operand and every value of an option it is said what completes it', () => {
  const commands = everyCommand(program);
  const forgotten = commands.flatMap((command) => [
    ...command.registeredArguments.flatMap((argument, index) =>
      sourceOfOperand(command, operandOf(argument), index) === undefined
        ? [`${pathOf(command)} <${argument.name()}>`]
        : [],
    ),
    ...command.options.flatMap((option) =>
      takesValue(option) && sourceOfOption(option) === undefined
        ? [`${pathOf(command)} ${option.flags}`]
        : [],
    ),
  ]);
  expect(commands.length).toBeGreaterThan(40);
  expect(forgotten).toEqual([]);
});
