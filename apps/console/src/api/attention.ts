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

export const attentionItemsQuery = (group: string) =>
  pages(['attention', 'items', group], TOPICS, (page) => api().attention.list(group, page));
