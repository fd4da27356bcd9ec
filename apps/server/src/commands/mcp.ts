/** `holdfast mcp`. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { clientOf } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { untilInterrupted } from '../cli/interrupt.ts';
import { findTarget } from '../cli/target.ts';
import { createMcpServer } from '../mcp/mcp-server.ts';
import type { Scope } from '../mcp/tool.ts';

/** Serves one assistant over standard input and output, until it closes them. Stdout carries the protocol alone. */
export async function mcp(
  context: CliContext,
  { allowActs = false }: { readonly allowActs?: boolean },
): Promise<number> {
  if (context.stdin.isTTY === true)
    context.out.note(
      'an assistant starts this and speaks its protocol over standard input; Ctrl-C ends it. See docs/guide/assistant.md',
    );
  const server = createMcpServer({
    client: () => clientOf(findTarget(context)),
    acts: allowActs,
    scopes: await scopesOf(context),
  });
  await untilInterrupted(async (signal) => {
    const gone = Promise.withResolvers<void>();
    // The transport does not look at the end of its input.
    process.stdin.once('end', gone.resolve).once('close', gone.resolve);
    signal.addEventListener('abort', () => gone.resolve());
    await server.connect(new StdioServerTransport());
    await gone.promise;
    await server.close();
  });
  return 0;
}

/** Longest that the server is waited for before the assistant is answered. */
const PATIENCE = '2s';

/** What the key may; null where no server could be asked: it may come later. */
async function scopesOf(context: CliContext): Promise<readonly Scope[] | null> {
  try {
    return (await clientOf(findTarget(context), PATIENCE).session.get()).scopes;
  } catch {
    // Each question asks again, and is told what is wrong.
    return null;
  }
}
