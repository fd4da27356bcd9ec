/**
 * Searchable fields: what operators find the instances of a saga by. A saga names its fields; each decision says what
 * they hold.
 *
 * @module
 */

/** Most fields that a saga may name. */
export const MAX_SEARCH_FIELDS = 16;
/** Longest value of a field, in UTF-16 units. */
export const MAX_SEARCH_VALUE_LENGTH = 256;
/** What a field may be called. No ":": `FIELD:VALUE` could not be told apart. */
export const SEARCH_FIELD_NAME = /^[a-zA-Z][a-zA-Z0-9._-]{0,63}$/;

/** Values by field. A field without a value is not there; no value is empty. */
export type SearchValues = Readonly<Record<string, string>>;

/** One thing that is searched for. */
export interface SearchTerm {
  readonly field: string;
  readonly value: string;
  /** Whether values may go on after `value`. */
  readonly isPrefix: boolean;
}

/**
 * Reads `FIELD:VALUE`. A value that ends in `*` finds all that begin with what stands before; one that ends in `\*`
 * means the star itself. Anything else stands for itself, ":" included. Null for what is no term.
 */
export function parseSearchTerm(text: string): SearchTerm | null {
  const colon = text.indexOf(':');
  const field = text.slice(0, Math.max(0, colon));
  const written = text.slice(colon + 1);
  if (!SEARCH_FIELD_NAME.test(field) || written === '') return null;
  if (written.endsWith('\\*')) return { field, value: `${written.slice(0, -2)}*`, isPrefix: false };
  const isPrefix = written.endsWith('*');
  return { field, value: isPrefix ? written.slice(0, -1) : written, isPrefix };
}

/**
 * A field's value as it is kept: text as it stands, numbers and booleans as JSON writes them; null for none.
 *
 * @throws TypeError for anything else, and for a value that is too long, naming the field.
 */
export function searchText(field: string, value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new TypeError(
      `search field ${field} must be text, a number or a boolean, not ${Array.isArray(value) ? 'a list' : `of type ${typeof value}`}`,
    );
  }
  const text = String(value);
  if (text.length > MAX_SEARCH_VALUE_LENGTH) {
    throw new TypeError(
      `search field ${field} is ${text.length} characters long, more than ${MAX_SEARCH_VALUE_LENGTH}: give it a shorter value`,
    );
  }
  return text;
}
