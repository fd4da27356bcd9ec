import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SagaSummary } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { infoQuery, pages } from '../../api/queries.ts';
import { FIRST_ORDER } from '../../lib/commands.ts';
import { shortDigest } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { PeriodFilter } from '../../ui/period-filter.tsx';
import { StatusFilter } from '../../ui/status-filter.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedTable, usePagedRows } from '../../ui/paged-table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { FieldFilter } from './field-filter.tsx';
import { apiFilter, STATUSES } from './saga-search.ts';
import type { SagaSearch } from './saga-search.ts';

const route = getRouteApi('/shell/sagas');

const COLUMNS: readonly Column<SagaSummary>[] = [
  {
    id: 'status',
    header: 'Status',
    width: '7.5rem',
    cell: ({ status }) => <Badge status={status} />,
  },
  {
    id: 'key',
    header: 'Key',
    width: 'minmax(0, 2fr)',
    cell: ({ saga, key, run }) => (
      <Link
        to="/sagas/$saga/$key"
        params={{ saga, key }}
        className="font-mono text-xs text-ink hover:text-accent hover:underline"
      >
        {key}
        {run > 1 && <span className="ml-2 text-ink-3">run {run}</span>}
      </Link>
    ),
  },
  { id: 'saga', header: 'Saga', width: 'minmax(0, 1fr)', phone: false, cell: ({ saga }) => saga },
  {
    id: 'why',
    header: 'Blocked by',
    width: 'minmax(0, 2fr)',
    phone: false,
    cell: ({ blockedBy }) =>
      blockedBy !== null && (
        <span title={blockedBy.message} className="text-xs text-stop">
          {blockedBy.message}
        </span>
      ),
  },
  {
    id: 'release',
    header: 'Release',
    width: '6.5rem',
    phone: false,
    cell: ({ release }) => (
      <span title={release} className="font-mono text-xs text-ink-2">
        {shortDigest(release)}
      </span>
    ),
  },
  {
    id: 'started',
    header: 'Began',
    width: '6rem',
    align: 'end',
    phone: false,
    cell: ({ startedAt }) => <Time at={startedAt} />,
  },
  {
    id: 'updated',
    header: 'Changed',
    width: '6rem',
    align: 'end',
    cell: ({ updatedAt }) => <Time at={updatedAt} />,
  },
];

const sagasQuery = (search: SagaSearch) =>
  pages(['sagas', 'list', search], ['sagas'], (page) =>
    api().sagas.list({ ...apiFilter(search, Date.now()), ...page }),
  );

export function SagasScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const info = useQuery(infoQuery());
  const paged = usePagedRows(sagasQuery(search));
  const change = useCallback(
    (next: SagaSearch) =>
      void navigate({ search: (before) => ({ ...before, ...next }), replace: true }),
    [navigate],
  );
  const onKey = useCallback((key: string | undefined) => change({ key }), [change]);
  const active = Object.values(search).some((value) => value !== undefined);
  const names = [...new Set(info.data?.sagas.map(({ saga }) => saga) ?? [])].sort();
  return (
    <Page title="Sagas" fill>
      <FilterBar active={active} onClear={() => void navigate({ search: {}, replace: true })}>
        <TextFilter label="Key" placeholder="Key begins with" value={search.key} onChange={onKey} />
        <ChoiceFilter
          label="Saga"
          value={search.saga}
          choices={names.map((value) => ({ value, text: value }))}
          onChange={(saga) => change({ saga })}
        />
        <StatusFilter
          all={STATUSES}
          chosen={search.status ?? []}
          onChange={(status) => change({ status: status.length === 0 ? undefined : status })}
        />
        <PeriodFilter label="Began" since={search.since} until={search.until} onChange={change} />
        <FieldFilter
          saga={search.saga}
          terms={search.search ?? []}
          onChange={(terms) => change({ search: terms.length === 0 ? undefined : terms })}
        />
        {search.release !== undefined && (
          <ChoiceFilter
            label="Release"
            value={search.release}
            choices={[{ value: search.release, text: `release ${shortDigest(search.release)}` }]}
            onChange={(release) => change({ release })}
          />
        )}
      </FilterBar>
      <PagedTable
        label="Sagas"
        columns={COLUMNS}
        paged={paged}
        problem="Sagas cannot be listed"
        rowKey={({ saga, key, run }) => `${saga}/${key}/${run}`}
        empty={<Nothing active={active} />}
      />
    </Page>
  );
}

function Nothing({ active }: { readonly active: boolean }) {
  if (active) return <Empty title="No instance is like this">Clear the filters to see all.</Empty>;
  return (
    <Empty title="No instance yet" command={FIRST_ORDER}>
      An event that starts a saga makes the first one. With the restaurant running, place an order:
    </Empty>
  );
}
