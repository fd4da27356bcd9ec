import { useMemo } from 'react';
import type { ReactNode } from 'react';
import type { ScheduleResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { pages } from '../../api/queries.ts';
import { Tag } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { InstanceLink } from '../../ui/links.tsx';
import { PagedTable, usePagedRows } from '../../ui/paged-table.tsx';
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
    // A timeout is kept under the name of its wait, marked as one.
    cell: ({ kind, name }) => (
      <span className="font-mono text-xs">
        {kind === 'wait' ? name.replace(/^wait:/, '') : name}
      </span>
    ),
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

const TIMERS = ['timer', 'wait'] as const;
const CRON = ['cron'] as const;

export function TimerList() {
  return (
    <ScheduleList
      label="Timers"
      kinds={TIMERS}
      columns={TIMER_COLUMNS}
      empty={
        <Empty title="No timer is set">
          A saga that sleeps, a device with a timer, and every wait with a timeout stand here.
        </Empty>
      }
    />
  );
}

/** Lines of `holdfast.release.yaml`. */
const FIRST_CRON = `schedules:
  morning:
    cron: '0 7 * * *'
    zone: Europe/Berlin
    type: day.began
    data: { at: '{scheduledAt}' }
    missed: once`;

export function CronList() {
  return (
    <ScheduleList
      label="Cron triggers"
      kinds={CRON}
      columns={CRON_COLUMNS}
      empty={
        <Empty title="No release has a cron trigger" command={FIRST_CRON}>
          Cron triggers are lines of a release’s manifest, under <code>schedules</code>, with an
          IANA zone and what is to happen with runs that were missed.
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

const schedulesQuery = (kinds: readonly ScheduleResource['kind'][]) => {
  const [only, ...others] = kinds;
  return pages(['schedules', 'list', kinds], ['schedules', 'waits'], (page) =>
    api().schedules.list({
      ...page,
      ...(only === undefined || others.length > 0 ? {} : { kind: only }),
    }),
  );
};

function ScheduleList<Row extends ScheduleResource>(props: ScheduleListProps<Row>) {
  const { label, kinds, columns, empty } = props;
  const paged = usePagedRows(schedulesQuery(kinds));
  const rows = useMemo(
    () => paged.rows.filter((item): item is Row => kinds.some((one) => one === item.kind)),
    [paged.rows, kinds],
  );
  return (
    <PagedTable
      label={label}
      columns={columns}
      paged={{ ...paged, rows }}
      problem="Schedules cannot be listed"
      rowKey={(row) =>
        row.kind === 'cron'
          ? `${row.app}/${row.name}`
          : `${row.saga}/${row.key}/${row.kind}/${row.name}`
      }
      empty={empty}
    />
  );
}
