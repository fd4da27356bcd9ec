import { ArrowUp, Pause, Play } from 'lucide-react';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useRef, useState } from 'react';
import type { MouseEvent } from 'react';
import type { EventResource } from '@holdfast/core';
import { formatCount, parseTime, plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { LINK } from '../../ui/links.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Table } from '../../ui/table.tsx';
import type { Column } from '../../ui/table.tsx';
import type { EventSearch } from './event-search.ts';
import { MOST_ROWS } from './live-tail.ts';
import { receivedText } from './local-time.ts';
import { useEventList } from './use-event-list.ts';
import type { EventList } from './use-event-list.ts';

const COLUMNS: readonly Column<EventResource>[] = [
  { id: 'seq', header: 'Seq', width: '5rem', cell: ({ seq }) => <LightLink seq={seq} /> },
  {
    id: 'type',
    header: 'Type',
    width: 'minmax(0, 1.5fr)',
    cell: ({ type }) => <span className="font-mono text-xs">{type}</span>,
  },
  {
    id: 'about',
    header: 'Subject or correlation',
    width: 'minmax(0, 1.5fr)',
    phone: false,
    cell: ({ subject, correlationId }) => (
      <span className="font-mono text-xs">{subject ?? correlationId ?? '–'}</span>
    ),
  },
  {
    id: 'source',
    header: 'Source',
    width: 'minmax(0, 1.5fr)',
    phone: false,
    cell: ({ source }) => <span className="font-mono text-xs text-ink-2">{source}</span>,
  },
  {
    id: 'at',
    header: 'Received',
    width: '8rem',
    align: 'end',
    cell: ({ receivedAt }) => <Received at={receivedAt} />,
  },
];

/** As `EventLink`, without what the router's own does for each: a list is drawn anew with a thousand of them a second. */
function LightLink({ seq }: { readonly seq: number }) {
  const navigate = useNavigate();
  const onClick = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    event.preventDefault();
    void navigate({ to: '/events/$seq', params: { seq: String(seq) } });
  };
  return (
    <a href={`/events/${seq}`} onClick={onClick} className={`${LINK} tabular-nums`}>
      #{seq}
    </a>
  );
}

/** The time of day, with the day where it is another: unlike a distance it stays true without being drawn again. */
function Received({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={at} className="text-xs whitespace-nowrap tabular-nums">
      {receivedText(parseTime(at), Date.now())}
    </time>
  );
}

interface EventTableProps {
  readonly search: EventSearch;
  readonly filtered: boolean;
}

/** The events, newest first, as they come. Held by a button, and by itself while one reads further down. */
export function EventTable({ search, filtered }: EventTableProps) {
  const list = useEventList(search);
  const scroller = useRef<HTMLDivElement>(null);
  const [paused, setPaused] = useState(false);
  const { hold } = list;
  const onTop = useCallback(
    (atTop: boolean) => {
      if (!paused) hold(!atTop);
    },
    [paused, hold],
  );
  const pause = (on: boolean): void => {
    setPaused(on);
    hold(on || (scroller.current?.scrollTop ?? 0) > 0);
  };
  const toNewest = (): void => {
    scroller.current?.scrollTo({ top: 0 });
    setPaused(false);
    hold(false);
  };
  return (
    <>
      {list.live && <TailBar list={list} paused={paused} onPause={pause} onNewest={toNewest} />}
      {list.error !== null && (
        <Problem error={list.error} title="Events cannot be listed" onRetry={list.retry} />
      )}
      {list.error === null && list.tailError !== null && (
        <Problem error={list.tailError} title="New events do not arrive" onRetry={list.retry} />
      )}
      <Table
        label="Events"
        columns={COLUMNS}
        rows={list.rows}
        rowKey={({ seq }) => String(seq)}
        recycle
        loading={list.loading}
        hasMore={list.hasMore}
        loadingMore={list.loadingMore}
        onMore={list.onMore}
        scroller={scroller}
        onTop={onTop}
        empty={list.error === null && <NoEvents filtered={filtered} />}
      />
    </>
  );
}

interface TailBarProps {
  readonly list: EventList;
  readonly paused: boolean;
  readonly onPause: (paused: boolean) => void;
  readonly onNewest: () => void;
}

function TailBar({ list, paused, onPause, onNewest }: TailBarProps) {
  const { rate, waiting, held, trimmed } = list.view;
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1 text-xs text-ink-2 md:px-4">
      <Button
        size="small"
        aria-pressed={paused}
        icon={paused ? <Play aria-hidden size={12} /> : <Pause aria-hidden size={12} />}
        onClick={() => onPause(!paused)}
      >
        {paused ? 'Go on' : 'Pause'}
      </Button>
      <span className="tabular-nums">{stateText(held, rate)}</span>
      {held && waiting > 0 && (
        <Button
          size="small"
          look="primary"
          icon={<ArrowUp aria-hidden size={12} />}
          onClick={onNewest}
        >
          {formatCount(waiting)} new
        </Button>
      )}
      {trimmed && !held && (
        <span>The newest {formatCount(MOST_ROWS)} are kept here; pause to read further back.</span>
      )}
    </div>
  );
}

function stateText(held: boolean, rate: number): string {
  const speed = rate === 0 ? '' : `, ${plural(rate, 'event')} a second`;
  return `${held ? 'Held' : 'Live'}${speed}`;
}

function NoEvents({ filtered }: { readonly filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No event is like this">
        Did it arrive under another type or source? Clear the filters to see all. What could not be
        taken stands under Needs you.
      </Empty>
    );
  }
  return (
    <Empty
      title="No event yet"
      command={`holdfast events publish order.placed --data '{"orderId":"order-1","customer":"Ada","items":[{"sku":"soup","qty":1}],"amount":1200}'`}
    >
      Events come by HTTP, by MQTT and from webhooks, and stand here the moment they are recorded.
      With the restaurant running, place an order:
    </Empty>
  );
}
