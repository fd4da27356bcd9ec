import { expect, test } from 'vitest';
import { compileKey, keyTemplateFault } from './effect-key.ts';

const call = (input: unknown) => ({ saga: 'order', key: 'o-1', input: JSON.stringify(input) });

test.each([
  ['{account}', { account: 'a-1' }, 'a-1'],
  ['{shop.id}/{currency}', { shop: { id: 7 }, currency: 'EUR' }, '7/EUR'],
  ['{items.0.sku}', { items: [{ sku: 'tea' }] }, 'tea'],
  ['{live}', { live: false }, 'false'],
  ['{$saga}:{$key}', null, 'order:o-1'],
])('%s of %j is %s', (template, input, key) => {
  expect(compileKey(template)(call(input))).toBe(key);
});

test.each([null, 5, 'text', [], {}, { account: null }, { account: {} }, { account: ['a'] }])(
  'an input of %j has the empty key',
  (input) => {
    expect(compileKey('{account}')(call(input))).toBe('');
  },
);

test('what an object inherits is no value of the input', () => {
  expect(compileKey('{constructor.name}')(call({}))).toBe('');
});

test.each([
  ['fixed', 'all calls would have one key'],
  ['', 'all calls would have one key'],
  ['{$idempotencyKey}', 'cannot stand in a key'],
  ['{$tenant}', 'cannot stand in a key'],
  ['secret://ACCOUNT', 'cannot stand in a key'],
  ['{$nothing}', 'names nothing'],
])('%j is refused as a key', (template, why) => {
  expect(keyTemplateFault(template)).toContain(why);
  expect(() => compileKey(template)).toThrow(RangeError);
});
