import { expect, test } from 'vitest';
import { jsonChanges } from './json-changes.ts';

test('tells what was added, removed and changed, each by its pointer', () => {
  const before = { a: 1, gone: null, list: [1, { x: 1 }], 'sl/ash~': 1, same: { deep: [1] } };
  const after = { a: '1', list: [1, { x: 2 }, 3], 'sl/ash~': 2, same: { deep: [1] }, new: null };
  expect(jsonChanges(before, after, 100)).toEqual([
    { path: '/a', kind: 'changed', before: 1, after: '1' },
    { path: '/gone', kind: 'removed', before: null },
    { path: '/list/1/x', kind: 'changed', before: 1, after: 2 },
    { path: '/list/2', kind: 'added', after: 3 },
    { path: '/sl~1ash~0', kind: 'changed', before: 1, after: 2 },
    { path: '/new', kind: 'added', after: null },
  ]);
});

test('a list that becomes an object, and a value that becomes nothing, are changed whole', () => {
  expect(jsonChanges({ a: [1], b: {} }, { a: { 0: 1 }, b: null }, 100)).toEqual([
    { path: '/a', kind: 'changed', before: [1], after: { 0: 1 } },
    { path: '/b', kind: 'changed', before: {}, after: null },
  ]);
});

test('from nothing, the whole is added; equal values differ in nothing', () => {
  expect(jsonChanges(undefined, { a: 1 }, 100)).toEqual([
    { path: '', kind: 'added', after: { a: 1 } },
  ]);
  expect(jsonChanges({ a: [1, {}] }, { a: [1, {}] }, 100)).toEqual([]);
});

test('goes no further than it is asked to', () => {
  expect(jsonChanges({}, { a: 1, b: 2, c: 3 }, 2).map(({ path }) => path)).toEqual(['/a', '/b']);
});
