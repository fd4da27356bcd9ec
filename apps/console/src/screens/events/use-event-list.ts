/**
 * The list of events: what the journal has, and on top of it what comes while one looks.
 *
 * The tail begins after the newest event of the first page, so that between the two nothing is missed. When more came
 * than is kept, the older pages no longer join what is shown: they are asked for anew, from the oldest that is shown
 * on, once the list is held.
 *
 * @module
 */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { EventResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { pages } from '../../api/queries.ts';
import { listFilterOf, matchesRest, tailFilterOf } from './event-search.ts';
import type { EventSearch } from './event-search.ts';
import { LiveTail } from './live-tail.ts';
import type { TailView } from './live-tail.ts';

/** Asked when it is opened, and never again by itself: the tail brings what is new. */
const listQuery = (search: EventSearch) => ({
  ...pages<EventResource>(['events', 'list', search], [], (page) =>
    api().events.list({ ...listFilterOf(search), ...page }),
  ),
  staleTime: Infinity,
  gcTime: 0,
  refetchOnWindowFocus: false,
});

export interface EventList {
  readonly rows: readonly EventResource[];
  readonly view: TailView;
  readonly live: boolean;
  readonly hold: (held: boolean) => void;
  readonly loading: boolean;
  readonly error: unknown;
  /** Why nothing new arrives; null while the tail runs. */
  readonly tailError: unknown;
  readonly retry: () => void;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly onMore: () => void;
}

export function useEventList(search: EventSearch): EventList {
  // Who uses it with another search mounts anew.
  const [tail] = useState(() => new LiveTail());
  const view = useSyncExternalStore(tail.subscribe, tail.view);
  const [tailError, setTailError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  const first = useInfiniteQuery(listQuery(search));
  // A range that has ended gets nothing new.
  const live = search.to === undefined;
  const head = first.data?.pages[0];
  const headSeq = head === undefined ? null : (head.items[0]?.seq ?? 0);

  useEffect(() => {
    if (!live || headSeq === null) return undefined;
    const stop = new AbortController();
    setTailError(null);
    void follow(tail, search, headSeq, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) setTailError(error);
    });
    return () => {
      stop.abort();
      tail.stop();
    };
  }, [tail, search, live, headSeq, tries]);

  // Below what the tail keeps, the journal is asked again from there.
  const oldest = view.rows.at(-1);
  const anchored = view.trimmed && view.held && oldest !== undefined;
  const older = useInfiniteQuery({
    ...listQuery({ ...search, ...(anchored ? { to: oldest.receivedAt } : {}) }),
    enabled: anchored,
  });
  const below = anchored ? older : first;
  const joined = !view.trimmed || anchored;
  const rows = useMemo(() => {
    const history = joined ? (below.data?.pages.flatMap(({ items }) => items) ?? []) : [];
    const last = view.rows.at(-1)?.seq ?? Infinity;
    return [...view.rows, ...history.filter(({ seq }) => seq < last)];
  }, [view.rows, below.data, joined]);
  const { fetchNextPage } = below;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const { refetch } = first;
  const retry = useCallback(() => {
    setTries((before) => before + 1);
    void refetch();
  }, [refetch]);
  return {
    rows,
    view,
    live,
    hold: useCallback((held: boolean) => tail.hold(held), [tail]),
    loading: first.isPending,
    error: first.error,
    tailError,
    retry,
    hasMore: joined && below.hasNextPage,
    loadingMore: below.isFetchingNextPage,
    onMore,
  };
}

async function follow(
  tail: LiveTail,
  search: EventSearch,
  head: number,
  signal: AbortSignal,
): Promise<void> {
  const after = Math.max(head, tail.newest);
  // An empty list may stand on a long journal: what is older than this moment is not read for it.
  const from = after === 0 ? {} : { after };
  for await (const event of api().events.tail({ ...tailFilterOf(search), ...from, signal })) {
    if (matchesRest(search, event)) tail.push(event);
  }
}
