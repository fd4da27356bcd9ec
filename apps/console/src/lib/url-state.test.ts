import { expect, test } from 'vitest';
import { numberOf, oneOf, parseUrlState, someOf, writeUrlState } from './url-state.ts';

test('what stands several times is a list', () => {
  expect(parseUrlState('?status=failed&status=blocked&status=waiting&key=a')).toEqual({
    status: ['failed', 'blocked', 'waiting'],
    key: 'a',
  });
});

test('names that every object has are names like any other', () => {
  const state = parseUrlState('?__proto__=a&constructor=b&toString=c&toString=d');
  expect(Object.entries(state)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['toString', ['c', 'd']],
  ]);
  expect(Object.getPrototypeOf(state)).toBe(Object.prototype);
});

test('is the same after writing and reading, whatever the texts hold', () => {
  const state = { key: '12', saga: 'order & co=?#%', search: ['a:ü 1', 'b:"2"'] };
  expect(parseUrlState(writeUrlState(state))).toEqual(state);
});

test('what is unset leaves no trace', () => {
  expect(writeUrlState({ a: undefined, b: null, c: '', d: [], e: 0, f: false })).toBe(
    '?e=0&f=false',
  );
  expect(writeUrlState({ a: undefined })).toBe('');
});

test('an address typed by hand is read as far as it makes sense', () => {
  const state = parseUrlState('?run=2&version=-1&status=failed&status=nonsense&saga=&saga=order');
  expect(numberOf(state, 'run', 1)).toBe(2);
  expect(numberOf(state, 'version', 1)).toBeUndefined();
  expect(numberOf({ run: '0' }, 'run', 1)).toBeUndefined();
  expect(someOf(state, 'status', ['failed', 'blocked'])).toEqual(['failed']);
  expect(someOf(state, 'saga', ['x'])).toBeUndefined();
  expect(oneOf(state, 'saga')).toBe('order');
  expect(oneOf(state, 'key')).toBeUndefined();
});
