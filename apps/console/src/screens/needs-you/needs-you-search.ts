import { oneOf } from '../../lib/url-state.ts';

export interface NeedsYouSearch {
  /** Id of the group that is looked at. */
  readonly group?: string;
}

export function readNeedsYouSearch(search: Readonly<Record<string, unknown>>): NeedsYouSearch {
  const group = oneOf(search, 'group');
  return group === undefined ? {} : { group };
}
