import { oneOf, someOf } from '../../lib/url-state.ts';

export const VIEWS = ['topics', 'clients', 'retained'] as const;
export type View = (typeof VIEWS)[number];

export interface DeviceSearch {
  /** Default: `topics`. */
  readonly view?: View;
  /** Prefix of the topic, or of the client id. */
  readonly prefix?: string;
  /** The live topic that is looked at. */
  readonly topic?: string;
}

export function readDeviceSearch(search: Readonly<Record<string, unknown>>): DeviceSearch {
  const [view] = someOf(search, 'view', VIEWS) ?? [];
  const prefix = oneOf(search, 'prefix');
  const topic = oneOf(search, 'topic');
  return {
    ...(view === undefined ? {} : { view }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(topic === undefined ? {} : { topic }),
  };
}
