import { expect, test } from 'vitest';
import { palette } from './palette.ts';
import { cut, plainLines, plainText, widthOf, wrap } from './plain-text.ts';
import { renderFacts, renderTable } from './table.ts';
import type { Column } from './table.ts';

interface Row {
  readonly key: string;
  readonly n: number | null;
  readonly text: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'KEY', value: ({ key }) => key },
  { title: 'N', value: ({ n }) => n, align: 'right' },
  { title: 'TEXT', value: ({ text }) => text, flexible: true },
];
const rows: readonly Row[] = [
  { key: 'a', n: 1, text: 'short' },
  { key: 'längere', n: 1234, text: 'a rather long text that goes on' },
  { key: 'c', n: null, text: '' },
];
const heading = (text: string): string => text;

test('columns are as wide as their widest cell, numbers to the right, none as a dash', () => {
  expect(renderTable(rows, columns, { heading }).lines).toEqual([
    'KEY         N  TEXT',
    'a           1  short',
    'längere  1234  a rather long text that goes on',
    'c           -',
  ]);
});

test('on a narrow terminal the flexible column is cut, saying so', () => {
  expect(renderTable(rows, columns, { heading, columns: 30 }).lines).toEqual([
    'KEY         N  TEXT',
    'a           1  short',
    'längere  1234  a rather long …',
    'c           -',
  ]);
});

test('on a narrower one what is spare is left out, the last first, and named', () => {
  const spare = [
    ...columns,
    { title: 'FIRST', value: () => 'first', spare: true },
    { title: 'SECOND', value: () => 'second', spare: true },
  ];
  expect(renderTable(rows, spare, { heading, columns: 60 }).leftOut).toEqual([]);
  expect(renderTable(rows, spare, { heading, columns: 40 }).leftOut).toEqual(['SECOND']);
  const narrow = renderTable(rows, spare, { heading, columns: 28 });
  expect(narrow.leftOut).toEqual(['FIRST', 'SECOND']);
  expect(Math.max(...narrow.lines.map(widthOf))).toBeLessThanOrEqual(28);
  // Where all is needed all is cut, rather than wrapped into a muddle.
  const least = renderTable(rows, columns, { heading, columns: 20 });
  expect(Math.max(...least.lines.map(widthOf))).toBeLessThanOrEqual(20);
});

test('colour takes no width', () => {
  const { bad } = palette(true);
  const painted = columns.map((column) =>
    column.title === 'KEY' ? { ...column, paint: bad } : column,
  );
  expect(renderTable(rows, painted, { heading }).lines[1]).toBe(`${bad('a')}           1  short`);
});

test('what comes from outside can neither move the cursor nor break the table', () => {
  const hostile = { key: '\u001b[2Jgone\r\n', n: 1, text: 'a\u202eb\u0085' };
  expect(renderTable([hostile], columns, { heading }).lines[1]).toBe(
    String.raw`\u001b[2Jgone\u000d\n  1  a\u202eb\u0085`,
  );
  expect(plainText('tab\there')).toBe(String.raw`tab\there`);
  expect(plainLines('a\nb\u0007')).toBe('a\nb\\u0007');
});

test('text is cut between characters as a reader counts them', () => {
  expect(cut('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2)).toBe('👩‍👩‍👧…');
  expect(cut('abc', 3)).toBe('abc');
  expect(widthOf('\u001b[31mred\u001b[39m')).toBe(3);
});

test('facts stand under each other', () => {
  expect(
    renderFacts(
      [
        ['a', '1'],
        ['longer', '2'],
      ],
      heading,
    ),
  ).toEqual(['a       1', 'longer  2']);
});

test('long text is wrapped at spaces, and cut where there are none', () => {
  expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
  expect(wrap('abcdefghij klm', 4)).toEqual(['abcd', 'efgh', 'ij', 'klm']);
  expect(wrap('', 4)).toEqual(['']);
  expect(wrap('ab', 0)).toEqual(['a', 'b']);
  expect(wrap('ab', -3)).toEqual(['a', 'b']);
  expect(wrap('exactly ten', Number.POSITIVE_INFINITY)).toEqual(['exactly ten']);
});
