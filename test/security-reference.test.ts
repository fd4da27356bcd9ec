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

/** Kinds of attack that must not fall out of the table. */
test.each([
  ['a wrong Host header', /foreign `Host`/],
  ['cross-site POST', /cross-site POST/],
  [
    'missing and foreign-tenant keys, and the role matrix, on every route',
    /every scope, on every route/,
  ],
  ['path tricks on static files', /ways out of the console/],
  ['oversized requests', /too large/],
  ['slow requests', /never finished/],
  ['request smuggling', /requests hidden in requests/],
  ['header injection', /in a header/],
  ['mail and alert headers', /mail headers/],
  ['log injection', /in the log, by/],
  ['control characters on a terminal', /on the terminal/],
  ['markup in the console', /markup, script/],
  ['token guessing', /wait tokens/],
  ['a replayed one-time link', /login link replayed/],
  ['a forged outcome', /forged outcome/],
  ['revoked keys on open connections', /revoked or expired key on what is open/],
  ['prototype pollution', /__proto__/],
  ['deep nesting and huge numbers', /too deep/],
  ['packed bodies', /gzip bombs/],
  ['ReDoS', /ReDoS/],
  ['unicode normalisation', /normal forms/],
  ['cursors', /a cursor of another list or tenant/],
  ['cross-site WebSocket', /WebSocket opened by a page/],
])('the table has a row for %s', (_, words) => {
  expect(rows.filter((row) => words.test(row))).not.toEqual([]);
});

test('every test that is named belongs to the suite', () => {
  const inSuite = /^(?:test\/(?!drills|bench)|(?:packages|apps)\/[^/]+\/src\/).*\.test\.ts$/;
  expect(named.flat().filter((file) => !inSuite.test(file))).toEqual([]);
});
