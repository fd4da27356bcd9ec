import { expect, test } from 'vitest';
import { fieldOf } from '../../lib/schema-fields.ts';
import { deadlineOf, endingOf, isOneTouch, questionOf } from './wait-story.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;

test.each<[number | null, RegExp | null]>([
  [null, null],
  [NOW + 12 * MINUTE + 30_000, /^Until 12:12, 12 min left$/],
  [NOW + 40_000, /^Until 12:00, less than a minute left$/],
  [NOW - MINUTE, /^Until 11:59, which has passed$/],
  [NOW + 25 * 60 * MINUTE, /^Until Mon,? 2 Mar,? 13:00, 1 d 1 h left$/],
])('a wait until %s says %s', (expiresAt, text) => {
  const said = deadlineOf(expiresAt, NOW, 'en-GB', 'UTC');
  if (text === null) expect(said).toBeNull();
  else expect(said).toMatch(text);
});

test('what is asked is the title, else the name', () => {
  expect(questionOf({ name: 'kitchen.ready', title: 'The order stands ready' })).toBe(
    'The order stands ready',
  );
  expect(questionOf({ name: 'kitchen.ready', title: null })).toBe('Kitchen ready');
  expect(questionOf({ name: 'kitchen.ready', title: '' })).toBe('Kitchen ready');
});

test('who answered hears that it is done, who comes later that it was', () => {
  expect(endingOf('completed', true).title).toBe('Done');
  expect(endingOf('completed', false).title).toBe('Already done');
  expect(endingOf('expired', true).title).toBe('Too late');
  expect(endingOf('closed', false).good).toBe(false);
});

test('one touch is enough where nothing has to be filled in', () => {
  const shelf = { shelf: { type: 'string' } };
  expect(isOneTouch(fieldOf({ type: 'object', properties: shelf }))).toBe(true);
  expect(isOneTouch(fieldOf({ type: 'object', properties: shelf, required: ['shelf'] }))).toBe(
    false,
  );
  expect(isOneTouch(fieldOf(null))).toBe(true);
});
