import { someOf } from '../../lib/url-state.ts';

export const VIEWS = ['keys', 'audit', 'secrets'] as const;
export type View = (typeof VIEWS)[number];

export interface AccessSearch {
  /** Default `keys`. */
  readonly view?: View;
}

export function readAccessSearch(search: Readonly<Record<string, unknown>>): AccessSearch {
  const view = someOf(search, 'view', VIEWS)?.[0];
  return view === undefined ? {} : { view };
}
