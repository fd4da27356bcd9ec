/**
 * Which server a command talks to, and with which key.
 *
 * Invariant: the admin key of a data directory is sent to the server of that data directory and nowhere else. Whoever
 * names another address names a key for it.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError, shellWord } from '@holdfast/core';
import type { CliContext } from './context.ts';
import { dataDirOf } from './context.ts';
import { isMissing, readServerFile } from './server-file.ts';
import { UsageError } from './usage-error.ts';

export interface Target {
  readonly url: string;
  readonly key: string;
  /** Undefined: the key's own. `_` or empty: the empty tenant. */
  readonly tenant: string | undefined;
  readonly dataDir: string;
  /** Whether the address is that of the data directory's own server. */
  readonly own: boolean;
}

/** @throws HoldfastError `unavailable` when no server is known; UsageError when an address has no key. */
export function findTarget(context: CliContext): Target {
  const { globals, around } = context;
  const dataDir = dataDirOf(context);
  const named = globals.url ?? (around.env['HOLDFAST_URL'] || undefined);
  const own = named === undefined ? readServerFile(dataDir)?.http : ownOrigin(dataDir);
  const url = named === undefined ? own : checkedUrl(named);
  if (url === undefined) throw noServer(dataDir);
  const isOwn = own !== undefined && new URL(own).origin === new URL(url).origin;
  const tenant = globals.tenant ?? (around.env['HOLDFAST_TENANT'] || undefined);
  return {
    url,
    key: givenKey(context) ?? adminKey(dataDir, url, isOwn),
    tenant,
    dataDir,
    own: isOwn,
  };
}

/** A broken `server.json` must not stop a command that names another server. */
function ownOrigin(dataDir: string): string | undefined {
  try {
    return readServerFile(dataDir)?.http;
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(
      `${JSON.stringify(text)} is not an address`,
      'write for example --url http://127.0.0.1:7420',
    );
  }
  return text;
}

function givenKey({ globals, around }: CliContext): string | undefined {
  const direct = globals.key ?? (around.env['HOLDFAST_KEY'] || undefined);
  const file = around.env['HOLDFAST_KEY_FILE'] || undefined;
  if (direct !== undefined || file === undefined) return direct;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new HoldfastError(
      'config.invalid',
      `cannot read the key file ${file} that HOLDFAST_KEY_FILE names`,
      { cause },
    );
  }
}

function adminKey(dataDir: string, url: string, own: boolean): string {
  if (!own) {
    throw new HoldfastError(
      'auth.missing',
      `${url} is not the server of ${dataDir}, so its admin key is not sent there`,
      {
        hint: 'name a key for it: --key, HOLDFAST_KEY or HOLDFAST_KEY_FILE',
      },
    );
  }
  const path = join(dataDir, 'admin-token');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const hint = isMissing(cause)
      ? 'name a key: --key, HOLDFAST_KEY or HOLDFAST_KEY_FILE'
      : 'run as the user the server runs as, or name a key: --key, HOLDFAST_KEY or HOLDFAST_KEY_FILE';
    throw new HoldfastError('auth.missing', `cannot read the admin key ${path}`, { cause, hint });
  }
}

export function noServer(dataDir: string, cause?: unknown): HoldfastError {
  return new HoldfastError('unavailable', `no server runs on ${dataDir}`, {
    cause,
    hint: `start one: holdfast serve --data-dir ${shellWord(dataDir)}`,
  });
}
