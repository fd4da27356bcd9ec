/** docs/reference/security.md names a test for each attack: one that is there, and each that tries one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/checkout.ts';

const PAGE = join(ROOT, 'docs/reference/security.md');
const ATTACKS = 'test/e2e/attacks';

const rows = readFileSync(PAGE, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('.test.ts'));
const named = rows.map((row) =>
  Array.from(row.matchAll(/\]\(([^)]+\.test\.ts)\)/g), ([, target]) =>
    relative(ROOT, join(dirname(PAGE), target ?? '')),
  ),
);

test('every row names tests that are there', () => {
  expect(rows.length).toBeGreaterThan(15);
  for (const tests of named) expect(tests).not.toEqual([]);
  expect(named.flat().filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('every test of attacks is named', () => {
  const there = readdirSync(join(ROOT, ATTACKS)).map((file) => `${ATTACKS}/${file}`);
  expect(there.filter((file) => !named.flat().includes(file))).toEqual([]);
});
