/** docs/reference/requirements.md names each requirement once, and files that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/checkout.ts';

const PAGE = join(ROOT, 'docs/reference/requirements.md');
/** How many requirements each section has. */
const SECTIONS = {
  2: 5,
  3: 3,
  4: 3,
  5: 5,
  6: 4,
  7: 4,
  8: 4,
  9: 2,
  10: 6,
  11: 2,
  12: 3,
  13: 3,
  14: 3,
  15: 2,
};

const rows = readFileSync(PAGE, 'utf8')
  .split('\n')
  .filter((line) => /^\| R\d+\.\d+ /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

function linksIn(cell: string): readonly string[] {
  return Array.from(cell.matchAll(/\]\(([^)#]+)\)/g), ([, target]) => target ?? '');
}

test('every requirement is there, once, in order', () => {
  const expected = Object.entries(SECTIONS).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, n) => `R${section}.${n + 1}`),
  );
  expect(rows.map(([, id]) => id)).toEqual(expected);
});

test.each(rows.map(([, id = '', , where = '', shown = '']) => ({ id, where, shown })))(
  '$id names files that are there, and a test',
  ({ where, shown }) => {
    const missing = [...linksIn(where), ...linksIn(shown)].filter(
      (target) => !existsSync(join(dirname(PAGE), target)),
    );
    expect(missing).toEqual([]);
    expect(linksIn(shown).filter((target) => target.endsWith('.test.ts')).length).toBeGreaterThan(
      0,
    );
  },
);
