import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_SECRET_BYTES, SecretStore } from './secret-store.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'holdfast-secrets-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const AT = '2026-11-21T09:00:00.000Z';
const openStore = (env: Record<string, string> = {}): SecretStore =>
  new SecretStore({ dataDir, env, now: () => new Date(AT) });
const at = (name: string): string => join(dataDir, 'secrets', name);

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof HoldfastError) return error.code;
    throw error;
  }
  return 'none';
}

test('a secret is there after a restart, and nowhere on disk in the clear', async () => {
  await openStore().set('stripe_key', 'sk_live_ünïque');
  expect(openStore().get('stripe_key')).toBe('sk_live_ünïque');
  expect(await openStore().list()).toEqual(['stripe_key']);
  for (const file of readdirSync(at('')))
    expect(readFileSync(at(file), 'latin1')).not.toContain('sk_live');
});

test('only the owner may read the key and the values, and nothing is left beside them', async () => {
  await openStore().set('a', 'b');
  expect(readdirSync(at('')).toSorted()).toEqual(['key', 'secrets.json']);
  expect(statSync(at('')).mode & 0o777).toBe(0o700);
  for (const file of ['key', 'secrets.json']) expect(statSync(at(file)).mode & 0o777).toBe(0o600);
});

test('the same value sealed twice reads differently', async () => {
  const store = openStore();
  await store.set('a', 'same');
  const first = readFileSync(at('secrets.json'), 'utf8');
  await store.set('a', 'same');
  expect(readFileSync(at('secrets.json'), 'utf8')).not.toBe(first);
});

test('changes made at once are all kept', async () => {
  const store = openStore();
  const names = Array.from({ length: 20 }, (_, i) => `s${i}`);
  await Promise.all(names.map((name) => store.set(name, `value of ${name}`)));
  await Promise.all([store.remove('s3'), store.set('s4', 'new')]);
  const again = openStore();
  expect(await again.list()).toEqual(names.filter((name) => name !== 's3').toSorted());
  expect(again.get('s4')).toBe('new');
  expect(again.get('s19')).toBe('value of s19');
});

test('a removed secret is gone, here and after a restart; removing it again is no error', async () => {
  const store = openStore();
  await store.set('a', 'b');
  await store.remove('a');
  expect(store.get('a')).toBeUndefined();
  expect(openStore().get('a')).toBeUndefined();
  await Promise.all([store.set('late', 'v'), store.remove('late')]);
  await store.remove('a');
  expect(await store.list()).toEqual([]);
});

test('the environment wins and is never stored', async () => {
  const file = join(dataDir, 'value');
  writeFileSync(file, 'from file\n');
  const store = openStore({
    HOLDFAST_SECRET_API_KEY: 'from env',
    HOLDFAST_SECRET_OTHER_FILE: file,
  });
  await store.set('api_key', 'stored');
  expect(store.get('api_key')).toBe('from env');
  expect(store.get('other')).toBe('from file');
  writeFileSync(file, 'rotated\n');
  expect(store.get('other')).toBe('rotated');
  // As it is for a moment while it is written anew.
  writeFileSync(file, '');
  expect(store.get('other')).toBeUndefined();
  writeFileSync(file, 'rotated again\n');
  expect(store.get('other')).toBe('rotated again');
  expect(await store.list()).toEqual(['OTHER', 'api_key']);
  expect(openStore().get('api_key')).toBe('stored');
});

describe('is refused', () => {
  test.each(['', '1a', 'a-b', 'a/../b', 'ä', 'a'.repeat(129)])(
    'a name such as %j',
    async (name) => {
      await expect(openStore().set(name, 'v')).rejects.toMatchObject({ code: 'request.invalid' });
      expect(() => statSync(at(''))).toThrow('ENOENT');
    },
  );

  test('an empty value, and one too long, without quoting it', async () => {
    await expect(openStore().set('a', '')).rejects.toMatchObject({ code: 'request.invalid' });
    const long = 'x'.repeat(MAX_SECRET_BYTES + 1);
    await expect(openStore().set('a', long)).rejects.toMatchObject({
      message: `the value of a secret has 1 to ${MAX_SECRET_BYTES} bytes, not ${MAX_SECRET_BYTES + 1}`,
    });
  });

  test('a value under another name than it was sealed for', async () => {
    await openStore().set('a', 'value');
    writeFileSync(
      at('secrets.json'),
      readFileSync(at('secrets.json'), 'utf8').replace('"a"', '"b"'),
    );
    expect(codeOf(openStore)).toBe('store.corrupt');
  });

  test('a key that is gone: none is made beside what an older one sealed', async () => {
    await openStore().set('a', 'value');
    rmSync(at('key'));
    expect(codeOf(openStore)).toBe('store.corrupt');
    expect(readdirSync(at(''))).toEqual(['secrets.json']);
  });

  test.each(['', '{', '{"format":2,"secrets":{}}'])('a file that says %j', async (text) => {
    await openStore().set('a', 'value');
    writeFileSync(at('secrets.json'), text);
    expect(codeOf(openStore)).toBe('store.corrupt');
  });
});
