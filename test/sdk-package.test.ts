/** The packed SDK in a project outside this repository: types, test kit, release. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { buildRelease } from '@holdfast/engine/build';
import { SDK_VERSION } from '../packages/sdk/src/version.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './support/checkout.ts';

const TEMPLATE = join(ROOT, 'apps', 'server', 'templates', 'parcel');
/** What a project has from the registry besides; linked, since tests reach no registry. */
const INSTALLED = ['zod', 'typescript', '@types/node', 'undici-types'];

const dir = mkdtempSync(join(tmpdir(), 'holdfast-outside-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const project = join(dir, 'project');

function run(
  command: string,
  args: readonly string[],
  cwd: string,
): { code: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { code: status, out: stdout + stderr };
}

function pack(out: string): Buffer {
  const made = run(process.execPath, [join(ROOT, 'scripts', 'pack-sdk.mjs'), out], ROOT);
  expect(made, made.out).toMatchObject({ code: 0 });
  return readFileSync(join(out, `holdfast-sdk-${SDK_VERSION}.tgz`));
}

beforeAll(() => {
  cpSync(TEMPLATE, project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "outside", "type": "module" }\n');
  const sdk = join(project, 'node_modules', '@holdfast', 'sdk');
  mkdirSync(sdk, { recursive: true });
  pack(dir);
  const tarball = join(dir, `holdfast-sdk-${SDK_VERSION}.tgz`);
  const unpacked = run('tar', ['-xzf', tarball, '-C', sdk, '--strip-components=1'], dir);
  expect(unpacked, unpacked.out).toMatchObject({ code: 0 });
  for (const name of INSTALLED) {
    const link = join(project, 'node_modules', name);
    mkdirSync(join(link, '..'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'junction');
  }
});

describe('the packed SDK', () => {
  test('has the version that the SDK says it has', () => {
    const manifest = JSON.parse(
      readFileSync(join(ROOT, 'packages', 'sdk', 'package.json'), 'utf8'),
    ) as {
      version: string;
    };
    expect(manifest.version).toBe(SDK_VERSION);
  });

  test('is packed the same twice', () => {
    const again = join(dir, 'again');
    mkdirSync(again);
    expect(pack(again).equals(readFileSync(join(dir, `holdfast-sdk-${SDK_VERSION}.tgz`)))).toBe(
      true,
    );
  });

  test('type-checks in a project, its own declarations included', () => {
    const tsc = join(project, 'node_modules', 'typescript', 'bin', 'tsc');
    const checked = run(process.execPath, [tsc, '--skipLibCheck', 'false'], project);
    expect(checked, checked.out).toMatchObject({ code: 0 });
    writeFileSync(
      join(project, 'src', 'wrong.ts'),
      `import { assignBox } from './boxes.ts';\nexport const wrong = assignBox({ parcelId: 1, kilos: 1 });\n`,
    );
    const wrong = run(process.execPath, [tsc], project);
    rmSync(join(project, 'src', 'wrong.ts'));
    expect(wrong.out).toContain('src/wrong.ts(2,');
  });

  test('runs a project’s tests by node:test', () => {
    const { code, out } = run(process.execPath, ['--test', 'tests/parcel.test.ts'], project);
    expect(code, out).toBe(0);
  });

  test('builds its release, which names no folder', async () => {
    const built = await buildRelease(project).catch((error: unknown) => {
      throw error instanceof HoldfastError ? new Error(JSON.stringify(error.faults)) : error;
    });
    expect(built.manifest.sagas.map(({ name }) => name)).toEqual(['parcel']);
    expect(JSON.stringify(built.bundle).includes('holdfast-outside-')).toBe(false);
    expect(built.bundle.files['sagas/parcel.js.map']).toContain(
      `@holdfast/sdk@${SDK_VERSION}/sandbox.js`,
    );
  });
});
