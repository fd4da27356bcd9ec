import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSettings } from './load-settings.ts';
import type { ServerSettings } from './settings.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-tracing-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function load(env: Record<string, string>, file = ''): ServerSettings['tracing'] {
  writeFileSync(join(home, 'holdfast.yaml'), file);
  const around = { env, platform: 'linux', home, cwd: home } as const;
  return loadSettings({ around, dataDir: home }).settings.tracing;
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof HoldfastError) return error.faults.map(({ message }) => message);
    throw error;
  }
  return [];
}

test('nothing is traced unless a collector is named', () => {
  expect(load({})).toEqual({ headers: [], sample: 1, service: 'holdfast' });
});

test('all of it can be said by variables', () => {
  expect(
    load({
      HOLDFAST_TRACING_ENDPOINT: 'https://otlp.example:4318/base',
      HOLDFAST_TRACING_HEADERS: 'authorization=secret://TOKEN, x-scope-orgid=secret://ORG',
      HOLDFAST_TRACING_SAMPLE: '0.25',
      HOLDFAST_TRACING_SERVICE: 'shop',
    }),
  ).toEqual({
    endpoint: 'https://otlp.example:4318/base',
    headers: ['authorization=secret://TOKEN', 'x-scope-orgid=secret://ORG'],
    sample: 0.25,
    service: 'shop',
  });
});

test('and by the file', () => {
  const file = 'tracing:\n  endpoint: http://127.0.0.1:4318\n  sample: 0\n';
  expect(load({}, file)).toMatchObject({ endpoint: 'http://127.0.0.1:4318', sample: 0 });
});

test.each([
  [{ HOLDFAST_TRACING_ENDPOINT: '127.0.0.1:4318' }, 'must be an http:// or https:// address'],
  [{ HOLDFAST_TRACING_ENDPOINT: 'https://me:pw@otlp.example' }, 'without user name and password'],
  [{ HOLDFAST_TRACING_HEADERS: 'authorization=Bearer x' }, 'must name a header and its secret'],
  [{ HOLDFAST_TRACING_SAMPLE: '1.5' }, 'must be a number from 0 to 1'],
  [{ HOLDFAST_TRACING_SAMPLE: 'half' }, 'must be a number from 0 to 1'],
])('%j is refused', (env, message) => {
  const faults = faultsOf(env);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(message);
});
