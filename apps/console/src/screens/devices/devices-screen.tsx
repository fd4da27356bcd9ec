import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { ClientTable } from './client-table.tsx';
import { readDeviceSearch } from './device-search.ts';
import type { View } from './device-search.ts';
import { RetainedTable } from './retained-table.tsx';
import { TopicsView } from './topics-view.tsx';

const route = getRouteApi('/shell/devices');

const TABS = [
  { value: 'topics', text: 'Live topics' },
  { value: 'clients', text: 'Clients' },
  { value: 'retained', text: 'Retained' },
] as const satisfies readonly { value: View; text: string }[];

export function DevicesScreen() {
  const { view = 'topics', prefix, topic } = route.useSearch();
  const navigate = route.useNavigate();
  const onPrefix = useCallback(
    (next: string | undefined) => {
      void navigate({
        search: (before) => readDeviceSearch({ ...before, prefix: next }),
        replace: true,
      });
    },
    [navigate],
  );
  return (
    <Page title="Devices" fill>
      <Tabs
        label="What of the broker"
        tabs={TABS}
        chosen={view}
        onChoose={(chosen) => void navigate({ search: { view: chosen } })}
      />
      <FilterBar active={prefix !== undefined} onClear={() => onPrefix(undefined)}>
        <TextFilter
          key={view}
          label={view === 'clients' ? 'Client id' : 'Topic'}
          placeholder={view === 'clients' ? 'Client id begins with' : 'Topic begins with'}
          value={prefix}
          onChange={onPrefix}
        />
      </FilterBar>
      {view === 'topics' && <TopicsView prefix={prefix} topic={topic} />}
      {view === 'clients' && <ClientTable prefix={prefix} />}
      {view === 'retained' && <RetainedTable prefix={prefix} />}
    </Page>
  );
}
