import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { SagaFilter, SagaSummary } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { pages } from '../../api/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { Page } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Table } from '../../ui/table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { STATUSES } from './saga-search.ts';
import type { SagaSearch } from './saga-search.ts';

const route = getRouteApi('/shell/sagas');

const COLUMNS: readonly Column<SagaSummary>[] = [
  {
    id: 'status',
    header: 'Status',
    width: '8rem',
    cell: ({ status }) => <Badge status={status} />,
  },
  { id: 'saga', header: 'Saga', width: 'minmax(0, 1fr)', phone: false, cell: ({ saga }) => saga },
  {
    id: 'key',
    header: 'Key',
    width: 'minmax(0, 2fr)',
    cell: ({ key }) => <span className="font-mono text-xs">{key}</span>,
  },
  {
    id: 'updated',
    header: 'Changed',
    width: '6rem',
    align: 'end',
    cell: ({ updatedAt }) => <Time at={updatedAt} />,
  },
];

const sagasQuery = (filter: SagaFilter) =>
  pages(['sagas', 'list', filter], ['sagas'], (page) => api().sagas.list({ ...filter, ...page }));

export function SagasScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const status = search.status?.[0];
  const query = useInfiniteQuery(
    sagasQuery({
      ...(search.saga === undefined ? {} : { saga: search.saga }),
      ...(status === undefined ? {} : { status }),
      ...(search.key === undefined ? {} : { key: search.key }),
    }),
  );
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const change = (next: Partial<Record<keyof SagaSearch, unknown>>): void => {
    void navigate({ search: (before) => ({ ...before, ...next }) as SagaSearch, replace: true });
  };
  const { fetchNextPage } = query;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const active = Object.keys(search).length > 0;
  return (
    <Page title="Sagas" fill>
      <FilterBar active={active} onClear={() => void navigate({ search: {}, replace: true })}>
        <TextFilter
          label="Key"
          placeholder="Key begins with"
          value={search.key}
          onChange={(key) => change({ key })}
        />
        <ChoiceFilter
          label="Status"
          value={status}
          choices={STATUSES.map((value) => ({ value, text: value }))}
          onChange={(value) => change({ status: value === undefined ? undefined : [value] })}
        />
      </FilterBar>
      {query.error !== null && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      <Table
        label="Sagas"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ saga, key, run }) => `${saga}/${key}/${run}`}
        loading={query.isPending}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={onMore}
        empty={
          active ? (
            <Empty title="No instance is like this">Clear the filters to see all.</Empty>
          ) : (
            <Empty
              title="No instance yet"
              command={`holdfast events publish order.placed --data '{"orderId":"order-1","customer":"Ada","items":[{"sku":"soup","qty":1}],"amount":1200}'`}
            >
              An event that starts a saga makes the first one. With the restaurant running, place an
              order:
            </Empty>
          )
        }
      />
    </Page>
  );
}
