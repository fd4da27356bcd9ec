import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { EffectFilter, EffectResource, EffectStatusWire } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { pages } from '../../api/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { EffectLink, InstanceLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { StatusFilter } from '../../ui/status-filter.tsx';
import { PagedTable, usePagedRows } from '../../ui/paged-table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { readEffectSearch, STATUSES } from './effect-search.ts';
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

type Change = Partial<Record<'effect' | 'saga' | 'upstream', string | undefined>> & {
  readonly status?: readonly EffectStatusWire[];
};

export function EffectsScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { status, ...others } = search;
  const paged = usePagedRows(
    effectsQuery({ ...others, ...(status === undefined ? {} : { status: [...status] }) }),
  );
  const change = useCallback(
    (next: Change) =>
      void navigate({
        search: (before) => readEffectSearch({ ...before, ...next }),
        replace: true,
      }),
    [navigate],
  );
  const onEffect = useCallback((effect: string | undefined) => change({ effect }), [change]);
  const onSaga = useCallback((saga: string | undefined) => change({ saga }), [change]);
  const onUpstream = useCallback((upstream: string | undefined) => change({ upstream }), [change]);
  const active = Object.keys(search).length > 0;
  return (
    <Page title="Effects" fill>
      <Upstreams />
      <FilterBar active={active} onClear={() => void navigate({ search: {}, replace: true })}>
        <TextFilter
          label="Effect"
          placeholder="Name of effect"
          value={search.effect}
          onChange={onEffect}
        />
        <TextFilter label="Saga" placeholder="Name of saga" value={search.saga} onChange={onSaga} />
        <TextFilter
          label="Upstream"
          placeholder="Name of upstream"
          value={search.upstream}
          onChange={onUpstream}
        />
        <StatusFilter
          all={STATUSES}
          chosen={status ?? []}
          onChange={(chosen) => change({ status: chosen })}
        />
      </FilterBar>
      <PagedTable
        label="Effects"
        columns={COLUMNS}
        paged={paged}
        problem="Effects cannot be listed"
        rowKey={({ commandId }) => commandId}
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
