/**
 * The first admin key: made at first start, kept in `<data-dir>/admin-token` for the CLI (DESIGN, Keys).
 *
 * The file is written before the key's row is committed: a crash between leaves a token that no key answers to, which the
 * next start finds and registers. The other order could leave an admin key that nobody knows.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import type { Clock, TenantId } from '@holdfast/core';
import type { EngineApi } from '@holdfast/engine';
import { hashSecret, newKey } from '@holdfast/gateway';
import { createPrivateFile } from '../secrets/private-file.ts';

const ADMIN_TOKEN_FILE = 'admin-token';
const ADMIN_KEY_NAME = 'admin';
const TOKEN = /^hf_[A-Za-z0-9_-]{43}$/;

export interface AdminKey {
  /** Absolute path of the file that holds it. */
  readonly file: string;
  readonly created: boolean;
}

export interface AdminKeyOptions {
  readonly dataDir: string;
  readonly engine: Pick<EngineApi, 'keys' | 'createKey'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly tenant: TenantId;
}

/**
 * Sees to it that `admin-token` holds a key that the store knows. A token whose key was revoked stays as it is: whoever
 * revoked it meant it.
 *
 * @throws HoldfastError `config.invalid` when the file holds no key; `store.missing` when it is gone though its key lives.
 */
export async function ensureAdminKey({
  dataDir,
  engine,
  clock,
  tenant,
}: AdminKeyOptions): Promise<AdminKey> {
  const file = join(dataDir, ADMIN_TOKEN_FILE);
  const keys = await engine.keys();
  const token = readToken(file);
  if (token !== null && keys.some(({ hash }) => hash === hashSecret(token)))
    return { file, created: false };
  // Without the file there may still be admin keys in use elsewhere; a new one for the CLI does them no harm.
  const secret = token ?? newKey().secret;
  if (token === null) createPrivateFile(file, `${secret}\n`);
  const { id } = newKey();
  await engine.createKey(
    {
      id,
      name: ADMIN_KEY_NAME,
      hash: hashSecret(secret),
      tenant,
      scopes: ['admin'],
      topics: null,
      types: null,
      createdAt: clock.now(),
      expiresAt: null,
      revokedAt: null,
    },
    { by: 'local', reason: 'first start' },
  );
  return { file, created: true };
}

function readToken(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new HoldfastError('store.io', `cannot read ${file}`, { cause });
  }
  if (TOKEN.test(text)) return text;
  throw new HoldfastError('config.invalid', `${file} holds no key`, {
    hint: 'move the file away and start again: a new admin key is made',
  });
}
