/**
 * A command line that is still being written, read against the tree of commands: what stands where the cursor is.
 *
 * @module
 */
import type { Argument, Command, Option } from 'commander';

export interface Unfinished {
  readonly program: Command;
  readonly command: Command;
  /** Operands before the cursor. */
  readonly operands: readonly string[];
  /** Options before the cursor by their long name, with their values. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** The word at the cursor, as far as it is written; of `--option=value` the value. */
  readonly written: string;
  /** What stands before it in the same word: `--option=`. */
  readonly before: string;
  readonly at: Place;
}

export type Place =
  | { readonly is: 'command' }
  | { readonly is: 'option' }
  | { readonly is: 'value'; readonly of: Option }
  | { readonly is: 'operand'; readonly of: Argument; readonly index: number }
  /** All operands are there: options may follow. */
  | { readonly is: 'end' };

/** @param words what follows the program's name; the last one is at the cursor, and may be empty */
export function readUnfinished(program: Command, words: readonly string[]): Unfinished {
  const written = words.at(-1) ?? '';
  const done = words.slice(0, -1);
  const operands: string[] = [];
  const options = new Map<string, string[]>();
  const found = (option: Option, value: string): void => {
    const name = option.long ?? option.flags;
    options.set(name, [...(options.get(name) ?? []), value]);
  };
  let command = program;
  let wants: Option | null = null;
  let onlyOperands = false;
  for (const word of done) {
    if (wants !== null) {
      found(wants, word);
      wants = null;
    } else if (onlyOperands) operands.push(word);
    else if (word === '--') onlyOperands = true;
    else if (word.startsWith('-') && word.length > 1) {
      const [name = '', ...value] = word.split('=');
      const option = optionOf(program, command, name);
      if (option === undefined) continue;
      if (takesValue(option) && value.length === 0) wants = option;
      else found(option, value.join('='));
    } else {
      const child = operands.length === 0 ? childOf(command, word) : undefined;
      if (child === undefined) operands.push(word);
      else command = child;
    }
  }
  const base = { program, command, operands, options };
  if (wants !== null) return { ...base, written, before: '', at: { is: 'value', of: wants } };
  if (!onlyOperands && written.startsWith('-')) {
    const equals = written.indexOf('=');
    const option = equals < 0 ? undefined : optionOf(program, command, written.slice(0, equals));
    if (option === undefined) return { ...base, written, before: '', at: { is: 'option' } };
    const [before, value] = [written.slice(0, equals + 1), written.slice(equals + 1)];
    return { ...base, written: value, before, at: { is: 'value', of: option } };
  }
  return { ...base, written, before: '', at: operandPlace(command, operands.length) };
}

function operandPlace(command: Command, index: number): Place {
  if (command.commands.length > 0 && index === 0) return { is: 'command' };
  const last = command.registeredArguments.at(-1);
  const argument =
    command.registeredArguments[index] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? { is: 'end' } : { is: 'operand', of: argument, index };
}

export function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function optionOf(program: Command, command: Command, name: string): Option | undefined {
  return [...command.options, ...program.options].find(
    ({ long, short }) => name === long || name === short,
  );
}

function childOf(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word || child.aliases().includes(word));
}

/** `sagas show`, without the program's name. */
export function pathOf(command: Command): string {
  if (command.parent === null) return '';
  return `${pathOf(command.parent)} ${command.name()}`.trim();
}

/**
 * A line as a POSIX shell cuts it into words, the last one as far as it is written: empty after a space. Quotes that are
 * open at its end are taken for closed.
 */
export function shellWords(line: string): readonly string[] {
  const words = [''];
  let quote = '';
  let open = false;
  const add = (text: string): void => {
    words.push((words.pop() ?? '') + text);
    open = true;
  };
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === '\\' && quote !== "'") add(line.charAt(++i));
    else if (quote !== '') {
      if (char === quote) quote = '';
      else add(char);
    } else if (char === '"' || char === "'") {
      quote = char;
      open = true;
    } else if (/\s/.test(char)) {
      if (open) words.push('');
      open = false;
    } else add(char);
  }
  return words;
}
