import { useState } from 'react';
import type { WaitResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useSession } from '../../app/use-session.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { JsonField } from '../../ui/json-field.tsx';
import { Panel } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';

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
  const [act, setAct] = useState<'complete' | 'fail' | null>(null);
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
        <span className="flex gap-1.5">
          <Button size="small" onClick={() => setAct('complete')}>
            Complete…
          </Button>
          <Button size="small" look="quiet" onClick={() => setAct('fail')}>
            Fail…
          </Button>
        </span>
      )}
      {act === 'complete' && <CompleteDialog wait={wait} onClose={() => setAct(null)} />}
      {act === 'fail' && <FailDialog wait={wait} onClose={() => setAct(null)} />}
    </li>
  );
}

interface WaitDialogProps {
  readonly wait: WaitResource;
  readonly onClose: () => void;
}

function CompleteDialog({ wait, onClose }: WaitDialogProps) {
  const [payload, setPayload] = useState('{}');
  const parsed = parseJson(payload);
  return (
    <ActDialog
      title={`Complete ${wait.name}`}
      confirm="Complete the wait"
      ready={parsed.ok}
      reason="none"
      act={() => api().waits.complete(wait, parsed.ok ? parsed.value : {})}
      done={`${wait.name} is completed`}
      onClose={onClose}
    >
      <p>
        You answer in the place of the outside party. {wait.saga} {wait.key} goes on with what you
        give; whoever comes later is told that the wait is closed.
      </p>
      <JsonField label="Answer, as JSON" value={payload} onChange={setPayload} />
    </ActDialog>
  );
}

function FailDialog({ wait, onClose }: WaitDialogProps) {
  return (
    <ActDialog
      title={`Fail ${wait.name}`}
      confirm="Fail the wait"
      danger
      reason="told"
      act={(reason) => api().waits.fail(wait, reason)}
      done={`${wait.name} has failed`}
      onClose={onClose}
    >
      <p>
        The saga is told that the wait failed, with your reason. Where it has no handler for that,
        it compensates: what was done outside is undone, the last first.
      </p>
    </ActDialog>
  );
}
