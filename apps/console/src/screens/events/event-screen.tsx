import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CopyPlus } from 'lucide-react';
import type { EventDetail } from '@holdfast/core';
import { eventQuery } from '../../api/event-detail.ts';
import { may, sessionQuery } from '../../api/session.ts';
import { Asked } from '../../ui/asked.tsx';
import { Badge, Tag } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { InstanceLink, LINK } from '../../ui/links.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { silenceOf, storyOf } from './disposition-words.ts';
import { EventOrigin } from './event-origin.tsx';
import { STREAMS } from './event-search.ts';

const route = getRouteApi('/shell/events/$seq');

export function EventScreen() {
  const { seq: written } = route.useParams();
  const seq = /^\d{1,15}$/.test(written) ? Number(written) : 0;
  const query = useQuery(eventQuery(seq));
  const session = useQuery(sessionQuery).data;
  const event = query.data;
  return (
    <Page
      title={event?.type ?? `Event #${written}`}
      windowTitle={event === undefined ? `Event #${written}` : `${event.type} #${event.seq}`}
      subtitle={
        event !== undefined && (
          <>
            #{event.seq}, received <Time at={event.receivedAt} />
          </>
        )
      }
      actions={
        event?.stream === 'AGGREGATE_EVENTS' &&
        may(session, 'publish') && (
          <route.Link
            to="/events/publish"
            search={{ type: event.type, like: event.seq }}
            className={buttonClass('plain')}
          >
            <CopyPlus aria-hidden size={14} />
            Publish one like it
          </route.Link>
        )
      }
    >
      <Asked query={query} problem="This event cannot be shown">
        {(found) => (
          <div className="grid items-start gap-3 p-3 md:p-4 lg:grid-cols-2">
            <div className="flex min-w-0 flex-col gap-3">
              <Became event={found} />
              <EventOrigin event={found} />
            </div>
            <div className="flex min-w-0 flex-col gap-3">
              <Panel title="Data">
                <div className="overflow-x-auto p-3">
                  <JsonView value={found.data} label="Data of the event" />
                </div>
              </Panel>
              <Envelope event={found} />
            </div>
          </div>
        )}
      </Asked>
    </Page>
  );
}

/** What it started, or why nothing. */
function Became({ event }: { readonly event: EventDetail }) {
  const { dispositions, stream } = event;
  return (
    <Panel title="What became of it">
      {dispositions.length === 0 && <p className="p-3">{silenceOf(stream)}</p>}
      <ul>
        {dispositions.map((disposition) => {
          const { saga, key, status } = disposition;
          const { text, next } = storyOf(disposition);
          return (
            <li
              key={`${saga ?? ''} ${key ?? ''}`}
              className="flex flex-col gap-1 border-b border-line px-3 py-2.5 last:border-b-0"
            >
              <div className="flex flex-wrap items-center gap-2">
                <Badge status={status} />
                {saga !== null && key !== null && <InstanceLink saga={saga} instance={key} full />}
                {saga !== null && key === null && <span className="font-mono text-xs">{saga}</span>}
              </div>
              <p>{text}</p>
              {next !== undefined && <p className="text-ink-2">{next}</p>}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function Envelope({ event }: { readonly event: EventDetail }) {
  const stream = STREAMS.find(({ value }) => value === event.stream)?.text ?? event.stream;
  return (
    <Panel title="Envelope">
      <Facts padded>
        <Fact name="id" mono>
          {event.id}
        </Fact>
        <Fact name="source" mono>
          {event.source}
        </Fact>
        <Fact name="type" mono>
          {event.type}
        </Fact>
        {event.subject !== null && (
          <Fact name="subject" mono>
            {event.subject}
          </Fact>
        )}
        {event.time !== null && (
          <Fact name="time" mono>
            {event.time}
          </Fact>
        )}
        <Fact name="received" mono>
          {event.receivedAt}
        </Fact>
        <Fact name="tenant" mono>
          {event.tenant === '' ? '_' : event.tenant}
        </Fact>
        {event.correlationId !== null && (
          <Fact name="correlation" mono>
            <route.Link to="/events" search={{ correlation: event.correlationId }} className={LINK}>
              {event.correlationId}
            </route.Link>
          </Fact>
        )}
        {event.causationId !== null && (
          <Fact name="causation" mono>
            {event.causationId}
          </Fact>
        )}
        {event.traceparent !== null && (
          <Fact name="traceparent" mono>
            {event.traceparent}
          </Fact>
        )}
        <Fact name="stream">
          <Tag>{stream}</Tag>
        </Fact>
      </Facts>
    </Panel>
  );
}
