import { useMemo } from 'react';
import type { Json, TimelineEntry } from '@holdfast/core';
import { STORY_PART } from '../../api/queries.ts';
import { cx } from '../../lib/class-names.ts';
import { formatCount } from '../../lib/format.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { EventLink } from '../../ui/links.tsx';
import { Panel } from '../../ui/page.tsx';
import { StandsStill } from '../../ui/stands-still.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import type { TimelineItem } from '../../ui/timeline.tsx';
import type { StoryView } from './instance-search.ts';
import { StoryChart } from './story-chart.tsx';
import { textOf, toneOfDecision } from './story-model.ts';

interface StoryProps {
  /** Of the parts that are loaded, oldest first. */
  readonly entries: readonly TimelineEntry[];
  /** Decisions before them. */
  readonly earlier: number;
  readonly loadingEarlier: boolean;
  readonly onEarlier: () => void;
  /** Where the story stands still, because many parts are loaded; null while it is kept true. */
  readonly onNewest: (() => void) | null;
  readonly live: boolean;
  readonly view: StoryView;
  readonly onView: (view: StoryView) => void;
  readonly version: number | undefined;
  readonly onVersion: (version: number) => void;
}

/** The story, as a chart or as a list; of a long one the newest part, and the earlier ones as they are asked for. */
export function Story(props: StoryProps) {
  const { entries, live, view, onView, version, onVersion, onNewest } = props;
  return (
    <Panel
      title="Timeline"
      aside={
        <span
          role="radiogroup"
          aria-label="Show the timeline as"
          className="flex gap-px rounded-md border border-line p-0.5"
        >
          {(['chart', 'list'] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="radio"
              aria-checked={view === one}
              onClick={() => onView(one)}
              className={cx(
                'h-5 rounded px-2 text-xs capitalize',
                view === one ? 'bg-chosen font-medium text-ink' : 'text-ink-2 hover:bg-hover',
              )}
            >
              {one}
            </button>
          ))}
        </span>
      }
    >
      {onNewest !== null && (
        <StandsStill
          what={`these ${formatCount(entries.length)} entries are`}
          onNewest={onNewest}
        />
      )}
      {props.earlier > 0 && <Earlier {...props} />}
      {view === 'chart' ? (
        <StoryChart entries={entries} live={live} version={version} onVersion={onVersion} />
      ) : (
        <StoryList entries={entries} onVersion={onVersion} />
      )}
    </Panel>
  );
}

function Earlier({ entries, earlier, loadingEarlier, onEarlier }: StoryProps) {
  const told = entries.filter(({ kind }) => kind === 'transition').length;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1 text-xs text-ink-2">
      <span className="min-w-0 flex-1 tabular-nums">
        The newest {formatCount(told)} of {formatCount(told + earlier)} decisions.
      </span>
      <Button size="small" disabled={loadingEarlier} onClick={onEarlier}>
        Show {formatCount(Math.min(STORY_PART, earlier))} earlier
      </Button>
    </div>
  );
}

function StoryList({ entries, onVersion }: Pick<StoryProps, 'entries' | 'onVersion'>) {
  const items = useMemo(() => {
    const alike = new Map<string, number>();
    return entries.map((entry) => {
      const { at, kind, step, version, title } = entry;
      const name = JSON.stringify([at, kind, step, version, title]);
      const nth = (alike.get(name) ?? 0) + 1;
      alike.set(name, nth);
      return itemOf(entry, `${nth} ${name}`, onVersion);
    });
  }, [entries, onVersion]);
  return <Timeline label="Timeline" items={items} />;
}

function itemOf(
  entry: TimelineEntry,
  id: string,
  onVersion: (version: number) => void,
): TimelineItem {
  const { at, kind, title, version, detail } = entry;
  return {
    id,
    at,
    kind,
    title,
    tone: toneOf(entry),
    ...(isEmpty(detail)
      ? {}
      : { detail: () => <JsonView value={detail} label={`Detail of ${title}`} /> }),
    ...(kind === 'transition' && version !== null
      ? {
          aside: (
            <button
              type="button"
              onClick={() => onVersion(version)}
              className="text-xs text-accent hover:underline"
            >
              state at {version}
            </button>
          ),
        }
      : kind === 'event' && entry.seq !== null
        ? { aside: <EventLink seq={entry.seq} /> }
        : {}),
  };
}

function isEmpty(detail: Json): boolean {
  return detail === null || (typeof detail === 'object' && Object.keys(detail).length === 0);
}

function toneOf({ kind, title, detail }: TimelineEntry): Tone {
  switch (kind) {
    case 'transition':
      return toneOfDecision(title);
    case 'event': {
      const type = textOf(detail, 'type') ?? '';
      if (type.endsWith('.failed')) return 'stop';
      if (/\.(unknown|expired)$/.test(type)) return 'care';
      return /\.(succeeded|completed)$/.test(type) ? 'go' : 'busy';
    }
    case 'attempt':
      return /in doubt/.test(title) ? 'care' : 'rest';
    case 'wait':
      return 'hold';
    case 'status':
      return 'stop';
    case 'effect':
      return 'busy';
    case 'schedule':
    case 'log':
      return 'rest';
  }
}
