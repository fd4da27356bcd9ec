import type { JsonText } from '@holdfast/core';
import type { ParsedData } from './fact.ts';

/** Longest data that is read here, in UTF-16 units: larger is for the sandbox's thread, not for the writer's. */
const MAX_DATA_LENGTH = 32 * 1024;

/**
 * The key that lies in an event's data at the end of a path of own members, as the saga's `key` would return it. Null
 * when there is no such text, or none that an instance can be named by: the program is then to be asked.
 *
 * @param parsed the data as a value, where it has been read already
 */
export function staticKey(
  path: readonly string[],
  data: JsonText,
  parsed: ParsedData | null,
): string | null {
  if (parsed === null && data.length > MAX_DATA_LENGTH) return null;
  let value: unknown = parsed === null ? JSON.parse(data) : parsed.value;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  if (typeof value !== 'string' || value === '') return null;
  return value.includes('\u0000') || !value.isWellFormed() ? null : value;
}
