import { describe, expect, test } from 'vitest';
import { holdsNul, isTooDeep } from './json-text.ts';
import { MAX_JSON_DEPTH } from './limits.ts';

describe('holdsNul', () => {
  test.each([
    ['"\\u0000"', true],
    ['{"a\\u0000":1}', true],
    ['"\\\\\\u0000"', true], // an escaped backslash, then the escape
    ['"\\\\u0000"', false], // an escaped backslash, then plain letters
    ['"\\\\u0000 and \\u0000"', true],
    ['"u0000"', false],
    ['"\\u0001"', false],
    ['null', false],
  ])('%s: %s', (json, expected) => {
    expect(holdsNul(json)).toBe(expected);
    expect(
      JSON.stringify(JSON.parse(json)).includes('\\u0000') && /\0/.test(walk(JSON.parse(json))),
    ).toBe(expected);
  });

  test('stays linear on a long run of backslashes', () => {
    const json = JSON.stringify('\\'.repeat(500_000) + 'u0000');
    expect(holdsNul(json)).toBe(false);
  });
});

describe('isTooDeep', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  test('at the limit and above it', () => {
    expect(isTooDeep(nested(MAX_JSON_DEPTH))).toBe(false);
    expect(isTooDeep(nested(MAX_JSON_DEPTH + 1))).toBe(true);
    expect(
      isTooDeep('{"a":'.repeat(MAX_JSON_DEPTH + 1) + '1' + '}'.repeat(MAX_JSON_DEPTH + 1)),
    ).toBe(true);
  });

  test('does not count brackets inside strings, nor what was closed', () => {
    expect(isTooDeep(JSON.stringify('['.repeat(5000)))).toBe(false);
    expect(isTooDeep(JSON.stringify({ [`\\"${'{'.repeat(5000)}`]: '"[\\'.repeat(5000) }))).toBe(
      false,
    );
    expect(isTooDeep(`[${Array(5000).fill('[]').join(',')}]`)).toBe(false);
  });
});

/** All strings of a value, one after the other. */
function walk(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, member]) => key + walk(member))
    .join('');
}
