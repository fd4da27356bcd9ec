import type { EventDetail, EventLink as Link } from '@holdfast/core';
import { Badge } from '../../ui/badge.tsx';
import { EffectLink, EventLink, InstanceLink } from '../../ui/links.tsx';
import { Panel } from '../../ui/page.tsx';

/** Where an event came from, and what came of it directly. */
export function EventOrigin({ event }: { readonly event: EventDetail }) {
  const { cause, consequences, causationId } = event;
  return (
    <>
      <Panel title="Cause">
        {cause === null ? (
          <p className="p-3 text-ink-2">
            {causationId === null
              ? 'None: it came from outside, or an operator acted.'
              : 'It names a cause that the journal does not hold.'}
          </p>
        ) : (
          <LinkLine link={cause} />
        )}
      </Panel>
      <Panel title="What it caused">
        {consequences.items.length === 0 && <p className="p-3 text-ink-2">Nothing so far.</p>}
        <ul>
          {consequences.items.map((link) => (
            <li
              key={link.kind === 'event' ? link.seq : link.commandId}
              className="border-b border-line last:border-b-0"
            >
              <LinkLine link={link} />
            </li>
          ))}
        </ul>
        {consequences.more && <p className="px-3 pb-2.5 text-xs text-ink-2">There are others.</p>}
      </Panel>
    </>
  );
}

function LinkLine({ link }: { readonly link: Link }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
      {link.kind === 'event' ? (
        <>
          <span className="w-12 text-xs text-ink-2">event</span>
          <EventLink seq={link.seq}>
            <span className="font-mono text-xs">{link.type}</span> #{link.seq}
          </EventLink>
        </>
      ) : (
        <>
          <span className="w-12 text-xs text-ink-2">effect</span>
          <EffectLink commandId={link.commandId}>{link.effect}</EffectLink>
          <Badge status={link.status} />
          <InstanceLink saga={link.saga} instance={link.key} full />
          {link.outcomeSeq !== null && (
            <span className="text-xs text-ink-2">
              outcome <EventLink seq={link.outcomeSeq} />
            </span>
          )}
        </>
      )}
    </div>
  );
}
