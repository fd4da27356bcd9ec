import { HoldfastError } from '@holdfast/core';

/** Position in a list: numbers and texts, as the list's order needs them. */
export type CursorParts = readonly (number | string)[];

/** An opaque cursor: base64url of JSON. `list` keeps one list's cursor from being used on another. */
export function encodeCursor(list: string, parts: CursorParts): string {
  return Buffer.from(JSON.stringify([list, ...parts])).toString('base64url');
}

/**
 * The parts of a cursor; null when none was given.
 *
 * @param shape what each part must be
 * @throws HoldfastError `request.invalid` when it is not a cursor of this list.
 */
export function decodeCursor<const Shape extends readonly ('number' | 'string')[]>(
  list: string,
  cursor: string | undefined,
  shape: Shape,
): PartsOf<Shape> | null {
  if (cursor === undefined) return null;
  const parts = readParts(cursor);
  const isOurs = parts !== null && parts[0] === list && parts.length === shape.length + 1;
  if (isOurs && shape.every((type, i) => typeof parts[i + 1] === type)) {
    return parts.slice(1) as PartsOf<Shape>;
  }
  throw new HoldfastError('request.invalid', 'cursor is not one that this list has given', {
    hint: 'Start again without a cursor.',
    faults: [{ at: 'cursor', message: 'not a cursor of this list' }],
  });
}

type PartsOf<Shape extends readonly ('number' | 'string')[]> = {
  [I in keyof Shape]: Shape[I] extends 'number' ? number : string;
};

function readParts(cursor: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : null;
  } catch {
    // Not JSON: the caller is told by the refusal above.
    return null;
  }
}
