/**
 * The broker's clients and topics.
 *
 * @module
 */
import { isLongList } from '../lib/long-lists.ts';
import { api } from './client.ts';
import { pages } from './queries.ts';

/** No stream tells of the broker's own life: asked again while it is looked at. */
const AGAIN_MS = 3_000;

interface Asked {
  readonly state: { readonly data: unknown };
}

const AGAIN = {
  refetchInterval: ({ state }: Asked) => (isLongList(state.data) ? false : AGAIN_MS),
} as const;

const by = (prefix: string | undefined) => (prefix === undefined ? {} : { prefix });

export const clientsQuery = (prefix?: string) => ({
  ...pages(['mqtt', 'clients', prefix], [], (page) =>
    api().mqtt.clients({ ...page, ...by(prefix) }),
  ),
  ...AGAIN,
});
export const retainedQuery = (prefix?: string) => ({
  ...pages(['mqtt', 'retained', prefix], [], (page) =>
    api().mqtt.retained({ ...page, ...by(prefix) }),
  ),
  ...AGAIN,
});
export const topicsQuery = (prefix?: string) => ({
  ...pages(['mqtt', 'topics', prefix], [], (page) => api().mqtt.topics({ ...page, ...by(prefix) })),
  ...AGAIN,
});
