/**
 * One function for each thing a screen asks, as TanStack Query options: the key, the call, and the topics that make it
 * stale. Keys begin with the topic, then the tenant's choice is implied: a switch of tenant clears the cache.
 *
 * @module
 */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Page } from '@holdfast/core';
import { api } from './client.ts';
import type { Topic } from './live.ts';

/** Rows asked for at one time. */
const PAGE_LIMIT = 100;

/** A list by cursor, for `useInfiniteQuery` and the table's `load more`. */
export function pages<Item>(
  key: readonly unknown[],
  topics: readonly Topic[],
  list: (page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>,
) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) =>
      list({ limit: PAGE_LIMIT, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    meta: { topics },
  });
}

/** `GET /info`: what runs. */
export const infoQuery = () =>
  queryOptions({
    queryKey: ['info'],
    queryFn: () => api().info(),
    meta: { topics: ['releases'] },
    refetchInterval: 15_000,
  });
