import { numberOf, oneOf } from '../../lib/url-state.ts';

export type StoryView = 'chart' | 'list';

/** What of one instance is looked at, as the address holds it. */
export interface InstanceSearch {
  /** Default: the current run. */
  readonly run?: number | undefined;
  /** The scrubber's. Default: the newest. */
  readonly version?: number | undefined;
  /** Default: `chart`. */
  readonly story?: StoryView | undefined;
}

export function readInstanceSearch(search: Readonly<Record<string, unknown>>): InstanceSearch {
  const run = numberOf(search, 'run', 1);
  const version = numberOf(search, 'version', 1);
  return {
    ...(run === undefined ? {} : { run }),
    ...(version === undefined ? {} : { version }),
    ...(oneOf(search, 'story') === 'list' ? { story: 'list' as const } : {}),
  };
}
