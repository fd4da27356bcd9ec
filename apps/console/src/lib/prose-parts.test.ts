import { expect, test } from 'vitest';
import { prosePartsOf } from './prose-parts.ts';

const commands = (sentence: string) =>
  prosePartsOf(sentence).flatMap(({ kind, text }) => (kind === 'command' ? [text] : []));

test.each([
  [
    "by holdfast waits complete order 'o. 1' kitchen.ready '{}'. At 2026-11-21T00:15:00Z it expires.",
    ["holdfast waits complete order 'o. 1' kitchen.ready '{}'"],
  ],
  [
    'new keys: holdfast sagas restart order o-1 --dry-run says what that would repeat.',
    ['holdfast sagas restart order o-1 --dry-run'],
  ],
  ['Redrive, once mended: holdfast sagas redrive order o-1', ['holdfast sagas redrive order o-1']],
  [
    "resolve it: holdfast effects resolve ab12 --succeeded --output '{}'",
    ["holdfast effects resolve ab12 --succeeded --output '{}'"],
  ],
  [
    'Cancel: holdfast sagas cancel bread rye-2. It is then undone.',
    ['holdfast sagas cancel bread rye-2'],
  ],
  ['this is a fault of Holdfast', []],
])('%s holds %j', (sentence, found) => {
  expect(commands(sentence)).toEqual(found);
});

test('nothing is lost between the parts, and times are told apart', () => {
  const sentence = 'It waits until 2026-11-21T00:15:00Z, since 2026-11-21T00:00:00.123Z.';
  const parts = prosePartsOf(sentence);
  expect(parts.map(({ text }) => text).join('')).toBe(sentence);
  expect(parts.map(({ kind }) => kind)).toEqual(['text', 'time', 'text', 'time', 'text']);
});
