import { useQuery } from '@tanstack/react-query';
import { attentionTotalQuery } from '../api/attention.ts';
import { formatShort } from '../lib/format.ts';

/** How many things need a person; nothing while none does. */
export function NeedsYouCount() {
  const total = useQuery(attentionTotalQuery).data ?? 0;
  if (total === 0) return null;
  return (
    <span className="rounded-full bg-care-wash px-1.5 text-2xs font-semibold text-care tabular-nums">
      {formatShort(total)}
    </span>
  );
}
