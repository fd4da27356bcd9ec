/** The pages of the documentation: every link leads somewhere, and a decision has one number. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/checkout.ts';

const PLACES = ['docs', 'apps', 'packages', 'test'] as const;
const LEFT_OUT = ['node_modules', 'dist', '.holdfast'];

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...PLACES.flatMap((place) =>
    readdirSync(join(ROOT, place), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => join(place, file)),
  ),
].filter((file) => !file.split(/[\\/]/).some((part) => LEFT_OUT.includes(part)));

const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

function anchorsOf(file: string): readonly string[] {
  const prose = readFileSync(file, 'utf8').replaceAll(/^```[^]*?^```/gm, '');
  return Array.from(prose.matchAll(/^#{1,6} (.+)$/gm), ([, heading = '']) => anchorOf(heading));
}

function broken(page: string): readonly string[] {
  const prose = textOf(page)
    .replaceAll(/^```[^]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target).filter(
    (target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
      if (!existsSync(file)) return true;
      return anchor !== undefined && statSync(file).isFile() && !anchorsOf(file).includes(anchor);
    },
  );
}

test('there are pages to look at', () => expect(pages.length).toBeGreaterThan(30));

test.each(pages)('every link of %s leads somewhere', (page) => {
  expect(broken(page)).toEqual([]);
});

test('the records of decisions are numbered without a gap, alike in file, title and list', () => {
  const folder = 'docs/adr';
  const records = readdirSync(join(ROOT, folder)).filter((file) => /^\d/.test(file));
  const numbered = records.toSorted().map((file, i) => ({ file, no: i + 1 }));
  const listed = textOf(`${folder}/README.md`).split('\n');
  for (const { file, no } of numbered) {
    const [title = ''] = textOf(`${folder}/${file}`).split('\n');
    expect(basename(file).slice(0, 4)).toBe(String(no).padStart(4, '0'));
    expect(title).toMatch(new RegExp(`^# ${no}\\. `));
    expect(listed).toContain(`${no}. [${title.replace(/^# \d+\. /, '')}](${file})`);
  }
});

test('every page of the guide and the reference is led to from the README or from another page', () => {
  const led = new Set(
    pages.flatMap((page) =>
      Array.from(textOf(page).matchAll(/\]\(([^)#\s]+\.md)/g), ([, target = '']) =>
        relative(ROOT, join(ROOT, dirname(page), target)),
      ),
    ),
  );
  const told = pages.filter((page) => /^docs[\\/](guide|reference)/.test(page));
  expect(told.filter((page) => !led.has(page))).toEqual([]);
});
