/**
 * `<data-dir>/server.json`: where the server of a data directory answers. `serve` writes it when ready and removes it
 * when it ends in order; after a crash it is stale, which only asking the address can tell.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import type { ServerFile } from '../serve/server-file.ts';

const SERVER_FILE = 'server.json';

/** What the file says; null where there is none. @throws HoldfastError `store.io` when it cannot be read. */
export function readServerFile(dataDir: string): ServerFile | null {
  const path = join(dataDir, SERVER_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw new HoldfastError('store.io', `cannot read ${path}`, { cause });
  }
  const file = parseServerFile(text);
  if (file === null)
    throw new HoldfastError('store.corrupt', `${path} does not say where a server is`, {
      hint: 'start the server again; it writes the file anew',
    });
  return file;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function parseServerFile(text: string): ServerFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const {
    pid,
    http,
    mqtt,
    startedAt,
  }: { pid?: unknown; http?: unknown; mqtt?: unknown; startedAt?: unknown } = value;
  if (
    typeof pid !== 'number' ||
    typeof http !== 'string' ||
    typeof mqtt !== 'string' ||
    typeof startedAt !== 'string'
  )
    return null;
  return { pid, http, mqtt, startedAt };
}
