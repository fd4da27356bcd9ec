import { expect, test } from 'vitest';
import { firstPageOf, isLongList } from './long-lists.ts';

const list = (pages: number) => ({
  pages: Array.from({ length: pages }, (_, page) => ({ items: [page] })),
  pageParams: Array.from({ length: pages }, (_, page) => page),
});

test('a list is long from its fourth page on; what is no list never is', () => {
  expect([0, 1, 3, 4, 100].map((pages) => isLongList(list(pages)))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
  for (const other of [undefined, null, { pages: 9 }, 'pages'])
    expect(isLongList(other)).toBe(false);
});

test('back at the newest, it is its first page again', () => {
  expect(firstPageOf(list(5))).toEqual(list(1));
  expect(firstPageOf({ total: 3 })).toEqual({ total: 3 });
});
