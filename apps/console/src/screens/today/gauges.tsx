import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { seriesQuery } from '../../api/queries.ts';
import type { Overview, OverviewSeries } from '@holdfast/core';
import { formatBytes, formatDuration, formatShort, parseTime } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Chart } from '../../ui/chart.tsx';
import type { ChartSeries } from '../../ui/chart.tsx';
import { Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { outboxAge, outboxNow } from './outbox-words.ts';

const MINUTES = 60;
const SECOND_MS = 1_000;
const SECONDS_A_MINUTE = 60;

interface GaugesProps {
  readonly overview: Overview;
}

/** What moves, each with its last hour. */
export function Gauges({ overview }: GaugesProps) {
  const query = useQuery(seriesQuery(MINUTES));
  const { outbox, schedules, disk } = overview;
  const shapes = useMemo(() => (query.data === undefined ? null : read(query.data)), [query.data]);
  if (query.error !== null)
    return <Problem error={query.error} title="The last hour cannot be read" />;
  const seconds = (value: number): string => formatDuration(value * SECOND_MS);
  const chart = (
    label: string,
    lines: readonly ChartSeries[],
    format: (value: number) => string,
    whole = false,
  ): ReactNode =>
    shapes !== null && (
      <Chart
        label={`${label}, the last hour`}
        times={shapes.times}
        span={MINUTES * SECONDS_A_MINUTE}
        series={lines}
        format={format}
        whole={whole}
      />
    );
  return (
    <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
      <Gauge
        title="Throughput"
        now={shapes === null ? '' : `${formatShort(shapes.perMinuteNow)} accepted a minute`}
      >
        {chart(
          'Runs accepted and ended per minute',
          [
            { label: 'accepted', tone: 'busy', values: shapes?.accepted ?? [] },
            { label: 'ended', tone: 'go', values: shapes?.ended ?? [] },
          ],
          formatShort,
          true,
        )}
      </Gauge>
      <Gauge title="Outbox" now={outboxNow(outbox)}>
        {chart(
          'Work items in the outbox, those held for a person among them',
          [line('depth', shapes?.outboxDepth)],
          formatShort,
          true,
        )}
      </Gauge>
      <Gauge title="Waiting to be called" now={outboxAge(outbox)}>
        {chart(
          'Age of the oldest work item that waits to be called',
          [line('age', shapes?.outboxAgeSeconds)],
          seconds,
        )}
      </Gauge>
      <Gauge
        title="Schedule lag"
        now={`${seconds(schedules.lagSeconds)}, ${formatShort(schedules.pending)} set`}
      >
        {chart('How late timers fire', [line('lag', shapes?.scheduleLagSeconds)], seconds)}
      </Gauge>
      <Gauge title="Disk" now={`${formatBytes(disk.freeBytes)} free`}>
        {chart('Free space on the disk', [line('free', shapes?.diskFreeBytes)], formatBytes)}
        <p className="px-3 pb-2 text-xs text-ink-3">
          data {formatBytes(disk.dataBytes)}, write-ahead log {formatBytes(disk.walBytes)}
        </p>
      </Gauge>
      <Breakers breakers={overview.breakers} />
    </div>
  );
}

function line(label: string, values: readonly number[] | undefined): ChartSeries {
  return { label, tone: 'busy', values: values ?? [] };
}

interface Shapes {
  readonly times: readonly number[];
  readonly accepted: readonly number[];
  readonly ended: readonly number[];
  readonly outboxDepth: readonly number[];
  readonly outboxAgeSeconds: readonly number[];
  readonly scheduleLagSeconds: readonly number[];
  readonly diskFreeBytes: readonly number[];
  readonly perMinuteNow: number;
}

function read({ stepSeconds, from, series }: OverviewSeries): Shapes {
  const first = parseTime(from) / SECOND_MS;
  const perMinute = (values: readonly number[]): number[] =>
    values.map((value) => (value / stepSeconds) * SECONDS_A_MINUTE);
  const accepted = perMinute(series.accepted);
  return {
    ...series,
    times: series.accepted.map((_, index) => first + index * stepSeconds),
    accepted,
    ended: perMinute(series.ended),
    // The last step is still under way.
    perMinuteNow: accepted.at(-2) ?? accepted.at(-1) ?? 0,
  };
}

interface GaugeProps {
  readonly title: string;
  readonly now: string;
  readonly children: ReactNode;
}

function Gauge({ title, now, children }: GaugeProps) {
  return (
    <Panel title={title} aside={<span className="text-xs tabular-nums">{now}</span>}>
      <div className="min-h-26 px-1 pt-1">{children}</div>
    </Panel>
  );
}

function Breakers({ breakers }: Pick<Overview, 'breakers'>) {
  return (
    <Panel title="Breakers">
      {breakers.length === 0 ? (
        <p className="p-3 text-ink-2">No upstream has been called since the start.</p>
      ) : (
        <ul className="max-h-32 overflow-y-auto py-1">
          {breakers.map(({ upstream, state }) => (
            <li key={upstream} className="flex items-center justify-between gap-2 px-3 py-1">
              <span className="min-w-0 truncate">{upstream}</span>
              {state === 'open' ? (
                <Badge status="open" tone="stop" />
              ) : (
                <BreakerBadge state={state} />
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function BreakerBadge({ state }: { readonly state: string }) {
  return state === 'closed' ? <Badge status="settled" text="closed" /> : <Badge status={state} />;
}
