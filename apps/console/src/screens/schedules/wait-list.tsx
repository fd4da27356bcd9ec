import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { WaitFilter, WaitResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { pages } from '../../api/queries.ts';
import { may, sessionQuery } from '../../api/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { InstanceLink } from '../../ui/links.tsx';
import { PagedTable, usePagedRows } from '../../ui/paged-table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { EndWaitDialog } from './end-wait-dialog.tsx';
import { WAIT_STATES } from './schedule-search.ts';
import type { ScheduleSearch } from './schedule-search.ts';

const waitsQuery = (filter: WaitFilter) =>
  pages(['waits', 'list', filter], ['waits'], (page) => api().waits.list({ ...filter, ...page }));

interface WaitListProps {
  readonly search: ScheduleSearch;
  readonly onChange: (next: Partial<Record<keyof ScheduleSearch, string | undefined>>) => void;
}

export function WaitList({ search, onChange }: WaitListProps) {
  const { saga, state = 'open' } = search;
  const [ending, setEnding] = useState<WaitResource | null>(null);
  const session = useQuery(sessionQuery);
  const mayEnd = may(session.data, 'operate');
  const paged = usePagedRows(waitsQuery({ state, ...(saga === undefined ? {} : { saga }) }));
  const columns = useMemo(() => columnsOf(mayEnd ? setEnding : null), [mayEnd]);
  const active = search.saga !== undefined || search.state !== undefined;
  return (
    <>
      <FilterBar active={active} onClear={() => onChange({ saga: undefined, state: undefined })}>
        <TextFilter
          label="Saga"
          placeholder="Name of saga"
          value={saga}
          onChange={(next) => onChange({ saga: next })}
        />
        <ChoiceFilter
          label="State"
          value={state}
          choices={WAIT_STATES.map((value) => ({ value, text: value }))}
          onChange={(next) => onChange({ state: next })}
        />
      </FilterBar>
      <PagedTable
        label="Waits"
        columns={columns}
        paged={paged}
        problem="Waits cannot be listed"
        rowKey={({ saga: name, key, step }) => `${name}/${key}/${step}`}
        empty={
          active ? (
            <Empty title="No wait is like this">Clear the filters to see the open ones.</Empty>
          ) : (
            <Empty
              title="Nobody is waited for"
              command="holdfast waits complete order order-1 kitchen.ready"
            >
              A saga that waits for somebody outside stands here until that party completes it, by
              the link it was given, or you do:
            </Empty>
          )
        }
      />
      {ending !== null && <EndWaitDialog wait={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function columnsOf(onEnd: ((wait: WaitResource) => void) | null): readonly Column<WaitResource>[] {
  const columns: Column<WaitResource>[] = [
    {
      id: 'state',
      header: 'State',
      width: '7rem',
      // The filter says it where there is no room.
      phone: false,
      cell: ({ state }) => <Badge status={state} />,
    },
    {
      id: 'name',
      header: 'Waits for',
      width: 'minmax(0, 1.2fr)',
      cell: ({ name }) => <span className="font-mono text-xs">{name}</span>,
    },
    {
      id: 'instance',
      header: 'Instance',
      width: 'minmax(0, 1.6fr)',
      cell: ({ saga, key }) => <InstanceLink saga={saga} instance={key} full />,
    },
    {
      id: 'opened',
      header: 'Since',
      width: '6rem',
      align: 'end',
      phone: false,
      cell: ({ openedAt }) => <Time at={openedAt} />,
    },
    {
      id: 'expires',
      header: 'Expires',
      width: '6rem',
      align: 'end',
      phone: false,
      cell: ({ expiresAt }) =>
        expiresAt === null ? <span className="text-ink-3">never</span> : <Time at={expiresAt} />,
    },
  ];
  if (onEnd === null) return columns;
  return [
    ...columns,
    {
      id: 'end',
      header: 'Acts',
      quiet: true,
      width: '4.5rem',
      align: 'end',
      cell: (wait) =>
        wait.state === 'open' ? (
          <Button
            size="small"
            aria-label={`End the wait ${wait.name} of ${wait.key}`}
            onClick={() => onEnd(wait)}
          >
            End…
          </Button>
        ) : null,
    },
  ];
}
