/**
 * What stands behind the `?` of a page's address: flat text, so that a filtered view can be read, typed and shared.
 * A name that stands there several times is a list.
 *
 * @module
 */

/**
 * As `search` of TanStack Router: `'?status=failed&status=blocked'` to `{ status: ['failed', 'blocked'] }`. Only text:
 * each screen reads numbers and choices out of it itself.
 */
export function parseUrlState(search: string): Record<string, string | string[]> {
  // A map: what is named like a member of every object (`constructor`, `__proto__`) is a name like any other.
  const state = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(search)) {
    const before = state.get(name);
    if (before === undefined) state.set(name, value);
    else state.set(name, Array.isArray(before) ? [...before, value] : [before, value]);
  }
  return Object.fromEntries(state);
}

/** The reverse. What is undefined, null or empty is left out, so that an unset filter leaves no trace. */
export function writeUrlState(state: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const one of values) {
      if (typeof one === 'string' && one !== '') parameters.append(name, one);
      if (typeof one === 'number' || typeof one === 'boolean') parameters.append(name, String(one));
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** The one text under a name, or undefined: the last where there are several. */
export function oneOf(state: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = state[name];
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' && last !== '' ? last : undefined;
}

/** All under a name that are allowed; what is not is left out rather than refused: addresses are typed by people. */
export function someOf<T extends string>(
  state: Readonly<Record<string, unknown>>,
  name: string,
  allowed: readonly T[],
): readonly T[] | undefined {
  const value = state[name];
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = allowed.filter((one) => given.includes(one));
  return found.length === 0 ? undefined : found;
}

/** A whole number of at least `least`, or undefined. */
export function numberOf(
  state: Readonly<Record<string, unknown>>,
  name: string,
  least = 0,
): number | undefined {
  const text = oneOf(state, name);
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least ? value : undefined;
}
