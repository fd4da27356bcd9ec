import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/checkout.ts';
import { TempFolder } from './support/temp-folder.ts';

test('what makes a checkout ready loads before anything is installed', () => {
  using folder = new TempFolder('fresh');
  for (const path of ['scripts', 'package.json', 'packages/sdk/package.json']) {
    cpSync(join(ROOT, path), folder.at(path), { recursive: true });
  }
  const code = "await import('./scripts/ensure.mjs'); console.log('loaded');";
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  expect({ stdout, stderr }).toEqual({ stdout: 'loaded\n', stderr: '' });
});
