/**
 * What needs a person: groups, the things of a group, and the acts on them.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pages } from './queries.ts';

/** What changes it. */
const TOPICS = ['sagas', 'effects', 'quarantine'] as const;

export const attentionQuery = () =>
  queryOptions({
    queryKey: ['attention'],
    queryFn: () => api().attention.get(),
    meta: { topics: TOPICS },
  });

/**
 * How much needs a person, for the corner of the eye on every screen: now and then is enough, where its topics would
 * have it asked four times a second.
 */
export const attentionTotalQuery = queryOptions({
  queryKey: ['attention', 'total'],
  queryFn: async () => (await api().attention.get()).total,
  refetchInterval: 5_000,
});

export const attentionItemsQuery = (group: string) =>
  pages(['attention', 'items', group], TOPICS, (page) => api().attention.list(group, page));
