import { describe, expect, test } from 'vitest';
import { staticKey } from './static-key.ts';

describe('a key read without the program', () => {
  test('is the text at the end of the path', () => {
    expect(staticKey(['orderId'], '{"orderId":"o-1"}', null)).toBe('o-1');
    expect(staticKey(['order', 'id'], '{"order":{"id":"ä"}}', null)).toBe('ä');
    expect(staticKey(['__proto__'], '{"__proto__":"own"}', null)).toBe('own');
  });

  test.each([
    ['a number', ['id'], '{"id":7}'],
    ['nothing', ['id'], '{}'],
    ['an empty text', ['id'], '{"id":""}'],
    ['null on the way', ['a', 'id'], '{"a":null}'],
    ['data that is no object', ['length'], '"text"'],
    ['something inherited', ['constructor', 'name'], '{}'],
    ['half of a surrogate pair', ['id'], String.raw`{"id":"\ud800"}`],
    ['U+0000', ['id'], String.raw`{"id":"a\u0000b"}`],
    ['more data than is read here', ['id'], `{"id":"o-1","note":"${'x'.repeat(40_000)}"}`],
  ])('is left to it where there is %s', (_, path, data) => {
    expect(staticKey(path, data, null)).toBeNull();
  });

  test('is taken from data that was read before, of any length', () => {
    const data = `{"id":"o-1","note":"${'x'.repeat(40_000)}"}`;
    expect(staticKey(['id'], data, { value: JSON.parse(data) })).toBe('o-1');
  });
});
