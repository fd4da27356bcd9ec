import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { ReactNode } from 'react';
import type { ScheduleResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { pages } from '../../api/queries.ts';
import { Tag } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { InstanceLink } from '../../ui/links.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Table } from '../../ui/table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';

type Timer = Extract<ScheduleResource, { kind: 'timer' | 'wait' }>;
type Cron = Extract<ScheduleResource, { kind: 'cron' }>;

const DUE = {
  id: 'due',
  header: 'Due',
  width: '6rem',
  align: 'end',
  cell: ({ dueAt }: ScheduleResource) => <Time at={dueAt} />,
} as const;

const TIMER_COLUMNS: readonly Column<Timer>[] = [
  {
    id: 'kind',
    header: 'Kind',
    width: '6rem',
    phone: false,
    cell: ({ kind }) => <Tag>{kind === 'wait' ? 'timeout' : 'timer'}</Tag>,
  },
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(0, 1.2fr)',
    cell: ({ name }) => <span className="font-mono text-xs">{name}</span>,
  },
  {
    id: 'instance',
    header: 'Instance',
    width: 'minmax(0, 1.6fr)',
    cell: ({ saga, key }) => <InstanceLink saga={saga} instance={key} full />,
  },
  DUE,
];

const CRON_COLUMNS: readonly Column<Cron>[] = [
  {
    id: 'name',
    header: 'Trigger',
    width: 'minmax(0, 1.2fr)',
    cell: ({ app, name }) => (
      <span>
        {name} <span className="text-ink-2">of {app}</span>
      </span>
    ),
  },
  {
    id: 'cron',
    header: 'When',
    width: 'minmax(0, 1.4fr)',
    cell: ({ cron, zone }) => (
      <span className="font-mono text-xs">
        {cron} {zone}
      </span>
    ),
  },
  {
    id: 'type',
    header: 'Fires',
    width: 'minmax(0, 1fr)',
    phone: false,
    cell: ({ type }) => <span className="font-mono text-xs">{type}</span>,
  },
  {
    id: 'missed',
    header: 'Missed runs',
    width: '7rem',
    phone: false,
    cell: ({ missed }) => missed,
  },
  {
    id: 'last',
    header: 'Last',
    width: '6rem',
    align: 'end',
    phone: false,
    cell: ({ lastAt }) =>
      lastAt === null ? <span className="text-ink-3">never</span> : <Time at={lastAt} />,
  },
  { ...DUE, header: 'Next' },
];

export function TimerList() {
  return (
    <ScheduleList
      label="Timers"
      kinds={['timer', 'wait']}
      columns={TIMER_COLUMNS}
      empty={
        <Empty title="No timer is set">
          A saga that sleeps, a device with a timer, and every wait with a timeout stand here.
        </Empty>
      }
    />
  );
}

export function CronList() {
  return (
    <ScheduleList
      label="Cron triggers"
      kinds={['cron']}
      columns={CRON_COLUMNS}
      empty={
        <Empty title="No release has a cron trigger">
          Cron triggers are lines of a release’s manifest, under <code>triggers</code>, with an IANA
          zone and what is to happen with runs that were missed.
        </Empty>
      }
    />
  );
}

interface ScheduleListProps<Row extends ScheduleResource> {
  readonly label: string;
  readonly kinds: readonly Row['kind'][];
  readonly columns: readonly Column<Row>[];
  readonly empty: ReactNode;
}

function ScheduleList<Row extends ScheduleResource>(props: ScheduleListProps<Row>) {
  const { label, kinds, columns, empty } = props;
  const [kind] = kinds;
  const query = useInfiniteQuery(
    pages(['schedules', 'list', kinds], ['schedules', 'waits'], (page) =>
      api().schedules.list({
        ...page,
        ...(kinds.length === 1 && kind !== undefined ? { kind } : {}),
      }),
    ),
  );
  const rows = useMemo(
    () =>
      query.data?.pages.flatMap(({ items }) =>
        items.filter((item): item is Row => kinds.some((one) => one === item.kind)),
      ) ?? [],
    [query.data, kinds],
  );
  const { fetchNextPage } = query;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return (
    <>
      {query.error !== null && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      <Table
        label={label}
        columns={columns}
        rows={rows}
        rowKey={(row) =>
          row.kind === 'cron'
            ? `${row.app}/${row.name}`
            : `${row.saga}/${row.key}/${row.kind}/${row.name}`
        }
        loading={query.isPending}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={onMore}
        empty={empty}
      />
    </>
  );
}
