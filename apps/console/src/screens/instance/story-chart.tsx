import { useMemo } from 'react';
import type { TimelineEntry } from '@holdfast/core';
import { cx } from '../../lib/class-names.ts';
import { formatAbsolute, formatClock, formatDuration } from '../../lib/format.ts';
import type { Tone } from '../../ui/badge.tsx';
import { groupMarks } from './mark-groups.ts';
import type { MarkGroup } from './mark-groups.ts';
import { lanesOf } from './story-model.ts';
import type { Lane, LaneBar } from './story-model.ts';
import { timeScale } from './time-scale.ts';
import type { TimeScale } from './time-scale.ts';

const FILLS: Readonly<Record<Tone, string>> = {
  go: 'bg-go-mark',
  busy: 'bg-busy-mark',
  hold: 'bg-hold-mark',
  care: 'bg-care-mark',
  stop: 'bg-stop-mark',
  rest: 'bg-rest-mark',
};

interface StoryChartProps {
  readonly entries: readonly TimelineEntry[];
  /** The run is still going on: what is open reaches to now. */
  readonly live: boolean;
  readonly version: number | undefined;
  readonly onVersion: (version: number) => void;
}

/** The story as lanes over time. The list beside it says the same in words. */
export function StoryChart({ entries, live, version, onVersion }: StoryChartProps) {
  const { lanes, scale } = useMemo(() => {
    const found = lanesOf(entries);
    const moments = found.flatMap(({ bars, marks }) => [
      ...bars.flatMap(({ from, to }) => (to === null ? [from] : [from, to])),
      ...marks.map(({ at }) => at),
    ]);
    const end = live ? [Date.now()] : [];
    return { lanes: found, scale: timeScale([...moments, ...end]) };
  }, [entries, live]);
  return (
    <div role="group" aria-label="Story as a chart" className="overflow-x-auto p-3">
      {/* Narrower, the numbers of the axis would run into each other. */}
      <div className="min-w-[36rem]">
        {lanes.map((lane) => (
          <LaneRow
            key={lane.id}
            lane={lane}
            scale={scale}
            version={version}
            onVersion={onVersion}
          />
        ))}
        <Axis scale={scale} />
      </div>
    </div>
  );
}

interface LaneRowProps {
  readonly lane: Lane;
  readonly scale: TimeScale;
  readonly version: number | undefined;
  readonly onVersion: (version: number) => void;
}

function LaneRow({ lane, scale, version, onVersion }: LaneRowProps) {
  const groups = useMemo(() => groupMarks(lane.marks, scale.place), [lane, scale]);
  return (
    <div className="grid h-7 grid-cols-[9rem_minmax(0,1fr)] items-center gap-3">
      <span className="truncate text-right text-xs" title={lane.name}>
        {lane.kind === 'undo' && <span className="text-ink-3">undo </span>}
        <span className={lane.kind === 'decision' ? 'text-ink-3' : ''}>{lane.name}</span>
      </span>
      <span className="relative h-full border-l border-line">
        {scale.breaks.map(({ place }) => (
          <span
            key={place}
            aria-hidden
            className="absolute inset-y-0 w-px border-l border-dashed border-line"
            style={{ left: percent(inset(place)) }}
          />
        ))}
        {lane.bars.map((bar) => (
          <Bar key={bar.from} bar={bar} scale={scale} />
        ))}
        {groups.map((group, index) => (
          <Mark
            // Two tries can begin in one microsecond.
            key={group.first.version ?? index}
            group={group}
            version={version}
            onVersion={onVersion}
          />
        ))}
      </span>
    </div>
  );
}

function Mark({
  group,
  version,
  onVersion,
}: { readonly group: MarkGroup } & Pick<LaneRowProps, 'version' | 'onVersion'>) {
  const { first, last, count, tone } = group;
  const label = count === 1 ? first.label : `${count}: ${first.label} … ${last.label}`;
  const title = `${label}\n${formatAbsolute(first.at)}`;
  const left = percent(inset(group.place));
  const { version: from } = first;
  const { version: to } = last;
  if (from === undefined || to === undefined) {
    return (
      <span
        title={title}
        className="absolute top-1/2 h-3 w-0.5 -translate-x-1/2 -translate-y-1/2 rounded-full bg-ink"
        style={{ left }}
      />
    );
  }
  const chosen = version !== undefined && version >= from && version <= to;
  return (
    <button
      type="button"
      title={title}
      aria-label={`Show ${label}`}
      aria-pressed={chosen}
      onClick={() => onVersion(to)}
      className="absolute top-1/2 flex size-5 -translate-x-1/2 -translate-y-1/2 items-center justify-center"
      style={{ left }}
    >
      <span
        aria-hidden
        className={cx(
          'rotate-45 rounded-[2px]',
          FILLS[tone],
          chosen ? 'size-3 ring-2 ring-accent ring-offset-1 ring-offset-surface' : 'size-2.5',
        )}
      />
    </button>
  );
}

function Bar({ bar, scale }: { readonly bar: LaneBar; readonly scale: TimeScale }) {
  const from = inset(scale.place(bar.from));
  const to = bar.to === null ? 1 : inset(scale.place(bar.to));
  const took = bar.to === null ? 'open' : formatDuration(bar.to - bar.from);
  return (
    <span
      role="img"
      aria-label={`${bar.label}, ${took}`}
      title={`${bar.label}\n${took}`}
      className={cx(
        'absolute top-1/2 h-2.5 min-w-1 -translate-y-1/2 rounded-sm',
        FILLS[bar.tone],
        bar.to === null ? 'rounded-r-none opacity-60' : 'opacity-85',
      )}
      style={{ left: percent(from), width: percent(to - from) }}
    />
  );
}

function Axis({ scale }: { readonly scale: TimeScale }) {
  return (
    <div className="grid grid-cols-[9rem_minmax(0,1fr)] gap-3" aria-hidden>
      <span />
      <span className="relative h-9 border-t border-line text-2xs text-ink-3">
        {scale.ticks.map(({ place, at }, index) => (
          <span
            key={at}
            className={cx(
              'absolute top-1 whitespace-nowrap tabular-nums',
              index > 0 && (place > 0.95 ? '-translate-x-full' : '-translate-x-1/2'),
            )}
            style={{ left: percent(inset(place)) }}
          >
            {formatClock(at)}
          </span>
        ))}
        {scale.breaks.map(({ place, millis }) => (
          <span
            key={place}
            className="absolute top-5 -translate-x-1/2 rounded bg-sunken px-1 whitespace-nowrap"
            style={{ left: percent(inset(place)) }}
          >
            {formatDuration(millis)}
          </span>
        ))}
      </span>
    </div>
  );
}

/** Marks at the ends are drawn whole. */
const INSET = 0.02;

function inset(place: number): number {
  return INSET + place * (1 - 2 * INSET);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
