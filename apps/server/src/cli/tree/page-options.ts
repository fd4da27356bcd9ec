import type { Command } from 'commander';
import { wholeNumber } from '../option-kinds.ts';
import { MAX_PAGE } from '../wire-words.ts';

/** What every list takes. */
export function addPageOptions(command: Command): Command {
  return command
    .option(
      '--limit <n>',
      `most to print, up to ${MAX_PAGE} (default: 50)`,
      wholeNumber(1, MAX_PAGE),
    )
    .option('--cursor <cursor>', 'go on from where a list ended');
}
