/**
 * A table of what the server lists page by page: asked for as it is scrolled, and what went wrong said above it.
 *
 * @module
 */
import { useRouterState } from '@tanstack/react-router';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';
import type { pages } from '../api/queries.ts';
import { formatCount } from '../lib/format.ts';
import { Problem } from './problem.tsx';
import { StandsStill, useBackToNewest } from './stands-still.tsx';
import { Table } from './table.tsx';
import type { TableProps } from './table.tsx';

export interface PagedRows<Row> {
  /** All that has been loaded. */
  readonly rows: readonly Row[];
  readonly error: Error | null;
  readonly loading: boolean;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly onMore: () => void;
  readonly onRetry: () => void;
  /** How to go back to the newest, where the list stands still because it is long; null while it is kept true. */
  readonly onNewest: (() => void) | null;
}

/** @param options as `pages` makes them */
export function usePagedRows<Row>(options: ReturnType<typeof pages<Row>>): PagedRows<Row> {
  const query = useInfiniteQuery(options);
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const { fetchNextPage, refetch } = query;
  const onNewest = useBackToNewest(options.queryKey, query.data);
  return {
    rows,
    error: query.error,
    loading: query.isPending,
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    onMore: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    onRetry: useCallback(() => void refetch(), [refetch]),
    onNewest,
  };
}

/** How far each entry of the history was scrolled: whoever comes back to a list finds it where it was. */
const offsets = new Map<string, number>();

type Given =
  | 'rows'
  | 'loading'
  | 'hasMore'
  | 'loadingMore'
  | 'onMore'
  | 'scroller'
  | 'offset'
  | 'onOffset';

interface PagedTableProps<Row> extends Omit<TableProps<Row>, Given> {
  readonly paged: PagedRows<Row>;
  /** What failed, where the list cannot be read: `Effects cannot be listed`. */
  readonly problem: string;
}

export function PagedTable<Row>({ paged, problem, empty, ...table }: PagedTableProps<Row>) {
  const { rows, error, loading, hasMore, loadingMore, onMore, onRetry, onNewest } = paged;
  const scroller = useRef<HTMLDivElement>(null);
  const entry = useRouterState({ select: ({ location }) => location.state.__TSR_key }) ?? '';
  return (
    <>
      {error !== null && (
        <div className="p-3 md:p-4">
          <Problem error={error} title={problem} onRetry={onRetry} />
        </div>
      )}
      {onNewest !== null && (
        <StandsStill
          what={`these ${formatCount(rows.length)} rows are`}
          onNewest={() => {
            scroller.current?.scrollTo({ top: 0 });
            onNewest();
          }}
        />
      )}
      <Table
        {...table}
        scroller={scroller}
        offset={offsets.get(entry) ?? 0}
        onOffset={(offset) => offsets.set(entry, offset)}
        rows={rows}
        loading={loading}
        hasMore={hasMore}
        loadingMore={loadingMore}
        onMore={onMore}
        // A list that could not be read is not an empty one.
        empty={error === null && empty}
      />
    </>
  );
}
