/** House rules that no lint rule covers: CONTRIBUTING, "Code". */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './support/checkout.ts';

const LEFT_OUT = ['node_modules', 'dist', '.holdfast', 'coverage'];

function sourcesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).some((part) => LEFT_OUT.includes(part)));
}

const sources = ['packages', 'apps'].flatMap(sourcesOf);

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
  test('there is something to look at', () => expect(sources.length).toBeGreaterThan(7));

  test('no package re-exports a whole module', () => {
    expect(placesOf(/\bexport\s+(type\s+)?\*/, sources)).toEqual([]);
  });

  test('no type is forced through unknown', () => {
    expect(placesOf(/\bas unknown as\b/, sources)).toEqual([]);
  });

  test('files are kebab-case', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.ts$/;
    const named = (file: string): string => file.slice(file.lastIndexOf(sep) + 1);
    expect(sources.filter((file) => !kebab.test(named(file)))).toEqual([]);
  });
});
