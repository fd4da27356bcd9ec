import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { EffectDetail, TimelineEntry } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { may, sessionQuery } from '../../api/session.ts';
import { plural } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { EventLink, InstanceLink } from '../../ui/links.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Time } from '../../ui/time.tsx';
import { didItHappen, effectStatus } from './effect-words.ts';
import { ResolveDialog } from './resolve-dialog.tsx';

const route = getRouteApi('/shell/effects/$commandId');

/** One effect: did it happen, what was asked, what was answered, and each try. */
export function EffectScreen() {
  const { commandId } = route.useParams();
  const query = useQuery({
    queryKey: ['effects', 'one', commandId],
    queryFn: () => api().effects.get(commandId),
    meta: { topics: ['effects'] },
  });
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
      {query.isPending && <Loading />}
      {query.error !== null && (
        <div className="p-3 md:p-4">
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {effect !== undefined && <Facts effect={effect} />}
      {resolving && effect !== undefined && (
        <ResolveDialog effect={effect} onClose={() => setResolving(false)} />
      )}
    </Page>
  );
}

function Facts({ effect }: { readonly effect: EffectDetail }) {
  return (
    <div className="grid gap-3 p-3 md:grid-cols-2 md:p-4">
      <div className="md:col-span-2">
        <Panel title="Did it happen?">
          <p className="p-3 text-base">{didItHappen(effect)}</p>
        </Panel>
      </div>
      <Panel title="About">
        <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 p-3">
          <Fact name="Instance">
            <InstanceLink saga={effect.saga} instance={effect.key} full />
            {effect.run > 1 && <span className="text-ink-2"> run {effect.run}</span>}
          </Fact>
          <Fact name="Step">
            <span className="font-mono text-xs">{effect.step}</span>
          </Fact>
          {effect.undoes !== null && (
            <Fact name="Undoes">
              <span className="font-mono text-xs">{effect.undoes}</span>
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
        </dl>
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

/** Every try, out of the story of its instance. */
function Attempts({ effect }: { readonly effect: EffectDetail }) {
  const { saga, key, run, step } = effect;
  const query = useQuery({
    queryKey: ['effects', 'attempts', saga, key, run],
    queryFn: () => api().sagas.timeline(saga, key, { run }),
    meta: { topics: ['effects', 'sagas'] },
  });
  const tries: readonly TimelineEntry[] =
    query.data?.entries.filter((entry) => entry.kind === 'attempt' && entry.step === step) ?? [];
  return (
    <Panel title={plural(effect.attempts, 'attempt')}>
      {query.isPending && <Loading />}
      {query.error !== null && <Problem error={query.error} />}
      {query.data !== undefined && tries.length === 0 && (
        <p className="p-3 text-ink-2">It has not been called.</p>
      )}
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

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
