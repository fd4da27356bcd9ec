/**
 * One function for each thing a screen asks, as TanStack Query options: the key, the call, and the topics that make it
 * stale. Keys begin with the topic, then the tenant's choice is implied: a switch of tenant clears the cache.
 *
 * @module
 */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ChangeTopic, Page } from '@holdfast/core';
import { isLongList } from '../lib/long-lists.ts';
import { api } from './client.ts';

/** Rows asked for at one time. */
const PAGE_LIMIT = 100;

const isShort = ({ state }: { readonly state: { readonly data: unknown } }): boolean =>
  !isLongList(state.data);
const WHILE_SHORT = {
  refetchOnWindowFocus: isShort,
  refetchOnMount: isShort,
  refetchOnReconnect: isShort,
};

/** A list by cursor, for `useInfiniteQuery` and the table's `load more`. */
export function pages<Item>(
  key: readonly unknown[],
  topics: readonly ChangeTopic[],
  list: (page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>,
) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) =>
      list({ limit: PAGE_LIMIT, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    ...WHILE_SHORT,
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

/** Gauges have no topic: they move without an event. Asked again now and then, while on the screen. */
const GAUGES_MS = 5_000;

/** Is anything lost, is it well, what needs a person. */
export const overviewQuery = () =>
  queryOptions({
    queryKey: ['overview'],
    queryFn: () => api().overview.get(),
    meta: { topics: ['sagas', 'effects', 'schedules', 'quarantine'] },
    refetchInterval: GAUGES_MS,
  });

/** The last `minutes` of what the server samples. */
export const seriesQuery = (minutes: number) =>
  queryOptions({
    queryKey: ['overview', 'series', minutes],
    queryFn: () => api().overview.series({ minutes }),
    refetchInterval: 2 * GAUGES_MS,
    placeholderData: keepPreviousData,
  });

/** Search fields that the sagas of active releases name. */
export const sagaFieldsQuery = () =>
  queryOptions({
    queryKey: ['sagas', 'fields'],
    queryFn: () => api().sagas.fields(),
    staleTime: 60_000,
    meta: { topics: ['releases'] },
  });

export interface InstanceAddress {
  readonly saga: string;
  readonly key: string;
  /** Default: the current run. */
  readonly run?: number | undefined;
}

function runOf({ run }: InstanceAddress): { readonly run?: number } {
  return run === undefined ? {} : { run };
}

const instanceKey = (of: InstanceAddress) => ['sagas', 'one', of.saga, of.key, of.run ?? null];

export const instanceQuery = (of: InstanceAddress) =>
  queryOptions({
    queryKey: instanceKey(of),
    queryFn: () => api().sagas.get(of.saga, of.key, runOf(of)),
    meta: { topics: ['sagas', 'effects', 'waits'] },
  });

/** Decisions of a story that are asked for at one time: all of nearly every saga, the latest of a device's. */
export const STORY_PART = 100;

/** The newest part of the story; the next page is what came before it. */
export const timelineQuery = (of: InstanceAddress) =>
  infiniteQueryOptions({
    queryKey: ['sagas', 'timeline', of.saga, of.key, of.run ?? null],
    queryFn: ({ pageParam: before }) =>
      api().sagas.timeline(of.saga, of.key, {
        ...runOf(of),
        limit: STORY_PART,
        ...(before === null ? {} : { before }),
      }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ earlier }) => earlier,
    ...WHILE_SHORT,
    meta: { topics: ['sagas', 'effects', 'waits', 'schedules'], follows: instanceKey(of) },
  });

/** A version never changes once it is there. */
export const stateAtQuery = (of: InstanceAddress, version: number) =>
  queryOptions({
    queryKey: ['sagas', 'at', of.saga, of.key, of.run ?? null, version],
    queryFn: () => api().sagas.at(of.saga, of.key, version, runOf(of)),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

/** Where it stands and why; at a version, what that decision asked for and from which line. */
export const explainQuery = (of: InstanceAddress, version?: number) =>
  queryOptions({
    queryKey: ['sagas', 'explain', of.saga, of.key, of.run ?? null, version ?? null],
    queryFn: () =>
      api().sagas.explain(of.saga, of.key, {
        ...runOf(of),
        ...(version === undefined ? {} : { version }),
      }),
    ...(version === undefined
      ? { meta: { topics: ['sagas', 'effects', 'waits'], follows: instanceKey(of) } }
      : { staleTime: 60_000 }),
  });
