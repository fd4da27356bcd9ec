import { expect, test } from 'vitest';
import { asciiDrawing, showsUnicode } from './drawing.ts';

test.each([
  [{}, true],
  [{ LANG: 'de_DE.UTF-8' }, true],
  [{ LANG: 'C.utf8' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'en_US.ISO-8859-1' }, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }, false],
  [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8', LC_ALL: '' }, true],
])('a locale as %j shows more than ASCII: %j', (env, shows) => {
  expect(showsUnicode(env)).toBe(shows);
});

test('what came from outside stays as it is', () => {
  expect(asciiDrawing('● Zoë paid 3 € → ✓')).toBe('o Zoë paid 3 € > +');
});
