import { useState } from 'react';
import type { WaitResource } from '@holdfast/core';
import { may } from '../../api/session.ts';
import { useSession } from '../../app/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { EndWaitDialog } from '../schedules/end-wait-dialog.tsx';

/** What outside parties are asked for. */
export function WaitsPanel({ waits }: { readonly waits: readonly WaitResource[] }) {
  return (
    <Panel title="Waits">
      <ul>
        {waits.map((wait) => (
          <Row key={wait.step} wait={wait} />
        ))}
      </ul>
    </Panel>
  );
}

function Row({ wait }: { readonly wait: WaitResource }) {
  const session = useSession();
  const [ending, setEnding] = useState(false);
  const open = wait.state === 'open';
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-3 py-2 last:border-b-0">
      <div className="min-w-40 flex-1">
        <p className="font-medium">{wait.name}</p>
        <p className="text-xs text-ink-3">
          asked <Time at={wait.openedAt} />
          {open && wait.expiresAt !== null && (
            <>
              , expires <Time at={wait.expiresAt} />
            </>
          )}
        </p>
      </div>
      <Badge status={wait.state} />
      {open && may(session, 'operate') && (
        <Button size="small" onClick={() => setEnding(true)}>
          Complete or fail…
        </Button>
      )}
      {ending && <EndWaitDialog wait={wait} onClose={() => setEnding(false)} />}
    </li>
  );
}
