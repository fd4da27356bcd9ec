/** House rules that no lint rule covers: CONTRIBUTING, "Code". */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './support/checkout.ts';

const LEFT_OUT = ['node_modules', 'dist', '.holdfast', 'coverage'];

function sourcesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).some((part) => LEFT_OUT.includes(part)));
}

const sources = ['packages', 'apps'].flatMap(sourcesOf);
const tests = [...sources, ...sourcesOf('test')].filter((file) => /\.test\.tsx?$/.test(file));

const REEXPORT = /\bexport\s+(type\s+)?\*/;
const FORCED = /\bas unknown as\b/;
/** Gives up after a second, which says how fast a machine is: `expect.poll` and `eventually` wait. */
const SHORT_PATIENCE = /\bvi\.(waitFor|waitUntil)\(/;
/** `context.skip(reason)` says why. */
const SILENT_SKIP = /\b(test|describe|it)\.(skip|skipIf|runIf|todo)\b/;
/** An editor shows none of them; a terminal obeys some. The joiner of emoji is no secret. */
const CONTROL =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200c\u200e\u200f\u2028-\u202e\ufeff]/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.tsx?$/;

/** `file:line` of each line of code (comments left out) that the pattern matches. */
const placesOf = (pattern: RegExp, files: readonly string[]): string[] =>
  files.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        pattern.test(line.replace(/^\s*(\/\/|\*|\/\*).*/, '')) ? [`${file}:${i + 1}`] : [],
      ),
  );

describe('house rules', () => {
  test('there is something to look at', () => {
    expect(sources.length).toBeGreaterThan(700);
    expect(tests.length).toBeGreaterThan(300);
  });

  test('no package re-exports a whole module', () => {
    expect(placesOf(REEXPORT, sources)).toEqual([]);
  });

  test('no type is forced through unknown', () => {
    expect(placesOf(FORCED, sources)).toEqual([]);
  });

  test('files are kebab-case', () => {
    const named = (file: string): string => file.slice(file.lastIndexOf(sep) + 1);
    expect(sources.filter((file) => !KEBAB.test(named(file)))).toEqual([]);
  });

  test('no file holds a control character, or one that nobody sees', () => {
    const all = [...sources, ...sourcesOf('test')];
    const holds = (file: string): boolean => CONTROL.test(readFileSync(join(ROOT, file), 'utf8'));
    expect(all.filter(holds)).toEqual([]);
  });

  test('no test waits for a second and no longer', () => {
    expect(placesOf(SHORT_PATIENCE, tests)).toEqual([]);
  });

  test('no test is skipped without a word', () => {
    // Its subject is a test that does.
    const others = tests.filter((file) => !file.endsWith('vitest-tally.test.ts'));
    expect(placesOf(SILENT_SKIP, others)).toEqual([]);
  });

  test.each([
    [REEXPORT, "export type * from './a.ts';"],
    [FORCED, 'const a = b as unknown as C;'],
    [SHORT_PATIENCE, `await ${'vi'}.waitFor(() => expect(a).toBe(1));`],
    [SILENT_SKIP, `${'test'}.skipIf(isSlow)('is fast', run);`],
    [CONTROL, `const red = '${'\u001b'}[31m';`],
  ])('%s sees a breach', (rule, breach) => {
    expect(breach).toMatch(rule);
  });

  test.each(['Upper.ts', 'snake_case.tsx', 'camelCase.test.ts'])('%s is no kebab-case', (name) => {
    expect(name).not.toMatch(KEBAB);
  });
});
