import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { EffectFilter, EffectResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { pages } from '../../api/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { EffectLink, InstanceLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Table } from '../../ui/table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { readEffectSearch, STATES } from './effect-search.ts';
import type { EffectSearch } from './effect-search.ts';
import { effectStatus } from './effect-words.ts';
import { Upstreams } from './upstreams.tsx';

const route = getRouteApi('/shell/effects');

const COLUMNS: readonly Column<EffectResource>[] = [
  {
    id: 'status',
    header: 'Status',
    width: '7.5rem',
    cell: (effect) => <Badge status={effectStatus(effect)} />,
  },
  {
    id: 'effect',
    header: 'Effect',
    width: 'minmax(0, 1.4fr)',
    cell: ({ commandId, effect }) => <EffectLink commandId={commandId}>{effect}</EffectLink>,
  },
  {
    id: 'instance',
    header: 'Instance',
    width: 'minmax(0, 1.6fr)',
    cell: ({ saga, key }) => <InstanceLink saga={saga} instance={key} full />,
  },
  {
    id: 'attempts',
    header: 'Attempts',
    width: '5rem',
    align: 'end',
    phone: false,
    cell: ({ attempts }) => <span className="tabular-nums">{attempts}</span>,
  },
  {
    id: 'due',
    header: 'Next try',
    width: '6rem',
    align: 'end',
    phone: false,
    cell: ({ dueAt, state }) =>
      // One that is held is not tried before a person says so.
      dueAt === null || state === 'held' ? (
        <span className="text-ink-3">none</span>
      ) : (
        <Time at={dueAt} />
      ),
  },
  {
    id: 'created',
    header: 'Asked for',
    width: '6rem',
    align: 'end',
    phone: false,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
];

const effectsQuery = (filter: EffectFilter) =>
  pages(['effects', 'list', filter], ['effects'], (page) =>
    api().effects.list({ ...filter, ...page }),
  );

export function EffectsScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(effectsQuery(search));
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const change = (next: Partial<Record<keyof EffectSearch, string | undefined>>): void => {
    void navigate({ search: (before) => readEffectSearch({ ...before, ...next }), replace: true });
  };
  const { fetchNextPage } = query;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const active = Object.keys(search).length > 0;
  return (
    <Page title="Effects" fill>
      <Upstreams />
      <FilterBar active={active} onClear={() => void navigate({ search: {}, replace: true })}>
        <TextFilter
          label="Effect"
          placeholder="Name of effect"
          value={search.effect}
          onChange={(effect) => change({ effect })}
        />
        <ChoiceFilter
          label="State"
          value={search.state}
          choices={STATES}
          onChange={(state) => change({ state })}
        />
      </FilterBar>
      {query.error !== null && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      <Table
        label="Effects"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ commandId }) => commandId}
        loading={query.isPending}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={onMore}
        empty={
          active ? (
            <Empty title="No effect is like this">Clear the filters to see all.</Empty>
          ) : (
            <Empty title="No effect yet" command="holdfast sagas list">
              A saga that asks for something outside makes the first one. The instances you have:
            </Empty>
          )
        }
      />
    </Page>
  );
}
