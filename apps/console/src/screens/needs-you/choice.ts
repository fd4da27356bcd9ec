/**
 * Which things of a group are chosen: none, some by their names, or all there are, including those not loaded.
 *
 * @module
 */

export type Choice =
  | { readonly all: true }
  | { readonly all: false; readonly items: ReadonlySet<string> };

export const NONE: Choice = { all: false, items: new Set() };
export const ALL: Choice = { all: true };

export function isChosen(choice: Choice, item: string): boolean {
  return choice.all || choice.items.has(item);
}

/** One more or one less. From `all` it becomes all that are loaded without this one. */
export function toggle(choice: Choice, item: string, loaded: readonly string[]): Choice {
  const items = new Set(choice.all ? loaded : choice.items);
  if (!items.delete(item)) items.add(item);
  return { all: false, items };
}

/** Without what is no longer there: somebody else, or the saga itself, may have settled it. */
export function stillThere(choice: Choice, loaded: readonly string[]): Choice {
  if (choice.all) return choice;
  const items = new Set(loaded.filter((item) => choice.items.has(item)));
  return items.size === choice.items.size ? choice : { all: false, items };
}

/** How many things an act on the choice is about. */
export function countOf(choice: Choice, total: number): number {
  return choice.all ? total : choice.items.size;
}
