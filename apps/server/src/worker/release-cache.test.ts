import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReleaseBundle } from '@holdfast/core';
import { bundleDigest, ReleaseFiles } from '@holdfast/engine';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReleaseCache } from './release-cache.ts';

const BUNDLE: ReleaseBundle = {
  format: 1,
  files: { 'release.json': '{"app":"shop"}', 'effects.mjs': 'export const effects = {};' },
};
const DIGEST = bundleDigest(BUNDLE);
let dir: string;
let fetched: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-releases-'));
  fetched = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function cache(sends: ReleaseBundle = BUNDLE): ReleaseCache {
  return new ReleaseCache(new ReleaseFiles(dir), (digest) => {
    fetched.push(digest);
    return Promise.resolve(sends);
  });
}

test('a release is fetched once, by many at a time and by the next process', async () => {
  const first = cache();
  await Promise.all([first.ensure(DIGEST), first.ensure(DIGEST)]);
  await first.ensure(DIGEST);
  await cache().ensure(DIGEST);
  expect(fetched).toEqual([DIGEST]);
  expect(new ReleaseFiles(dir).bundle(DIGEST)).toEqual(BUNDLE);
});

test('what has another digest is not kept', async () => {
  const forged = { ...BUNDLE, files: { ...BUNDLE.files, 'effects.mjs': 'steal()' } };
  await expect(cache(forged).ensure(DIGEST)).rejects.toMatchObject({ code: 'release.invalid' });
  expect(new ReleaseFiles(dir).has(DIGEST, 'release.json')).toBe(false);
});

test('files that were changed on disk are fetched anew', async () => {
  await cache().ensure(DIGEST);
  writeFileSync(join(dir, DIGEST, 'effects.mjs'), 'steal()');
  await cache().ensure(DIGEST);
  expect(fetched).toEqual([DIGEST, DIGEST]);
  expect(new ReleaseFiles(dir).read(DIGEST, 'effects.mjs')).toBe(BUNDLE.files['effects.mjs']);
});
