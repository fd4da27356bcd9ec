/** `holdfast mcp`. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { clientOf } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { untilInterrupted } from '../cli/interrupt.ts';
import { findTarget } from '../cli/target.ts';
import { createMcpServer } from '../mcp/mcp-server.ts';

/** Serves one assistant over standard input and output, until it closes them. Stdout carries the protocol alone. */
export async function mcp(
  context: CliContext,
  { allowActs = false }: { readonly allowActs?: boolean },
): Promise<number> {
  const server = createMcpServer({ client: () => clientOf(findTarget(context)), acts: allowActs });
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
