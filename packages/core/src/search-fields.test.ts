import { expect, test } from 'vitest';
import { MAX_SEARCH_VALUE_LENGTH, parseSearchTerm, searchText } from './search-fields.ts';

test.each([
  ['customer:ada', { field: 'customer', value: 'ada', isPrefix: false }],
  ['customer:ada*', { field: 'customer', value: 'ada', isPrefix: true }],
  ['customer:*', { field: 'customer', value: '', isPrefix: true }],
  [
    'url:https://a.example:80/x',
    { field: 'url', value: 'https://a.example:80/x', isPrefix: false },
  ],
  ['note:five \\*', { field: 'note', value: 'five *', isPrefix: false }],
  ['path:C:\\temp', { field: 'path', value: 'C:\\temp', isPrefix: false }],
  ['a.b-c_d: x ', { field: 'a.b-c_d', value: ' x ', isPrefix: false }],
])('%s is read', (text, term) => {
  expect(parseSearchTerm(text)).toEqual(term);
});

test.each(['', 'customer', 'customer:', ':ada', '1st:x', 'a b:x', `${'f'.repeat(65)}:x`])(
  '"%s" is no term',
  (text) => {
    expect(parseSearchTerm(text)).toBeNull();
  },
);

test('a value is text, a number or a boolean; nothing is none', () => {
  expect(['ada', 12.5, false].map((value) => searchText('f', value))).toEqual([
    'ada',
    '12.5',
    'false',
  ]);
  expect([undefined, null, ''].map((value) => searchText('f', value))).toEqual([null, null, null]);
  const long = 'x'.repeat(MAX_SEARCH_VALUE_LENGTH);
  expect(searchText('f', long)).toBe(long);
});

test('what cannot be a value is refused, naming the field', () => {
  expect(() => searchText('f', ['a'])).toThrow(
    'search field f must be text, a number or a boolean, not a list',
  );
  expect(() => searchText('f', {})).toThrow('not of type object');
  expect(() => searchText('f', 'x'.repeat(257))).toThrow(
    'search field f is 257 characters long, more than 256',
  );
});
