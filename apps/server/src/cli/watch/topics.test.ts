import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { pathOf } from '../completion/command-line.ts';
import { buildProgram } from '../program.ts';
import { TOPICS, topicsOf } from './topics.ts';

const everyCommand = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap(everyCommand),
];

test('each view that names what it shows is one that can be watched', () => {
  const watched = everyCommand(buildProgram(() => () => Promise.resolve()))
    .filter(({ options }) => options.some(({ long }) => long === '--watch'))
    .map(pathOf);
  expect(Object.keys(TOPICS).filter((path) => !watched.includes(path))).toEqual([]);
  expect(topicsOf('waits list')).toContain('waits');
  // A bit of everything.
  expect(topicsOf('status')).toBeUndefined();
});
