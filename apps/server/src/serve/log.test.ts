/** The log where nothing can be written, each time in a process of its own. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';

/** On Linux: every write to it fails with ENOSPC. */
const FULL = '/dev/full';

function run(code: string, stderr: string) {
  const fd = openSync(stderr, 'w');
  try {
    return spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', fd],
      encoding: 'utf8',
    });
  } finally {
    closeSync(fd);
  }
}

test('a disk without room for the log stops nobody', (context) => {
  if (!existsSync(FULL)) return context.skip(`no ${FULL}: Linux only`);
  const code = `
    import { createLog } from './log.ts';
    createLog({ level: 'info', format: 'json' }).info('no room for this');
    console.log('went on');
  `;
  expect(run(code, FULL)).toMatchObject({ status: 0, stdout: 'went on\n' });
});

test('an end at once needs no log', () => {
  const code = `
    import { HoldfastError } from '@holdfast/core';
    import { endAtOnce } from './end-at-once.ts';
    process.on('uncaughtException', () => console.log('lives on'));
    setTimeout(() => process.exit(0), 100);
    endAtOnce({ error: () => { throw new Error('no log') } }, new HoldfastError('store.io', 'the sync failed'));
  `;
  const { exitCode } = new HoldfastError('store.io', '');
  expect(run(code, '/dev/null')).toMatchObject({ status: exitCode, stdout: '' });
});
