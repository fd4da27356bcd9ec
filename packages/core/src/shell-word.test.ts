import { expect, test } from 'vitest';
import { shellCommand, shellWord } from './shell-word.ts';

test.each([
  ['order-42', 'order-42'],
  ['/a/b-c.d', '/a/b-c.d'],
  ['', "''"],
  ['two words', "'two words'"],
  ["it's", String.raw`'it'\''s'`],
  ['$(id)', "'$(id)'"],
  ['a;b', "'a;b'"],
  ['~root', "'~root'"],
  ['-x', "'-x'"],
  // zsh takes a word that begins so for the path of a command.
  ['=ls', "'=ls'"],
  ['a=b', 'a=b'],
  ['ü', "'ü'"],
])('%j as one word: %s', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test('an operand that begins like an option is none', () => {
  expect(shellCommand('holdfast sagas show', ['order', 'o-1'])).toBe(
    'holdfast sagas show order o-1',
  );
  expect(shellCommand('holdfast sagas restart', ['order', 'o 1'], '--dry-run')).toBe(
    "holdfast sagas restart order 'o 1' --dry-run",
  );
  expect(shellCommand('holdfast sagas restart', ['order', '--url=http://x'], '--dry-run')).toBe(
    "holdfast sagas restart --dry-run -- order '--url=http://x'",
  );
});
