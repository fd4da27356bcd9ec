/**
 * JSON given on a command line: as it stands, from a file (`@FILE`), or from standard input (`-`).
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Json } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import type { CliContext } from './context.ts';
import { UsageError } from './usage-error.ts';

/** @throws HoldfastError `event.not_json` naming where it stops being JSON. */
export async function readPayload(written: string, context: CliContext): Promise<Json> {
  const [source, origin] = await readSource(written, context);
  try {
    return JSON.parse(source) as Json;
  } catch (cause) {
    throw new HoldfastError('event.not_json', `${origin} is not JSON`, {
      cause,
      hint: `quote it for the shell, for example '{"orderId":"A-1"}'`,
    });
  }
}

async function readSource(
  written: string,
  { stdin, around }: CliContext,
): Promise<readonly [string, string]> {
  if (written === '-') return [await text(stdin), 'standard input'];
  if (!written.startsWith('@')) return [written, 'the data'];
  const path = resolve(around.cwd, written.slice(1));
  try {
    return [readFileSync(path, 'utf8'), path];
  } catch (cause) {
    const error = new UsageError(`cannot read ${path}`);
    error.cause = cause;
    throw error;
  }
}
