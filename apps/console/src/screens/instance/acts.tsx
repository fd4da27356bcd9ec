import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Ban, CircleHelp, Play, RotateCcw } from 'lucide-react';
import type { RestartAnswerResource, SagaDetail } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useSession } from '../../app/use-session.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Tag } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Problem } from '../../ui/problem.tsx';
import { ResolveDialog } from '../effects/resolve-dialog.tsx';
import { hasEnded } from './instance-status.ts';
import { armedSteps } from './undo-ledger.ts';

interface ActsProps {
  readonly detail: SagaDetail;
  /** An earlier run is only looked at. */
  readonly isCurrentRun: boolean;
}

/** What an operator may do to the instance as it stands. */
export function Acts({ detail, isCurrentRun }: ActsProps) {
  const session = useSession();
  const [act, setAct] = useState<'cancel' | 'redrive' | 'resolve' | 'restart' | null>(null);
  if (!isCurrentRun || !may(session, 'operate')) return null;
  const ended = hasEnded(detail.status);
  const close = (): void => setAct(null);
  const doubt = doubtOf(detail);
  return (
    <>
      {doubt !== null && (
        <Button
          look="primary"
          icon={<CircleHelp aria-hidden size={14} />}
          onClick={() => setAct('resolve')}
        >
          Resolve…
        </Button>
      )}
      {detail.status === 'blocked' && (
        <Button
          look={doubt === null ? 'primary' : 'plain'}
          icon={<Play aria-hidden size={14} />}
          onClick={() => setAct('redrive')}
        >
          Redrive…
        </Button>
      )}
      {ended ? (
        <Button icon={<RotateCcw aria-hidden size={14} />} onClick={() => setAct('restart')}>
          Restart…
        </Button>
      ) : (
        <Button icon={<Ban aria-hidden size={14} />} onClick={() => setAct('cancel')}>
          Cancel…
        </Button>
      )}
      {act === 'cancel' && <CancelDialog detail={detail} onClose={close} />}
      {act === 'resolve' && doubt !== null && <ResolveDialog effect={doubt} onClose={close} />}
      {act === 'redrive' && <RedriveDialog detail={detail} onClose={close} />}
      {act === 'restart' && <RestartDialog detail={detail} onClose={close} />}
    </>
  );
}

/** The effect that it is held at; null where it is not. */
function doubtOf({ key, blockedBy }: SagaDetail) {
  if (blockedBy?.code !== 'effect.in_doubt' || blockedBy.commandId === undefined) return null;
  const { commandId, effect = 'the effect' } = blockedBy;
  return { commandId, effect, key };
}

interface DialogProps {
  readonly detail: SagaDetail;
  readonly onClose: () => void;
}

function CancelDialog({ detail, onClose }: DialogProps) {
  const { saga, key } = detail;
  const armed = armedSteps(detail.undo);
  return (
    <ActDialog
      title={`Cancel ${key}`}
      confirm="Cancel and undo"
      danger
      act={(reason) => api().sagas.cancel(saga, key, reason)}
      done={`${key} is asked to stop`}
      onClose={onClose}
    >
      <p>
        {saga} {key} takes no further step. What is in flight is settled first, then what was done
        outside is undone. It ends as cancelled.
      </p>
      {armed.length === 0 ? (
        <p className="text-ink-2">By what is on record, there is nothing to undo.</p>
      ) : (
        <div>
          <p className="mb-1 text-xs font-medium text-ink-2">Will be undone, in this order</p>
          <ol className="list-inside list-decimal rounded-md border border-line bg-sunken p-2.5">
            {armed.map(({ step, effect }) => (
              <li key={step}>{effect}</li>
            ))}
          </ol>
        </div>
      )}
    </ActDialog>
  );
}

function RedriveDialog({ detail, onClose }: DialogProps) {
  const { saga, key, blockedBy } = detail;
  return (
    <ActDialog
      title={`Redrive ${key}`}
      confirm="Redrive"
      act={(reason) => api().sagas.redrive(saga, key, reason)}
      done={`${key} goes on`}
      onClose={onClose}
    >
      <p>
        {saga} {key} goes on from where it stands, in the same run. {redriveWords(detail)}
      </p>
      {blockedBy !== null && (
        <div className="rounded-md bg-stop-wash p-2.5 text-stop">
          <p className="font-mono text-xs">{blockedBy.code}</p>
          <p className="break-words">{blockedBy.message}</p>
          <p className="mt-1">Unless that is mended it will block again.</p>
        </div>
      )}
    </ActDialog>
  );
}

/** What it would call, by what it stands at. */
function redriveWords({ blockedBy }: SagaDetail): string {
  switch (blockedBy?.code) {
    case 'effect.in_doubt':
      return `${blockedBy.effect ?? 'The effect'} is called again, with the same idempotency key ${blockedBy.commandId ?? ''}: it happens once where the target honours the key; where it does not, it may happen twice.`;
    case 'undo':
      return 'The undo is asked for again, from its beginning, with new idempotency keys. What is undone already stays so.';
    default:
      return 'The event it stopped at is decided again, with the same idempotency keys. What succeeded is not called again.';
  }
}

function RestartDialog({ detail, onClose }: DialogProps) {
  const { saga, key } = detail;
  const [repeat, setRepeat] = useState(false);
  const plan = useQuery({
    queryKey: ['sagas', 'restart', saga, key],
    queryFn: () => api().sagas.restart(saga, key, { dryRun: true }),
    gcTime: 0,
  });
  const effects = plan.data?.effects ?? [];
  return (
    <ActDialog
      title={`Restart ${key}`}
      confirm="Start a new run"
      danger={effects.length > 0}
      ready={plan.data !== undefined && (effects.length === 0 || repeat)}
      act={(reason) =>
        api().sagas.restart(saga, key, {
          reason,
          ...(effects.length > 0 ? { repeatEffects: repeat } : {}),
        })
      }
      done={`${key} has begun run ${plan.data?.run ?? ''}`}
      onClose={onClose}
    >
      <p>
        {saga} {key} begins anew with the event that started it, as run {plan.data?.run ?? '…'},
        with new idempotency keys. The run that ended stays on record.
      </p>
      {plan.isPending && <Loading label="Asking what would be repeated" />}
      {plan.error !== null && <Problem error={plan.error} />}
      {plan.data !== undefined && <Repeated effects={effects} />}
      {effects.length > 0 && (
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-1"
            checked={repeat}
            onChange={(event) => setRepeat(event.target.checked)}
          />
          These may be done outside once more.
        </label>
      )}
    </ActDialog>
  );
}

function Repeated({ effects }: Pick<RestartAnswerResource, 'effects'>) {
  if (effects.length === 0)
    return (
      <p className="text-ink-2">The last run did nothing outside: nothing would be repeated.</p>
    );
  return (
    <div>
      <p className="mb-1 text-xs font-medium text-ink-2">
        The last run did this outside, and the new one may do it again
      </p>
      <ul className="flex flex-col gap-1 rounded-md border border-line bg-sunken p-2.5">
        {effects.map(({ commandId, effect, outcome, undone }) => (
          <li key={commandId} className="flex flex-wrap items-center gap-2">
            <span className="min-w-0 flex-1">{effect}</span>
            {outcome === 'unknown' && <Tag tone="care">in doubt</Tag>}
            {undone ? <Tag>undone</Tag> : <Tag tone="stop">not undone</Tag>}
          </li>
        ))}
      </ul>
    </div>
  );
}
