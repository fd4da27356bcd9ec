import { expect, test } from 'vitest';
import { outputOfBody, withoutNul } from './output-json.ts';

test.each([
  ['', 'application/json', 'null'],
  ['{"a": 1}', 'application/json', '{"a": 1}'],
  ['{"a":1}', 'application/problem+json; charset=utf-8', '{"a":1}'],
  ['{"a":1}', 'text/plain', '"{\\"a\\":1}"'],
  ['{"a":1}', undefined, '"{\\"a\\":1}"'],
  ['{"a":', 'application/json', '"{\\"a\\":"'],
  ['1', 'application/jsonp', '"1"'],
])('body %j of type %s becomes %s', (body, type, output) =>
  expect(outputOfBody(body, type)).toBe(output),
);

test.each([
  ['a\u0000b', 'a\ufffdb'],
  ['\u0000\u0000', '\ufffd\ufffd'],
  ['\\u0000', '\\u0000'],
  ['\\\u0000', '\\\ufffd'],
])('%j holds no U+0000 any more', (text, cleaned) =>
  expect(JSON.parse(withoutNul(JSON.stringify(text)))).toBe(cleaned),
);
