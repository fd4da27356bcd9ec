import { oneOf } from '../../lib/url-state.ts';

export interface DocsSearch {
  /** Words to find operations by. */
  readonly q?: string | undefined;
  /** Id of the operation that is shown. */
  readonly op?: string | undefined;
}

export function readDocsSearch(search: Readonly<Record<string, unknown>>): DocsSearch {
  const q = oneOf(search, 'q');
  const op = oneOf(search, 'op');
  return { ...(q === undefined ? {} : { q }), ...(op === undefined ? {} : { op }) };
}
