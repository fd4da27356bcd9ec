import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSecret } from '@holdfast/gateway';
import type { KeyRow } from '@holdfast/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureAdminKey } from './admin-key.ts';

let dataDir: string;
let keys: KeyRow[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'holdfast-admin-'));
  keys = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const engine = {
  keys: () => Promise.resolve(keys),
  createKey: (row: KeyRow) => {
    keys = [...keys, row];
    return Promise.resolve();
  },
};
const ensure = (over: object = {}) =>
  ensureAdminKey({ dataDir, engine, clock: { now: () => 7 }, tenant: 'acme', ...over });
const token = (): string => readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();

test('first start makes an admin key of the tenant, in a file for its owner alone', async () => {
  const answer = await ensure();
  expect(answer).toEqual({ file: join(dataDir, 'admin-token'), created: true });
  expect(keys).toMatchObject([
    {
      name: 'admin',
      tenant: 'acme',
      scopes: ['admin'],
      hash: hashSecret(token()),
      createdAt: 7,
      revokedAt: null,
    },
  ]);
  expect(statSync(answer.file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir)).toEqual(['admin-token']);
});

test('a later start changes nothing', async () => {
  await ensure();
  const first = token();
  expect(await ensure()).toMatchObject({ created: false });
  expect(token()).toBe(first);
  expect(keys).toHaveLength(1);
});

test('a crash between the file and the store is healed with the same key', async () => {
  const cut = { ...engine, createKey: () => Promise.reject(new Error('power cut')) };
  await expect(ensure({ engine: cut })).rejects.toThrow('power cut');
  const written = token();
  await ensure();
  expect(token()).toBe(written);
  expect(keys).toMatchObject([{ hash: hashSecret(written) }]);
});

test('a revoked admin key stays revoked', async () => {
  await ensure();
  keys = keys.map((row) => ({ ...row, revokedAt: 9 }));
  expect(await ensure()).toMatchObject({ created: false });
  expect(keys).toHaveLength(1);
});

test('a lost file gets a new key beside those in use', async () => {
  await ensure();
  const first = token();
  rmSync(join(dataDir, 'admin-token'));
  await ensure();
  expect(token()).not.toBe(first);
  expect(keys.map(({ hash }) => hash)).toEqual([hashSecret(first), hashSecret(token())]);
});

test('a file that holds no key is refused, and left alone', async () => {
  writeFileSync(join(dataDir, 'admin-token'), 'my notes\n');
  await expect(ensure()).rejects.toMatchObject({ code: 'config.invalid' });
  expect(token()).toBe('my notes');
  expect(keys).toEqual([]);
});
