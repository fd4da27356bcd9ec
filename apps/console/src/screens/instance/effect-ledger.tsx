/**
 * What was done outside: did each effect happen, yes, no, or in doubt; how often it was tried; what undoes it.
 *
 * @module
 */
import { Check, ChevronRight, CircleDashed, CircleHelp, Undo2, X } from 'lucide-react';
import { useState } from 'react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { EffectAnswer, Happened, SagaDetail } from '@holdfast/core';
import { effectQuery } from '../../api/effect-detail.ts';
import { may } from '../../api/session.ts';
import { useSession } from '../../app/use-session.ts';
import { plural } from '../../lib/format.ts';
import { Badge, Tag } from '../../ui/badge.tsx';
import type { Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { EventLink } from '../../ui/links.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { ResolveDialog } from '../effects/resolve-dialog.tsx';
import { hasEnded } from './instance-status.ts';
import { undoOf } from './undo-ledger.ts';

const HAPPENED: Readonly<
  Record<Happened, { readonly tone: Tone; readonly text: string; readonly icon: LucideIcon }>
> = {
  yes: { tone: 'go', text: 'yes', icon: Check },
  no: { tone: 'rest', text: 'no', icon: X },
  in_doubt: { tone: 'care', text: 'in doubt', icon: CircleHelp },
  not_yet: { tone: 'busy', text: 'not yet', icon: CircleDashed },
};

export function EffectLedger({ detail }: { readonly detail: SagaDetail }) {
  const { effects } = detail;
  const done = effects.filter(({ undoes }) => undoes === null);
  return (
    <Panel title="What was done outside">
      {effects.length === 0 ? (
        <p className="p-3 text-ink-2">Nothing yet: no effect has been asked for.</p>
      ) : (
        <ul>
          {done.map((effect) => (
            <Row
              key={effect.step}
              effect={effect}
              detail={detail}
              undoneBy={effects.find(({ step }) => step === effect.undoneBy)}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface RowProps {
  readonly effect: EffectAnswer;
  readonly detail: SagaDetail;
  readonly undoneBy: EffectAnswer | undefined;
}

function Row({ effect, detail, undoneBy }: RowProps) {
  const [open, setOpen] = useState(false);
  const { tone, text, icon: Icon } = HAPPENED[effect.happened];
  return (
    <li className="border-b border-line last:border-b-0">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex w-full items-center gap-2 px-3 py-2 text-left hover:bg-hover"
      >
        <ChevronRight
          aria-hidden
          size={12}
          className={open ? 'shrink-0 rotate-90 text-ink-3' : 'shrink-0 text-ink-3'}
        />
        <span className="min-w-0 flex-1">
          <span className="font-medium">{effect.effect}</span>
          <span className="ml-2 text-xs text-ink-3">
            {effect.attempts === 0 ? 'not tried' : plural(effect.attempts, 'attempt')}
          </span>
        </span>
        <UndoTag effect={effect} detail={detail} />
        <Tag tone={tone}>
          <Icon aria-hidden size={12} strokeWidth={2.5} />
          <span className="sr-only">happened: </span>
          {text}
        </Tag>
      </button>
      {open && (
        <div className="flex flex-col gap-3 border-t border-line bg-sunken p-3">
          <Detail effect={effect} />
          {undoneBy !== undefined && (
            <div className="flex flex-col gap-2 border-t border-line pt-3">
              <p className="text-xs font-semibold text-ink-2">Undone by {undoneBy.effect}</p>
              <Detail effect={undoneBy} />
            </div>
          )}
        </div>
      )}
    </li>
  );
}

function UndoTag({
  effect,
  detail,
}: {
  readonly effect: EffectAnswer;
  readonly detail: SagaDetail;
}) {
  if (effect.undone === 'yes')
    return (
      <Tag>
        <Undo2 aria-hidden size={12} /> undone
      </Tag>
    );
  if (effect.undone !== null)
    return (
      <Tag tone="care">
        <Undo2 aria-hidden size={12} /> undo{' '}
        {HAPPENED[effect.undone].text === 'no' ? 'refused' : 'under way'}
      </Tag>
    );
  // What has ended is not undone any more.
  if (!hasEnded(detail.status) && undoOf(detail.undo, effect.step) === 'armed')
    return <span className="text-xs text-ink-3 max-sm:sr-only">can be undone</span>;
  return null;
}

function Detail({ effect }: { readonly effect: EffectAnswer }) {
  const session = useSession();
  const [resolving, setResolving] = useState(false);
  const query = useQuery(effectQuery(effect.commandId));
  if (query.error !== null)
    return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  const { state, outcome, input, result, outcomeSeq } = query.data;
  return (
    <>
      <p>{effect.text}</p>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 text-xs">
        <dt className="text-ink-2">State</dt>
        <dd>
          <Badge status={state === 'settled' && outcome !== null ? outcome : state} />
        </dd>
        <dt className="text-ink-2">Step</dt>
        <dd className="font-mono break-all">{effect.step}</dd>
        <dt className="text-ink-2">Idempotency key</dt>
        <dd className="font-mono break-all">{effect.commandId}</dd>
      </dl>
      <Part title="Asked">
        <JsonView value={input} label={`Input of ${effect.effect}`} />
      </Part>
      {result !== null && (
        <Part title="Answered" aside={outcomeSeq !== null && <EventLink seq={outcomeSeq} />}>
          <JsonView value={result} label={`Answer of ${effect.effect}`} />
        </Part>
      )}
      {state === 'held' && may(session, 'operate') && (
        <div>
          <Button look="primary" size="small" onClick={() => setResolving(true)}>
            Say what happened, or call again…
          </Button>
        </div>
      )}
      {resolving && <ResolveDialog effect={query.data} onClose={() => setResolving(false)} />}
    </>
  );
}

interface PartProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

function Part({ title, aside, children }: PartProps) {
  return (
    <div>
      <p className="mb-0.5 text-xs text-ink-2">
        {title} {aside}
      </p>
      {children}
    </div>
  );
}
