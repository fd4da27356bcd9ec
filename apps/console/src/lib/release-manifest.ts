/**
 * What a form needs of a release's manifest, as the API shows it.
 *
 * @module
 */
import type { Json } from '@holdfast/core';

/** JSON Schema of what completes a wait; null where anything is taken. */
export function waitSchemaOf(manifest: Json, definition: string): Json {
  const waits = memberOf(manifest, 'waits');
  if (!Array.isArray(waits)) return null;
  const found = (waits as readonly Json[]).find((wait) => memberOf(wait, 'name') === definition);
  return found === undefined ? null : memberOf(found, 'schema');
}

function memberOf(value: Json, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return (value as Readonly<Record<string, Json>>)[name] ?? null;
}
