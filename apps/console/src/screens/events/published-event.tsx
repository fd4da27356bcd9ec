import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import type { PublishResult } from '@holdfast/sdk/client';
import { eventQuery } from '../../api/event-detail.ts';
import { Badge } from '../../ui/badge.tsx';
import { EventLink, InstanceLink } from '../../ui/links.tsx';
import { storyOf } from './disposition-words.ts';

/** That it is recorded, and what becomes of it as that is decided. */
export function PublishedEvent({ result }: { readonly result: PublishResult }) {
  const event = useQuery(eventQuery(result.seq)).data;
  return (
    <div
      role="status"
      className="flex items-start gap-2.5 rounded-md border border-line bg-go-wash p-3"
    >
      <CircleCheck aria-hidden size={16} className="mt-0.5 shrink-0 text-go" />
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <p>
          {result.duplicate ? 'Recorded before, as event ' : 'Recorded as event '}
          <EventLink seq={result.seq} />.
        </p>
        {event?.dispositions.map((disposition) => (
          <p
            key={`${disposition.saga ?? ''} ${disposition.key ?? ''}`}
            className="flex flex-wrap items-center gap-2"
          >
            <Badge status={disposition.status} />
            {disposition.saga !== null && disposition.key !== null && (
              <InstanceLink saga={disposition.saga} instance={disposition.key} full />
            )}
            <span>{storyOf(disposition).text}</span>
          </p>
        ))}
      </div>
    </div>
  );
}
