import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { EffectDetail } from '@holdfast/core';
import { effectQuery } from '../../api/effect-detail.ts';
import { may, sessionQuery } from '../../api/session.ts';
import { plural } from '../../lib/format.ts';
import { Asked } from '../../ui/asked.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { EventLink, InstanceLink } from '../../ui/links.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { didItHappen, effectStatus } from './effect-words.ts';
import { ResolveDialog } from './resolve-dialog.tsx';

const route = getRouteApi('/shell/effects/$commandId');

/** One effect: did it happen, what was asked, what was answered, and each try. */
export function EffectScreen() {
  const { commandId } = route.useParams();
  const query = useQuery(effectQuery(commandId));
  const session = useQuery(sessionQuery);
  const [resolving, setResolving] = useState(false);
  const effect = query.data;
  const held = effect?.state === 'held' && may(session.data, 'operate');
  return (
    <Page
      title={effect?.effect ?? 'Effect'}
      subtitle={effect === undefined ? undefined : <Badge status={effectStatus(effect)} />}
      actions={
        held ? (
          <Button look="primary" onClick={() => setResolving(true)}>
            Resolve…
          </Button>
        ) : undefined
      }
    >
      <Asked query={query} problem="This effect cannot be shown">
        {(found) => <Parts effect={found} />}
      </Asked>
      {resolving && effect !== undefined && (
        <ResolveDialog effect={effect} onClose={() => setResolving(false)} />
      )}
    </Page>
  );
}

function Parts({ effect }: { readonly effect: EffectDetail }) {
  return (
    <div className="grid items-start gap-3 p-3 md:grid-cols-2 md:p-4">
      <div className="md:col-span-2">
        <Panel title="Did it happen?">
          <p className="p-3 text-base">{didItHappen(effect)}</p>
        </Panel>
      </div>
      <Panel title="About">
        <Facts padded>
          <Fact name="Instance">
            <InstanceLink saga={effect.saga} instance={effect.key} full />
            {effect.run > 1 && <span className="text-ink-2"> run {effect.run}</span>}
          </Fact>
          <Fact name="Step" mono>
            {effect.step}
          </Fact>
          {effect.undoes !== null && (
            <Fact name="Undoes" mono>
              {effect.undoes}
            </Fact>
          )}
          <Fact name="Asked for">
            <Time at={effect.createdAt} />
          </Fact>
          {effect.firstAttemptAt !== null && (
            <Fact name="First try">
              <Time at={effect.firstAttemptAt} />
            </Fact>
          )}
          {effect.dueAt !== null && (effect.state === 'pending' || effect.state === 'leased') && (
            <Fact name="Next try">
              <Time at={effect.dueAt} />
            </Fact>
          )}
          {effect.outcomeSeq !== null && (
            <Fact name="Outcome">
              event <EventLink seq={effect.outcomeSeq} />
            </Fact>
          )}
          <Fact name="Command">
            <span className="inline-flex max-w-full items-center gap-1">
              <span className="truncate font-mono text-xs">{effect.commandId}</span>
              <CopyButton text={effect.commandId} label="Copy command id" />
            </span>
            <span className="block text-xs text-ink-2">
              also the idempotency key that every try carries
            </span>
          </Fact>
        </Facts>
      </Panel>
      <Attempts effect={effect} />
      <Panel title="Input">
        <div className="p-3">
          <JsonView value={effect.input} label="Input" />
        </div>
      </Panel>
      <Panel title="Result">
        <div className="p-3">
          {effect.result === null ? (
            <p className="text-ink-2">None on record.</p>
          ) : (
            <JsonView value={effect.result} label="Result" />
          )}
        </div>
      </Panel>
    </div>
  );
}

function Attempts({ effect }: { readonly effect: EffectDetail }) {
  const tries = effect.timeline.filter(({ kind }) => kind === 'attempt');
  return (
    <Panel title={plural(effect.attempts, 'attempt')}>
      {tries.length === 0 && <p className="p-3 text-ink-2">It has not been called.</p>}
      <ol>
        {tries.map((entry, i) => (
          <li
            key={`${entry.at}-${i}`}
            className="flex items-baseline justify-between gap-3 border-b border-line px-3 py-1.5 last:border-0"
          >
            <span className="min-w-0">{entry.title}</span>
            <Time at={entry.at} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}
