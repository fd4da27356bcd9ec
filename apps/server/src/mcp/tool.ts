/**
 * How a tool is put on the server: it is there only for a key that may use it, and its failures become answers that an
 * assistant can act on.
 *
 * @module
 */
import type { McpServer, RegisteredTool } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { DEFAULT_PAGE_LIMIT } from '@holdfast/core';
import type { Page, SessionResource } from '@holdfast/core';
import type { Client } from '@holdfast/sdk/client';
import { z } from 'zod';
import { answer, fits, refusal } from './answer.ts';

export type Scope = SessionResource['scopes'][number];

/** What tools share. */
export interface Desk {
  readonly server: McpServer;
  /** The client of the server meant, found anew for each call: the server may have started again elsewhere. */
  readonly client: () => Client;
  readonly shelf: Shelf;
}

/**
 * Tools by the scope that they need. Until it is known what the key may (the server may be away at first), all are there, and
 * the server refuses what it may not.
 */
export class Shelf {
  readonly #tools: { readonly scope: Scope; readonly tool: RegisteredTool }[] = [];
  #known = false;

  add(scope: Scope, tool: RegisteredTool): void {
    this.#tools.push({ scope, tool });
  }

  /** Puts away what the key may not use. A client that has connected is told so. */
  keep(scopes: readonly Scope[]): void {
    this.#known = true;
    for (const { scope, tool } of this.#tools) if (!scopes.includes(scope)) tool.disable();
  }

  /** Asks what the key may, where that is not known yet and the server answers. */
  async learn(client: Client): Promise<void> {
    if (this.#known) return;
    const session = await client.session.get().catch(() => null);
    if (session !== null) this.keep(session.scopes);
  }
}

type Shape = Readonly<Record<string, z.ZodType>>;
type Given<S extends Shape> = z.infer<z.ZodObject<S>>;

interface Tool<S extends Shape> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: S;
  /** What an answer has at least; it may have more. */
  readonly output: Shape;
  /** Of the routes that it asks. */
  readonly scope: Scope;
  readonly annotations: ToolAnnotations;
  readonly run: (client: Client, given: Given<S>) => Promise<object>;
}

export function addTool<S extends Shape>({ server, client, shelf }: Desk, tool: Tool<S>): void {
  const { name, title, description, input, output, scope, annotations, run } = tool;
  // Strict: a misspelt filter must not silently answer with everything.
  const inputSchema: z.ZodType = z.strictObject(input);
  const outputSchema: z.ZodType = z.looseObject(output);
  const registered = server.registerTool(
    name,
    { title, description, inputSchema, outputSchema, annotations: { title, ...annotations } },
    async (given: unknown): Promise<CallToolResult> => {
      try {
        const asked = client();
        const result = answer(await run(asked, given as Given<S>));
        await shelf.learn(asked);
        return result;
      } catch (error) {
        return refusal(error);
      }
    },
  );
  shelf.add(scope, registered);
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
    .describe(`Most items to answer, up to ${MOST}; fewer where they are large.`),
  cursor: z
    .string()
    .min(1)
    .optional()
    .describe('"next" of the answer before, to go on from there; the other filters stay the same.'),
};

/** What every list answers. */
export function listOf(item: Shape): Shape {
  return {
    items: z.array(z.looseObject(item)),
    next: z.string().optional().describe('There is more: the "cursor" to go on with.'),
  };
}

/**
 * A page with its items told shorter. `next` is there only where there is more. Where they are too large to be told whole,
 * fewer are asked for, so that `next` goes on where this ends.
 */
export async function page<T>(
  list: (limit: number) => Promise<Page<T>>,
  limit: number,
  told: (item: T) => unknown,
): Promise<{ readonly items: readonly unknown[]; readonly next?: string }> {
  for (let most = limit; ; most = Math.max(1, Math.floor(most / 2))) {
    const { items, next } = await list(most);
    const shown = items.map(told);
    if (most === 1 || fits(shown)) return { items: shown, ...(next === null ? {} : { next }) };
  }
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
