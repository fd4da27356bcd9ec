import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { ensureDirectory } from '@holdfast/store';
import { createPrivateFile } from './private-file.ts';

const KEY_BYTES = 32;
const FILE = 'wait-token.key';

/**
 * The key that wait tokens are made with, in `<data-dir>/secrets/`; made at first use. Losing it ends every token that
 * is out, and nothing else: waits can still be completed by saga, key and name.
 *
 * @throws HoldfastError `store.corrupt` when the file does not hold a key
 */
export function waitTokenKey(dataDir: string): Buffer {
  const folder = join(dataDir, 'secrets');
  const path = join(folder, FILE);
  ensureDirectory(folder);
  const kept = read(path);
  if (kept !== null) return kept;
  const key = randomBytes(KEY_BYTES);
  createPrivateFile(path, key.toString('base64'));
  return key;
}

function read(path: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const key = Buffer.from(text, 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new HoldfastError('store.corrupt', `${path} does not hold a key`, {
    hint: 'move it away to have a new one made; tokens that are out will no longer work',
  });
}
