import { describe, expect, test } from 'vitest';
import { MAX_JSON_DEPTH, parseJson, valueFault } from './json-value.ts';

describe('parseJson names the place of a fault', () => {
  test.each([
    ['', 'line 1, column 1', 'the text ends'],
    ['abc', 'line 1, column 1', 'found "a"'],
    ['{"a": 1,}', 'line 1, column 9', 'found "}"'],
    ['{"a": tru}', 'line 1, column 7', 'found "t"'],
    ['[1, 2', 'line 1, column 6', 'the text ends'],
    ['{\n  "a": x\n}', 'line 2, column 8', 'found "x"'],
    ['{"a" 1}', 'line 1, column 6', 'found "1"'],
    ['1 2', 'line 1, column 3', 'found "2"'],
    ['{"a":1]', 'line 1, column 7', 'found "]"'],
    ['[1,,2]', 'line 1, column 4', 'found ","'],
    ['{1:2}', 'line 1, column 2', 'found "1"'],
    ['01', 'line 1, column 2', 'found "1"'],
  ])('%j', (text, at, found) => {
    const parsed = parseJson(text);
    if (parsed.ok) throw new Error('parsed');
    expect(parsed.fault.at).toBe(at);
    expect(parsed.fault.message).toBe(`not JSON: ${found}`);
  });

  test('it agrees with JSON.parse on long texts with an unexpected token', () => {
    const text = `[${'"x", '.repeat(100)}?${', "y"'.repeat(100)}]`;
    const parsed = parseJson(text);
    expect(parsed).toMatchObject({
      ok: false,
      fault: { at: `line 1, column ${text.indexOf('?') + 1}` },
    });
  });
});

describe('valueFault', () => {
  test('finds U+0000 in values and in names, by pointer', () => {
    expect(valueFault({ a: ['x', { 'b/c': 'n\u0000' }] }, '/data')).toEqual({
      at: '/data/a/1/b~1c',
      message: 'holds U+0000',
    });
    expect(valueFault({ a: { 'n\u0000': 1 } }, '/data')?.at).toBe('/data/a');
    expect(valueFault({ a: 'the text \\u0000 is six characters' }, '/data')).toBeNull();
  });

  test('finds numbers that JSON would write as null', () => {
    const at = (text: string) => valueFault(JSON.parse(text), '/data')?.at ?? null;
    expect(at('1e400')).toBe('/data');
    expect(at('[1,-1e999]')).toBe('/data/1');
    expect(at('{"a":{"b":1e400}}')).toBe('/data/a/b');
    expect(at('[1.7976931348623157e308,-5e-324,0]')).toBeNull();
  });

  test('refuses nesting beyond the limit without exhausting the stack', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(valueFault(nested(MAX_JSON_DEPTH), '')).toBeNull();
    expect(valueFault(nested(MAX_JSON_DEPTH + 1), '')?.message).toContain('nested deeper');
    expect(valueFault(nested(200_000), '')?.message).toContain('nested deeper');
  });
});
