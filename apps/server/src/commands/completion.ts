/** `holdfast completion`. */
import { completionScript, SHELLS } from '../cli/completion/scripts.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';

// Async as every command's work is.
export async function completion(
  { out }: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const shell = SHELLS.find((known) => known === operand(operands, 0));
  if (shell === undefined) throw new Error('commander lets no other shell pass');
  const script = completionScript(shell);
  if (out.json) out.document({ shell, script });
  else out.raw(script);
  return Promise.resolve(0);
}
