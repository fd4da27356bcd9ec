import { DEFAULT_PAGE_LIMIT, HoldfastError } from '@holdfast/core';
import type { Page } from '@holdfast/core';

interface PageRequest {
  readonly limit?: number;
  readonly cursor?: string;
  /** What the name must begin with. */
  readonly prefix?: string;
}

/**
 * A page of what is held in memory, by name. What comes and goes meanwhile shifts nothing: a page goes on after the last
 * name of the one before.
 *
 * @param list keeps one list's cursor from being used on another
 * @throws HoldfastError `request.invalid` when the cursor is not one of this list
 */
export function pageByName<T>(
  list: string,
  items: readonly T[],
  nameOf: (item: T) => string,
  { limit = DEFAULT_PAGE_LIMIT, cursor, prefix = '' }: PageRequest,
): Page<T> {
  const after = cursor === undefined ? null : nameIn(list, cursor);
  const rest = items
    .filter((item) => {
      const name = nameOf(item);
      return name.startsWith(prefix) && (after === null || name > after);
    })
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const isLast = last === undefined || rest.length <= limit;
  return { items: page, next: isLast ? null : cursorOf(list, nameOf(last)) };
}

function cursorOf(list: string, name: string): string {
  return Buffer.from(JSON.stringify([list, name])).toString('base64url');
}

function nameIn(list: string, cursor: string): string {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === 2 && parts[0] === list) {
      const name: unknown = parts[1];
      if (typeof name === 'string') return name;
    }
  } catch {
    // Not JSON: refused below.
  }
  throw new HoldfastError('request.invalid', 'cursor is not one that this list has given', {
    hint: 'Start again without a cursor.',
    faults: [{ at: 'cursor', message: 'not a cursor of this list' }],
  });
}
