import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CopyPlus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EventDetail } from '@holdfast/core';
import { eventQuery } from '../../api/event-detail.ts';
import { may, sessionQuery } from '../../api/session.ts';
import { Badge, Tag } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { InstanceLink, LINK } from '../../ui/links.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
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
      <div className="flex flex-col gap-3 p-3 md:p-4">
        {query.error !== null && (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        )}
        {query.isPending && <Loading />}
        {event !== undefined && (
          <div className="grid items-start gap-3 lg:grid-cols-2">
            <div className="flex min-w-0 flex-col gap-3">
              <Became event={event} />
              <EventOrigin event={event} />
            </div>
            <div className="flex min-w-0 flex-col gap-3">
              <Panel title="Data">
                <div className="overflow-x-auto p-3">
                  <JsonView value={event.data} label="Data of the event" />
                </div>
              </Panel>
              <Envelope event={event} />
            </div>
          </div>
        )}
      </div>
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
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1.5 p-3">
        <Fact name="id">{event.id}</Fact>
        <Fact name="source">{event.source}</Fact>
        <Fact name="type">{event.type}</Fact>
        {event.subject !== null && <Fact name="subject">{event.subject}</Fact>}
        {event.time !== null && <Fact name="time">{event.time}</Fact>}
        <Fact name="received">{event.receivedAt}</Fact>
        <Fact name="tenant">{event.tenant === '' ? '_' : event.tenant}</Fact>
        {event.correlationId !== null && (
          <Fact name="correlation">
            <route.Link to="/events" search={{ correlation: event.correlationId }} className={LINK}>
              {event.correlationId}
            </route.Link>
          </Fact>
        )}
        {event.causationId !== null && <Fact name="causation">{event.causationId}</Fact>}
        {event.traceparent !== null && <Fact name="traceparent">{event.traceparent}</Fact>}
        <dt className="text-ink-2">stream</dt>
        <dd>
          <Tag>{stream}</Tag>
        </dd>
      </dl>
    </Panel>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="min-w-0 font-mono text-xs leading-5 break-all">{children}</dd>
    </>
  );
}
