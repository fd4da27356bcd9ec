/**
 * The search fields of a run. They follow from what the run follows from, so nothing of them is kept in its history: a
 * repeated run comes to the same values (I6).
 *
 * @module
 */
import { type SearchValues, searchText } from '@holdfast/core';

/** What a search field may hold. Numbers and booleans are kept as JSON writes them; null, undefined and '' are none. */
export type SearchValue = string | number | boolean | null | undefined;

type Named = Readonly<Record<string, ((from: never) => unknown) | null>>;

export class SearchBook {
  readonly #what: string;
  readonly #named: Named;
  readonly #values = new Map<string, string>();

  /** @param from what the fields' functions are given: a saga's input, a reducer's state @throws TypeError for a value that cannot be one */
  constructor(what: string, named: Named, from: unknown) {
    this.#what = what;
    this.#named = named;
    for (const [field, valueOf] of Object.entries(named)) {
      if (valueOf !== null) this.#set(field, valueOf(from as never));
    }
  }

  /** @throws TypeError for a field that is not named, and for a value that cannot be one. */
  set(values: Readonly<Record<string, unknown>>): void {
    for (const [field, value] of Object.entries(values)) {
      if (!Object.hasOwn(this.#named, field)) {
        throw new TypeError(
          `${this.#what} names no search field ${field}; it names ${Object.keys(this.#named).join(', ')}`,
        );
      }
      this.#set(field, value);
    }
  }

  get values(): SearchValues {
    return Object.fromEntries(this.#values);
  }

  #set(field: string, value: unknown): void {
    const text = searchText(field, value);
    if (text === null) this.#values.delete(field);
    else this.#values.set(field, text);
  }
}
