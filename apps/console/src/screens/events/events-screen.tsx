import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Send, SlidersHorizontal } from 'lucide-react';
import { memo, useCallback, useState } from 'react';
import { eventTypesQuery } from '../../api/event-types.ts';
import { may, sessionQuery } from '../../api/session.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { Page } from '../../ui/page.tsx';
import { EventTable } from './event-table.tsx';
import { STREAMS } from './event-search.ts';
import type { EventSearch } from './event-search.ts';
import { TimeField } from './time-range.tsx';

const route = getRouteApi('/shell/events');

export function EventsScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const session = useQuery(sessionQuery).data;
  const change = useCallback(
    (next: Partial<Record<keyof EventSearch, string | undefined>>): void => {
      void navigate({ search: (before) => ({ ...before, ...next }) as EventSearch, replace: true });
    },
    [navigate],
  );
  const clear = useCallback(() => void navigate({ search: {}, replace: true }), [navigate]);
  return (
    <Page
      title="Events"
      fill
      actions={
        may(session, 'publish') && (
          <route.Link
            to="/events/publish"
            search={search.type === undefined ? {} : { type: search.type }}
            className={buttonClass('primary')}
          >
            <Send aria-hidden size={14} />
            Publish
          </route.Link>
        )
      }
    >
      <Filters search={search} change={change} clear={clear} />
      <EventTable
        key={JSON.stringify(search)}
        search={search}
        filtered={Object.keys(search).length > 0}
      />
    </Page>
  );
}

interface FiltersProps {
  readonly search: EventSearch;
  readonly change: (next: Partial<Record<keyof EventSearch, string | undefined>>) => void;
  readonly clear: () => void;
}

/** Apart from the list, which is drawn anew with what arrives: typing must not be disturbed by it. */
const Filters = memo(function Filters({ search, change, clear }: FiltersProps) {
  const types = useQuery(eventTypesQuery()).data;
  const onText = useCallback((text: string | undefined) => change({ text }), [change]);
  const onType = useCallback((type: string | undefined) => change({ type }), [change]);
  const onCorrelation = useCallback(
    (correlation: string | undefined) => change({ correlation }),
    [change],
  );
  const [more, setMore] = useState(false);
  const { correlation, stream, from, to } = search;
  const used = [correlation, stream, from, to].some((value) => value !== undefined);
  const shown = more || used;
  return (
    <FilterBar active={Object.keys(search).length > 0} onClear={clear}>
      <TextFilter
        label="Part of id, source or subject"
        placeholder="Search events"
        value={search.text}
        onChange={onText}
      />
      <TextFilter
        label="Type"
        value={search.type}
        onChange={onType}
        suggestions={types?.map(({ type }) => type) ?? []}
      />
      {shown && (
        <>
          <TextFilter label="Correlation" value={correlation} onChange={onCorrelation} />
          <ChoiceFilter
            label="Stream"
            value={stream}
            choices={STREAMS}
            onChange={(chosen) => change({ stream: chosen })}
          />
          <TimeField label="From" value={from} onChange={(time) => change({ from: time })} />
          <TimeField label="to" value={to} onChange={(time) => change({ to: time })} />
        </>
      )}
      {!used && (
        <Button
          look="quiet"
          size="small"
          aria-expanded={shown}
          icon={<SlidersHorizontal aria-hidden size={14} />}
          onClick={() => setMore(!more)}
        >
          {more ? 'Fewer filters' : 'More filters'}
        </Button>
      )}
    </FilterBar>
  );
});
