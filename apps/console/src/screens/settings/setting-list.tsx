import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SettingResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { Tag } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Table } from '../../ui/table.tsx';
import type { Column } from '../../ui/table.tsx';
import { filterSettings } from './setting-filter.ts';
import { readSettingsSearch } from './settings-search.ts';
import type { SettingsSearch } from './settings-search.ts';

const route = getRouteApi('/shell/settings');

const KINDS: Readonly<Record<SettingResource['origin']['kind'], string>> = {
  default: 'default',
  file: 'file',
  env: 'variable',
  flag: 'flag',
};

const COLUMNS: readonly Column<SettingResource>[] = [
  {
    id: 'name',
    header: 'Setting',
    cell: ({ name }) => (
      <span className="font-mono text-xs" title={name}>
        {name}
      </span>
    ),
  },
  {
    id: 'value',
    header: 'Value',
    cell: ({ written }) => (
      <span className="font-mono text-xs" title={written}>
        {written}
      </span>
    ),
  },
  {
    id: 'origin',
    header: 'From',
    width: '6rem',
    cell: ({ origin }) => (
      <span title={origin.at}>
        <Tag tone={origin.kind === 'default' ? 'rest' : 'busy'}>{KINDS[origin.kind]}</Tag>
      </span>
    ),
  },
  {
    id: 'at',
    header: 'Where',
    width: 'minmax(0, 1.4fr)',
    phone: false,
    cell: ({ origin }) => (
      <span className="font-mono text-xs text-ink-2" title={origin.at}>
        {origin.kind === 'default' ? '' : origin.at}
      </span>
    ),
  },
];

/** No topic tells of a reload: asked again when the screen is looked at anew. */
const settingsQuery = { queryKey: ['settings'], queryFn: () => api().settings() };

/** Each setting in force, and where its value comes from. */
export function SettingList() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(settingsQuery);
  const change = useCallback(
    (next: Partial<Record<keyof SettingsSearch, string | undefined>>) =>
      void navigate({
        search: (before) => readSettingsSearch({ ...before, ...next }),
        replace: true,
      }),
    [navigate],
  );
  const onText = useCallback((q: string | undefined) => change({ q }), [change]);
  const rows = filterSettings(query.data?.items ?? [], search);
  return (
    <>
      <FilterBar
        active={search.q !== undefined || search.set !== undefined}
        onClear={() => change({ q: undefined, set: undefined })}
      >
        <TextFilter
          label="Setting"
          placeholder="Name or value"
          value={search.q}
          onChange={onText}
        />
        <ChoiceFilter
          label="Origin"
          value={search.set}
          choices={[{ value: 'yes', text: 'Not the default' }]}
          onChange={(set) => change({ set })}
        />
        {query.data !== undefined && (
          <p className="col-span-2 min-w-0 text-xs break-all text-ink-2">
            {query.data.file === null ? 'No configuration file' : query.data.file}
          </p>
        )}
      </FilterBar>
      {query.error !== null && (
        <div className="p-3 md:p-4">
          <Problem
            error={query.error}
            title="The settings cannot be read"
            onRetry={() => void query.refetch()}
          />
        </div>
      )}
      <Table
        label="Settings"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ name }) => name}
        loading={query.isPending}
        empty={
          query.error === null && (
            <Empty title="No setting is like this" command="holdfast config show">
              Clear the filters to see all. On the command line:
            </Empty>
          )
        }
      />
    </>
  );
}
