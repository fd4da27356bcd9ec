/**
 * What a command is given: where it writes, what surrounds it, what was said before its own options.
 *
 * @module
 */
import type { Surroundings } from '../config/data-dir.ts';
import { chooseDataDir } from '../config/data-dir.ts';
import type { Output } from './output.ts';
import type { AnswerBook } from './watch/answer-book.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly dataDir?: string;
  readonly tenant?: string;
  readonly url?: string;
  readonly key?: string;
}

/** What we need of standard input. */
type InStream = NodeJS.ReadableStream & {
  readonly isTTY?: boolean | undefined;
  /** On a terminal: whether each key arrives at once and without echo. */
  setRawMode?(raw: boolean): unknown;
};

export interface CliContext {
  readonly out: Output;
  readonly around: Surroundings;
  readonly globals: GlobalOptions;
  readonly stdin: InStream;
  /** Of a view that is shown again and again: what it was answered. */
  readonly answers?: AnswerBook;
}

/** A command's work. Returns the exit code; throws what `reportError` tells of. */
export type CommandRun<Options> = (
  context: CliContext,
  options: Options,
  operands: readonly string[],
) => Promise<number>;

export function dataDirOf(context: CliContext): string {
  return chooseDataDir(context.globals.dataDir, context.around);
}

/** An operand that the command's usage demands, so that it is there. */
export function operand(operands: readonly string[], index: number): string {
  const text = operands[index];
  if (text === undefined)
    throw new Error(`operand ${index} is missing though the usage demands it`);
  return text;
}
