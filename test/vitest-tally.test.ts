/** `npm test` believes its reporter: what it must count, it counts, and what belongs to no test is not lost. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ROOT } from './support/checkout.ts';

const Tally = z.object({
  passed: z.number(),
  failed: z.array(z.string()),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  errors: z.array(z.string()),
});

const FILES = {
  'a.test.ts': `
    import { beforeAll, describe, expect, test } from 'vitest';
    test('passes', () => expect(1).toBe(1));
    describe('inner', () => {
      test('fails', () => expect(1).toBe(2));
      test('skips', (ctx) => ctx.skip('no mosquitto here'));
      test.skip('skips without a word', () => {});
      test.todo('is to be written');
    });
    describe('broken hook', () => {
      beforeAll(() => { throw new Error('the hook failed'); });
      test('never ran', () => {});
    });
  `,
  'does-not-load.test.ts': `throw new Error('the file failed');`,
  'rejects.test.ts': `
    import { test } from 'vitest';
    test('leaves a rejection behind', async () => {
      void Promise.reject(new Error('nobody caught this'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
  `,
};

let folder: string;
let tally: z.infer<typeof Tally>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-tally-test-'));
  mkdirSync(join(folder, 'tests'));
  for (const [name, text] of Object.entries(FILES))
    writeFileSync(join(folder, 'tests', name), text);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'tally.json');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporter = join(ROOT, 'scripts/lib/vitest-tally.mjs');
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')),
  );
  const run = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', folder, '--pool', 'forks', `--reporter=${reporter}`],
    {
      cwd: folder,
      env: { ...env, HOLDFAST_TALLY: file },
      encoding: 'utf8',
    },
  );
  expect(run.status, run.stderr).toBe(1);
  tally = Tally.parse(JSON.parse(readFileSync(file, 'utf8')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('passed and failed tests are counted, the failed by name', () => {
  expect(tally.passed).toBe(2);
  expect(tally.failed).toEqual(['tests/a.test.ts > inner > fails']);
});

test('skipped tests are named with their reason', () => {
  expect(tally.skipped).toEqual([
    { name: 'tests/a.test.ts > inner > skips', reason: 'no mosquitto here' },
    { name: 'tests/a.test.ts > inner > skips without a word', reason: 'no reason given' },
    { name: 'tests/a.test.ts > inner > is to be written', reason: 'no reason given' },
    { name: 'tests/a.test.ts > broken hook > never ran', reason: 'no reason given' },
  ]);
});

test('a failed hook, a file that does not load and an unhandled rejection are errors', () => {
  expect(tally.errors.toSorted()).toEqual([
    'nobody caught this',
    'tests/a.test.ts > broken hook: the hook failed',
    'tests/does-not-load.test.ts: the file failed',
  ]);
});
