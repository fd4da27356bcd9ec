import { createInterface } from 'node:readline/promises';
import type { CliContext } from './context.ts';
import { UsageError } from './usage-error.ts';

/** Whether there is a person to ask: both ends are a terminal, and nobody waits for one document. */
export function canAsk({ stdin, out }: CliContext): boolean {
  return stdin.isTTY === true && out.lively;
}

/**
 * What an act goes on record with. Asked for before its count is: nobody likes to confirm for nothing.
 *
 * @throws UsageError where it is missing
 */
export function neededReason(reason: string | undefined): string {
  if (reason !== undefined) return reason;
  throw new UsageError('--reason is needed: it goes on record');
}

/** What a person answers to a question; asked on stderr. Empty when they give up. */
export async function answerTo({ stdin }: CliContext, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: process.stderr });
  const { promise, resolve } = Promise.withResolvers<string>();
  lines.on('close', () => resolve(''));
  try {
    return (await Promise.race([lines.question(question), promise])).trim();
  } finally {
    lines.close();
  }
}
