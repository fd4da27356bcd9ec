/**
 * How a tool is put on the server: its failures become answers that an assistant can act on.
 *
 * @module
 */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { DEFAULT_PAGE_LIMIT } from '@holdfast/core';
import type { Page } from '@holdfast/core';
import type { Client } from '@holdfast/sdk/client';
import { z } from 'zod';
import { answer, refusal } from './answer.ts';

/** What tools share. */
export interface Desk {
  readonly server: McpServer;
  /** The client of the server meant, found anew for each call: the server may have started again elsewhere. */
  readonly client: () => Client;
}

type Shape = Readonly<Record<string, z.ZodType>>;
type Given<S extends Shape> = z.infer<z.ZodObject<S>>;

interface Tool<S extends Shape> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: S;
  readonly annotations: ToolAnnotations;
  readonly run: (client: Client, given: Given<S>) => Promise<unknown>;
}

export function addTool<S extends Shape>({ server, client }: Desk, tool: Tool<S>): void {
  const { name, title, description, input, annotations, run } = tool;
  // Strict: a misspelt filter must not silently answer with everything.
  const inputSchema: z.ZodType = z.strictObject(input);
  server.registerTool(
    name,
    { title, description, inputSchema, annotations: { title, ...annotations } },
    async (given: unknown): Promise<CallToolResult> => {
      try {
        return answer(await run(client(), given as Given<S>));
      } catch (error) {
        return refusal(error);
      }
    },
  );
}

/** Of a tool that only looks. */
export const LOOKS: ToolAnnotations = {
  readOnlyHint: true,
  openWorldHint: false,
};

/** Of a tool that acts on what is outside, or undoes. */
export const ACTS: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

const MOST = 100;
const USUAL = 20;

/** What every list takes. */
export const paging = {
  limit: z
    .number()
    .int()
    .min(1)
    .max(Math.max(MOST, DEFAULT_PAGE_LIMIT))
    .default(USUAL)
    .describe(`Most items to answer, up to ${MOST}.`),
  cursor: z
    .string()
    .min(1)
    .optional()
    .describe('"next" of the answer before, to go on from there; the other filters stay the same.'),
};

/** A page with its items told shorter. `next` is there only where there is more. */
export function page<T>(
  { items, next }: Page<T>,
  told: (item: T) => unknown,
): { readonly items: readonly unknown[]; readonly next?: string } {
  return { items: items.map(told), ...(next === null ? {} : { next }) };
}

export const text = z.string().min(1);
export const address = {
  saga: text.describe('Name of the saga, for example "order".'),
  key: text.describe('Key of the instance, for example an order number.'),
};
export const run = z
  .number()
  .int()
  .min(1)
  .optional()
  .describe('An earlier run. Default: the current one.');
