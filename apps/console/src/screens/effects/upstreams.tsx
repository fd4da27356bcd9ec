import { useQuery } from '@tanstack/react-query';
import type { ServerInfo } from '@holdfast/core';
import { infoQuery } from '../../api/queries.ts';
import { formatDuration } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import type { Tone } from '../../ui/badge.tsx';

type Upstream = ServerInfo['upstreams'][number];

/** A breaker's words: `open` means here that nothing gets through. */
const LOOKS: Readonly<Record<Upstream['state'], { readonly tone: Tone; readonly text: string }>> = {
  closed: { tone: 'go', text: 'calls go through' },
  open: { tone: 'stop', text: 'held back' },
  half_open: { tone: 'care', text: 'one call tries' },
  recovering: { tone: 'care', text: 'let through gradually' },
};

/** What the effects call, and whether its breaker lets calls through. Nothing where there is no breaker. */
export function Upstreams() {
  const info = useQuery(infoQuery());
  const upstreams = info.data?.upstreams ?? [];
  if (upstreams.length === 0) return null;
  return (
    <section aria-label="Upstreams" className="border-b border-line px-3 py-2 md:px-4">
      <ul className="flex flex-wrap gap-2">
        {upstreams.map((upstream) => (
          <li
            key={`${upstream.app}/${upstream.upstream}`}
            className="flex items-center gap-2 rounded-md border border-line bg-surface px-2.5 py-1"
            title={upstream.effects.join(', ')}
          >
            <span className="font-medium">{upstream.upstream}</span>
            <Badge
              status={upstream.state}
              tone={LOOKS[upstream.state].tone}
              text={LOOKS[upstream.state].text}
            />
            {upstream.retryIn !== null && (
              <span className="text-xs text-ink-2">
                tried again in {formatDuration(upstream.retryIn)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
