/** What pages, hints and messages tell people to type is there to be typed. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { shellWords } from '../cli/completion/command-line.ts';
import { buildProgram } from '../cli/program.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const program = buildProgram(() => () => Promise.resolve());

/** Ends a command in a line of a shell, or in prose. */
const END = /\s#\s|[|>;)"“”…]|&&|\s—\s|\.(?:\s|$)/;

/** Why the line cannot be typed; null where it can. */
function fault(line: string): string | null {
  const words = shellWords(line.split(END)[0]?.trim() ?? '').slice(1);
  // Of commander, and `--man` of ours: no command of the tree.
  if (words[0] === 'help') return null;
  let command: Command = program;
  for (const word of words) {
    if (word.startsWith('--')) {
      const name = word.split('=')[0]?.replace(/[.,:]$/, '');
      const known = [...command.options, ...program.options].some(({ long }) => long === name);
      if (!known && name !== '--help') return `${command.name()} has no ${name}`;
    } else if (command.commands.length > 0) {
      const child = command.commands.find((one) => one.name() === word);
      if (child === undefined) return `there is no ${command.name()} ${word}`;
      command = child;
    }
  }
  return null;
}

/** Code in prose, and lines of a shell. */
function commandsOf(markdown: string): readonly string[] {
  const lines = Array.from(markdown.matchAll(/^```sh\n([^]*?)^```/gm), ([, block = '']) => block)
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => line.split('&&'));
  const spans = Array.from(
    markdown.replaceAll(/^```[^]*?^```/gm, '').matchAll(/`([^`\n]+)`/g),
    ([, span = '']) => span,
  );
  return [...lines, ...spans].flatMap(
    (text) => /^\s*(?:[A-Z_]+=\S+ )*(?:scripts\/)?(holdfast [a-z].*)$/.exec(text)?.[1] ?? [],
  );
}

function files(folder: string, ends: RegExp): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ends.test(file) && !/node_modules|dist|images/.test(file))
    .map((file) => join(folder, file));
}

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...files('docs', /\.md$/),
  ...files('apps', /\.md$/),
];

test.each(pages)('in %s', (page) => {
  const told = commandsOf(readFileSync(join(ROOT, page), 'utf8'));
  expect(told.flatMap((line) => fault(line) ?? [])).toEqual([]);
});

test('in hints and messages', () => {
  const sources = ['packages', 'apps/server/src', 'apps/console/src'].flatMap((folder) =>
    files(folder, /(?<!\.test)\.tsx?$/),
  );
  const told = sources.flatMap((file) =>
    Array.from(
      readFileSync(join(ROOT, file), 'utf8').matchAll(/: (holdfast [a-z]+(?: [^'`"\n$]*)?)['`"$]/g),
      ([, line = '']) => ({ file, line }),
    ),
  );
  expect(told.length).toBeGreaterThan(20);
  expect(
    told.flatMap(({ file, line }) => (fault(line) === null ? [] : `${file}: ${line}`)),
  ).toEqual([]);
});
