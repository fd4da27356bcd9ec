/**
 * What a shell's completion script asks us: `holdfast __complete SHELL -- WORD… =LAST`, bash with its line as it stands.
 *
 * The first line of the answer says what kind it is (`:values`, `:nospace`, `:files`, `:dirs`), each further one is a word
 * and, after a tab, what it is. There is no other output, whatever goes wrong.
 *
 * @module
 */
import type { Command } from 'commander';
import { clientOf } from '../connect.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { defined } from '../defined.ts';
import { findTarget } from '../target.ts';
import { readUnfinished, shellWords } from './command-line.ts';
import type { Unfinished } from './command-line.ts';
import { isPlain } from '../plain-text.ts';
import { candidateLine, liveNames } from './live-names.ts';
import type { Candidate } from './live-names.ts';
import { operandOf, sourceOfOperand, sourceOfOption } from './sources.ts';
import type { Source } from './sources.ts';

/** Longest that the server may take for one answer. */
const PATIENCE = '800ms';

type Kind = ':values' | ':nospace' | ':files' | ':dirs';

interface Completion {
  readonly kind: Kind;
  readonly candidates: readonly Candidate[];
}

const NONE: Completion = { kind: ':values', candidates: [] };

/** @param args what follows `__complete` */
export async function complete(
  program: Command,
  args: readonly string[],
  surroundings: Pick<CliContext, 'around' | 'out' | 'stdin'>,
): Promise<string> {
  const line = readUnfinished(program, wordsOf(args));
  const { kind, candidates } = await completion(line, surroundings).catch(() => NONE);
  const lines = candidates
    // A name that holds a line break or the like cannot be written on a command line anyway.
    .filter(({ value }) => value.startsWith(line.written) && isPlain(value))
    .map((one) => candidateLine({ ...one, value: line.before + one.value }));
  return `${[kind, ...new Set(lines)].join('\n')}\n`;
}

function wordsOf([shell, , ...words]: readonly string[]): readonly string[] {
  if (shell === 'bash') return shellWords(words[0] ?? '').slice(1);
  // Some shells drop an argument that is empty: the last one always has a mark before it.
  return [...words.slice(0, -1), (words.at(-1) ?? '=').slice(1)];
}

async function completion(
  line: Unfinished,
  surroundings: Pick<CliContext, 'around' | 'out' | 'stdin'>,
): Promise<Completion> {
  const { at, command } = line;
  switch (at.is) {
    case 'command':
      return values(
        command
          .createHelp()
          .visibleCommands(command)
          .map((child) => ({
            value: child.name(),
            description: child.description(),
          })),
      );
    case 'option':
    case 'end':
      return values(optionsOf(line));
    case 'value':
      return fromSource(sourceOfOption(at.of), line, surroundings);
    case 'operand':
      return fromSource(sourceOfOperand(command, operandOf(at.of), at.index), line, surroundings);
  }
}

function values(candidates: readonly Candidate[]): Completion {
  return { kind: ':values', candidates };
}

/** Those not given yet, the command's own before those of every command. */
function optionsOf({ command, program, options }: Unfinished): readonly Candidate[] {
  const own = command === program ? [] : command.options;
  const all = [...own, ...program.options].filter(
    // The version is asked of the program alone.
    ({ hidden, long }) => !hidden && (command === program || long !== '--version'),
  );
  const help = { value: '--help', description: 'print help' };
  return [
    ...all.flatMap(({ long, description, variadic, parseArg }) =>
      long === undefined ||
      // What may be given more than once collects its values.
      (options.has(long) && !variadic && parseArg === undefined)
        ? []
        : [{ value: long, description }],
    ),
    help,
  ];
}

async function fromSource(
  source: Source | undefined,
  line: Unfinished,
  surroundings: Pick<CliContext, 'around' | 'out' | 'stdin'>,
): Promise<Completion> {
  switch (source?.from) {
    case undefined:
    case 'free':
      return NONE;
    case 'files':
      return { kind: ':files', candidates: [] };
    case 'dirs':
      return { kind: ':dirs', candidates: [] };
    case 'choices':
      return fromChoices(source, line);
    case 'live': {
      const context = { ...surroundings, globals: globalsOf(line) };
      const client = clientOf(findTarget(context), PATIENCE);
      const names = await liveNames(client, source.what, line);
      // Whoever made an instance chose its key: one that begins like an option would be one, once it is taken up.
      return values(names.filter(({ value }) => !value.startsWith('-')));
    }
  }
}

function fromChoices(
  { choices, several = false }: Extract<Source, { from: 'choices' }>,
  { written }: Unfinished,
): Completion {
  if (!several) return values(choices.map((value) => ({ value, description: '' })));
  const before = written.slice(0, written.lastIndexOf(',') + 1);
  const said = new Set(before.split(','));
  return {
    kind: ':nospace',
    candidates: choices
      .filter((value) => !said.has(value))
      .map((value) => ({ value: before + value, description: '' })),
  };
}

/** Which server the line means, as far as it is written. */
function globalsOf({ options }: Unfinished): GlobalOptions {
  const last = (name: string): string | undefined => options.get(name)?.at(-1);
  return defined({
    dataDir: last('--data-dir'),
    tenant: last('--tenant'),
    url: last('--url'),
    key: last('--key'),
  });
}
