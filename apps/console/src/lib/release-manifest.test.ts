import { expect, test } from 'vitest';
import { waitSchemaOf } from './release-manifest.ts';

test('the schema of a wait is that of its definition in the manifest; without one anything is taken', () => {
  const schema = { type: 'object', properties: { shelf: { type: 'string' } } };
  const manifest = { waits: [{ name: 'asked' }, { name: 'kitchen.ready', schema }] };
  expect(waitSchemaOf(manifest, 'kitchen.ready')).toBe(schema);
  expect(waitSchemaOf(manifest, 'asked')).toBeNull();
  expect(waitSchemaOf(manifest, 'nobody')).toBeNull();
  expect(waitSchemaOf({}, 'asked')).toBeNull();
});
