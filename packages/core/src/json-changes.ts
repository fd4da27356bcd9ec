/**
 * How one JSON value differs from another, by JSON pointer (RFC 6901).
 *
 * @module
 */
import type { StateChange } from './wire/resources.ts';

type Json = Exclude<StateChange['before'], undefined>;

/**
 * The differences in the order of `before`, then what `after` adds. Members of objects and items of lists are compared
 * one by one; anything else as a whole.
 *
 * @param before undefined for nothing at all
 * @param most where the list ends
 */
export function jsonChanges(before: Json | undefined, after: Json, most: number): StateChange[] {
  const changes: StateChange[] = [];
  compare('', before, after, { changes, most });
  return changes;
}

interface Comparison {
  readonly changes: StateChange[];
  readonly most: number;
}

function compare(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
  comparison: Comparison,
): void {
  const { changes, most } = comparison;
  if (changes.length >= most || before === after) return;
  if (before === undefined) {
    if (after !== undefined) changes.push({ path, kind: 'added', after });
    return;
  }
  if (after === undefined) {
    changes.push({ path, kind: 'removed', before });
    return;
  }
  const [had, has] = [membersOf(before), membersOf(after)];
  if (had === null || has === null || Array.isArray(before) !== Array.isArray(after)) {
    changes.push({ path, kind: 'changed', before, after });
    return;
  }
  for (const name of new Set([...had.keys(), ...has.keys()]))
    compare(`${path}/${escaped(name)}`, had.get(name), has.get(name), comparison);
}

/** Null for what has none. */
function membersOf(json: Json): ReadonlyMap<string, Json> | null {
  return typeof json === 'object' && json !== null ? new Map(Object.entries(json)) : null;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
