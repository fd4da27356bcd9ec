import { expect, test } from 'vitest';
import { sizeText } from './size-text.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [940 * 1024 ** 2, '940 MiB'],
  [12.345 * 1024 ** 3, '12.3 GiB'],
  [3 * 1024 ** 4, '3 TiB'],
])('%d bytes read %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
