/**
 * A table of what the server lists page by page: asked for as it is scrolled, and what went wrong said above it.
 *
 * @module
 */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { pages } from '../api/queries.ts';
import { Problem } from './problem.tsx';
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
}

/** @param options as `pages` makes them */
export function usePagedRows<Row>(options: ReturnType<typeof pages<Row>>): PagedRows<Row> {
  const query = useInfiniteQuery(options);
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const { fetchNextPage, refetch } = query;
  return {
    rows,
    error: query.error,
    loading: query.isPending,
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    onMore: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    onRetry: useCallback(() => void refetch(), [refetch]),
  };
}

type Given = 'rows' | 'loading' | 'hasMore' | 'loadingMore' | 'onMore';

interface PagedTableProps<Row> extends Omit<TableProps<Row>, Given> {
  readonly paged: PagedRows<Row>;
  /** What failed, where the list cannot be read: `Effects cannot be listed`. */
  readonly problem: string;
}

export function PagedTable<Row>({ paged, problem, empty, ...table }: PagedTableProps<Row>) {
  const { rows, error, loading, hasMore, loadingMore, onMore, onRetry } = paged;
  return (
    <>
      {error !== null && (
        <div className="p-3 md:p-4">
          <Problem error={error} title={problem} onRetry={onRetry} />
        </div>
      )}
      <Table
        {...table}
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
