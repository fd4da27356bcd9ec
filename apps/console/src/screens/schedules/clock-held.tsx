import { useQuery } from '@tanstack/react-query';
import { Clock } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { infoQuery } from '../../api/queries.ts';
import { may, sessionQuery } from '../../api/session.ts';
import { formatDuration, plural } from '../../lib/format.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/time.tsx';

/** The clock has leapt forward, and nothing fires until a person says that it is right (I8). */
export function ClockHeld() {
  const info = useQuery(infoQuery());
  const session = useQuery(sessionQuery);
  const [asking, setAsking] = useState(false);
  const held = info.data?.clockHeld ?? null;
  if (held === null) return null;
  const leap = formatDuration(held.jump);
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 border-b border-line bg-care-wash px-3 py-2 text-care md:px-4"
    >
      <Clock aria-hidden size={16} className="shrink-0" />
      <p className="min-w-0 flex-1">
        The machine’s clock leapt forward by {leap} (<Time at={held.since} />
        ). Recorded time stands still until a person confirms it; {plural(
          held.due,
          'schedule',
        )}{' '}
        would fire.
      </p>
      {may(session.data, 'admin') && (
        <Button size="small" onClick={() => setAsking(true)}>
          The clock is right…
        </Button>
      )}
      {asking && (
        <ActDialog
          title="Confirm the clock"
          confirm="The clock is right"
          act={(reason) => api().schedules.confirm(reason)}
          done="Recorded time goes on by the machine’s clock"
          onClose={() => setAsking(false)}
        >
          <p>
            Recorded time takes the leap of {leap}. What is due by then fires:{' '}
            {plural(held.due, 'schedule')}, timeouts of waits among them.
          </p>
          <p>If the clock is wrong, set it right on the machine instead: nothing has fired yet.</p>
        </ActDialog>
      )}
    </div>
  );
}
