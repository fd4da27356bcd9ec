import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { HoldfastError } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GlobalOptions } from './context.ts';
import { Output } from './output.ts';
import { findTarget } from './target.ts';
import type { Target } from './target.ts';

let home: string;
let dataDir: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-target-'));
  dataDir = join(home, 'data dir');
  mkdirSync(dataDir);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const silent = { write: () => undefined };

function find(globals: GlobalOptions = {}, env: Record<string, string> = {}): Target {
  return findTarget({
    out: new Output({ stdout: silent, stderr: silent, json: false, env }),
    around: { env, platform: 'linux', home, cwd: home },
    globals: { dataDir, ...globals },
    stdin: new PassThrough(),
  });
}

function failure(act: () => unknown): { code: string; hint: string | undefined } {
  try {
    act();
  } catch (error) {
    if (error instanceof HoldfastError) return { code: error.code, hint: error.hint };
    throw error;
  }
  throw new Error('expected a failure');
}

function serverRuns(): void {
  writeFileSync(
    join(dataDir, 'server.json'),
    JSON.stringify({
      pid: 1,
      http: 'http://127.0.0.1:7420',
      mqtt: 'mqtt://127.0.0.1:1883',
      startedAt: '2026-11-21T09:00:00.000000Z',
    }),
  );
  writeFileSync(join(dataDir, 'admin-token'), 'hf_admin\n');
}

test('a data directory leads to its server and its admin key', () => {
  serverRuns();
  expect(find()).toEqual({
    url: 'http://127.0.0.1:7420',
    key: 'hf_admin',
    tenant: undefined,
    dataDir,
    own: true,
  });
});

test('without a server there is a command to paste that starts one', () => {
  expect(failure(find)).toEqual({
    code: 'unavailable',
    hint: `start one: holdfast serve --data-dir '${dataDir}'`,
  });
});

test('the admin key goes to no other server', () => {
  serverRuns();
  expect(failure(() => find({ url: 'http://127.0.0.1:9999' })).code).toBe('auth.missing');
  expect(failure(() => find({}, { HOLDFAST_URL: 'https://127.0.0.1:7420' })).code).toBe(
    'auth.missing',
  );
  expect(find({ url: 'http://127.0.0.1:7420/' }).key).toBe('hf_admin');
  expect(find({ url: 'https://shop.example', key: 'hf_other' })).toMatchObject({
    url: 'https://shop.example',
    key: 'hf_other',
    own: false,
  });
});

test('flags win over the environment, and a key may lie in a file', () => {
  serverRuns();
  writeFileSync(join(home, 'key'), 'hf_file\n');
  expect(find({}, { HOLDFAST_KEY_FILE: join(home, 'key') }).key).toBe('hf_file');
  expect(find({}, { HOLDFAST_KEY: 'hf_env', HOLDFAST_TENANT: 'acme' })).toMatchObject({
    key: 'hf_env',
    tenant: 'acme',
  });
  expect(
    find({ key: 'hf_flag', tenant: '_' }, { HOLDFAST_KEY: 'hf_env', HOLDFAST_TENANT: 'acme' }),
  ).toMatchObject({ key: 'hf_flag', tenant: '_' });
  expect(failure(() => find({}, { HOLDFAST_KEY_FILE: join(home, 'none') })).code).toBe(
    'config.invalid',
  );
});

test('what is no address, and a broken server file, are named', () => {
  expect(failure(() => find({ url: 'localhost:7420', key: 'k' })).code).toBe('request.invalid');
  writeFileSync(join(dataDir, 'server.json'), '{');
  expect(failure(find).code).toBe('store.corrupt');
  expect(find({ url: 'http://h', key: 'k' }).url).toBe('http://h');
});
