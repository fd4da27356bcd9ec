/**
 * The broker's clients and topics.
 *
 * @module
 */
import type { Query } from '@tanstack/react-query';
import { isLongList } from '../lib/long-lists.ts';
import { pageCount } from '../lib/page-count.ts';
import { api } from './client.ts';
import { pages } from './queries.ts';

const AGAIN_MS = 3_000;
/** No stream tells of the broker's own life: asked again while it is looked at, a list of more pages less often. */
const AGAIN = {
  refetchInterval: ({ state }: Pick<Query, 'state'>) =>
    isLongList(state.data) ? false : AGAIN_MS * pageCount(state.data),
};

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
