import { createInterface } from 'node:readline/promises';
import type { CliContext } from './context.ts';

/** Whether there is a person to ask: both ends are a terminal, and nobody waits for one document. */
export function canAsk({ stdin, out }: CliContext): boolean {
  return stdin.isTTY === true && out.lively;
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
