import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { PeriodFilter } from '../../ui/period-filter.tsx';
import { readAccessSearch } from './access-search.ts';
import type { AccessSearch } from './access-search.ts';

const route = getRouteApi('/shell/access');

type Filters = Partial<Record<'act' | 'by' | 'target' | 'since' | 'until', string | undefined>>;

/** Whether anything but the view is chosen. */
export function isFiltered(search: AccessSearch): boolean {
  return Object.keys(search).some((name) => name !== 'view');
}

export function AuditFilters() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (next: Filters) =>
      void navigate({
        search: (before) => readAccessSearch({ ...before, ...next }),
        replace: true,
      }),
    [navigate],
  );
  const onAct = useCallback((act: string | undefined) => change({ act }), [change]);
  const onBy = useCallback((by: string | undefined) => change({ by }), [change]);
  const onTarget = useCallback((target: string | undefined) => change({ target }), [change]);
  return (
    <FilterBar
      active={isFiltered(search)}
      onClear={() => void navigate({ search: { view: 'audit' }, replace: true })}
    >
      <TextFilter
        label="Act"
        placeholder="Act, as operator.*"
        value={search.act}
        onChange={onAct}
        suggestions={['operator.*', 'release.*', 'key.*']}
      />
      <TextFilter
        label="On"
        placeholder="On, as order/*"
        value={search.target}
        onChange={onTarget}
      />
      <TextFilter
        label="By"
        placeholder="By id of key"
        value={search.by}
        onChange={onBy}
        suggestions={['local', 'engine']}
      />
      <PeriodFilter label="When" since={search.since} until={search.until} onChange={change} />
    </FilterBar>
  );
}
