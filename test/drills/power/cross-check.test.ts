import { expect, test } from 'vitest';
import { missingTools } from '../../support/tools.ts';
import { crossCheck } from './cross-check.ts';

test('the library that records calls sees the same bytes and syncs of each file as strace', async (context) => {
  const missing = missingTools('gcc', 'strace');
  if (missing !== null) return context.skip(missing);
  const { files, bytes, syncs, faults } = await crossCheck();
  expect(faults).toEqual([]);
  // Neither may have seen nothing.
  expect(files).toBeGreaterThan(8);
  expect(bytes).toBeGreaterThan(200_000);
  expect(syncs).toBeGreaterThan(50);
});
