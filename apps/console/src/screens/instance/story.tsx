import { useMemo, useState } from 'react';
import type { Json, TimelineEntry } from '@holdfast/core';
import { cx } from '../../lib/class-names.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { EventLink } from '../../ui/links.tsx';
import { Panel } from '../../ui/page.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import type { TimelineItem } from '../../ui/timeline.tsx';
import type { StoryView } from './instance-search.ts';
import { StoryChart } from './story-chart.tsx';
import { textOf, toneOfDecision } from './story-model.ts';

/** Entries shown of a long story at first, and more each time. */
const SHOWN = 300;

interface StoryProps {
  readonly entries: readonly TimelineEntry[];
  readonly live: boolean;
  readonly view: StoryView;
  readonly onView: (view: StoryView) => void;
  readonly version: number | undefined;
  readonly onVersion: (version: number) => void;
}

/** The whole story, as a chart or as a list. */
export function Story({ entries, live, view, onView, version, onVersion }: StoryProps) {
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
      {view === 'chart' ? (
        <StoryChart entries={entries} live={live} version={version} onVersion={onVersion} />
      ) : (
        <StoryList entries={entries} onVersion={onVersion} />
      )}
    </Panel>
  );
}

function StoryList({ entries, onVersion }: Pick<StoryProps, 'entries' | 'onVersion'>) {
  const [shown, setShown] = useState(SHOWN);
  const items = useMemo(
    () => entries.slice(0, shown).map((entry, index) => itemOf(entry, index, onVersion)),
    [entries, shown, onVersion],
  );
  return (
    <>
      <Timeline label="Timeline" items={items} />
      {entries.length > shown && (
        <div className="border-t border-line p-2 text-center">
          <Button look="quiet" size="small" onClick={() => setShown(shown + SHOWN)}>
            Show {Math.min(SHOWN, entries.length - shown)} more of {entries.length - shown}
          </Button>
        </div>
      )}
    </>
  );
}

function itemOf(
  entry: TimelineEntry,
  index: number,
  onVersion: (version: number) => void,
): TimelineItem {
  const { at, kind, title, version, detail } = entry;
  return {
    id: String(index),
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
