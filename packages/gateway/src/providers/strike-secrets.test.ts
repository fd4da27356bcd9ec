import { expect, test } from 'vitest';
import { strikeSecrets } from './strike-secrets.ts';

const SECRET = 'sk_live "ünïque" +/=';

test.each([
  ['as it is', SECRET],
  ['in JSON', JSON.stringify({ got: SECRET })],
  ['in a URL', `https://x/?key=${encodeURIComponent(SECRET)}`],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
  ['more than once', `${SECRET} and ${SECRET}`],
])('a secret is struck %s', (_, text) => {
  const struck = strikeSecrets(`before ${text} after`, [SECRET]);
  expect(struck).toMatch(/^before .*\[secret\].* after$/);
  expect(struck).not.toContain('sk_live');
  expect(struck).not.toContain(Buffer.from('sk_live').toString('base64').slice(0, 8));
});

test('credentials that were put together are known by their looks', () => {
  const basic = Buffer.from('shop:pass word').toString('base64');
  expect(strikeSecrets(`got Basic ${basic}, no`, [])).toBe('got Basic [secret], no');
  expect(strikeSecrets('Authorization: bearer abc.def-123_4', [])).toBe(
    'Authorization: bearer [secret]',
  );
  expect(strikeSecrets('Basic access is off', [])).toBe('Basic access is off');
});

test('what is left of a secret at the end of a text that was cut is struck too', () => {
  expect(strikeSecrets('401: you sent abcdefgh…', ['abcdefghijkl'])).toBe(
    '401: you sent [secret]…',
  );
  expect(strikeSecrets('401: you sent abc…', ['abcdefghijkl'])).toBe('401: you sent abc…');
  expect(strikeSecrets('401: you sent abcdefgh', ['abcdefghijkl'])).toContain('abcdefgh');
});

test('a value too short to be told from other text is left', () => {
  expect(strikeSecrets('port 123 of 123', ['123'])).toBe('port 123 of 123');
});
