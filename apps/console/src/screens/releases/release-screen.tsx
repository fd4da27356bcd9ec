import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Activation, ReleaseDetail } from '@holdfast/core';
import { may, sessionQuery } from '../../api/session.ts';
import { plural, shortDigest } from '../../lib/format.ts';
import { Asked } from '../../ui/asked.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { ReleaseLink } from '../../ui/links.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { releaseQuery } from './release-query.ts';
import { SwapDialog } from './swap-dialog.tsx';

const route = getRouteApi('/shell/releases/$digest');

/** One release: what it contains, when it was active, and what that did to instances in flight. */
export function ReleaseScreen() {
  const { digest } = route.useParams();
  const query = useQuery(releaseQuery(digest));
  const session = useQuery(sessionQuery);
  const [swapping, setSwapping] = useState(false);
  const release = query.data;
  return (
    <Page
      title={release === undefined ? 'Release' : `${release.app} ${shortDigest(release.digest)}`}
      subtitle={
        release === undefined ? undefined : (
          <Badge status={release.active ? 'active' : 'registered'} />
        )
      }
      actions={
        release !== undefined && !release.active && may(session.data, 'admin') ? (
          <Button look="primary" onClick={() => setSwapping(true)}>
            Activate…
          </Button>
        ) : undefined
      }
    >
      <Asked query={query} problem="This release cannot be shown">
        {(found) => <Contents release={found} />}
      </Asked>
      {swapping && release !== undefined && (
        <SwapDialog
          swap={{ kind: 'activate', app: release.app, digest: release.digest }}
          onClose={() => setSwapping(false)}
        />
      )}
    </Page>
  );
}

function Contents({ release }: { readonly release: ReleaseDetail }) {
  const { digest, sagas, effects, inFlight, registeredAt, activations, manifest } = release;
  return (
    <div className="grid grid-cols-1 items-start gap-3 p-3 md:grid-cols-2 md:p-4">
      <div className="md:col-span-2">
        <Panel title="About">
          <div className="flex flex-col gap-1 p-3">
            <p className="flex max-w-full items-center gap-1">
              <span className="truncate font-mono text-xs">{digest}</span>
              <CopyButton text={digest} label="Copy digest" />
            </p>
            <p className="text-ink-2">
              Registered <Time at={registeredAt} />. {plural(inFlight, 'instance')} in flight on it.
              Its files are kept as long as one needs them.
            </p>
          </div>
        </Panel>
      </div>
      <Names title={plural(sagas.length, 'saga')} names={sagas} none="No saga." />
      <Names title={plural(effects.length, 'effect')} names={effects} none="No effect." />
      <Panel title="When it was active">
        {activations.length === 0 ? (
          <p className="p-3 text-ink-2">Never.</p>
        ) : (
          <ol>
            {activations.toReversed().map((activation) => (
              <ActivationRow key={activation.at} activation={activation} />
            ))}
          </ol>
        )}
      </Panel>
      <Panel title="Manifest">
        <div className="p-3">
          <JsonView value={manifest} label="Manifest" />
        </div>
      </Panel>
    </div>
  );
}

interface NamesProps {
  readonly title: string;
  readonly names: readonly string[];
  readonly none: string;
}

function Names({ title, names, none }: NamesProps) {
  return (
    <Panel title={title}>
      {names.length === 0 ? (
        <p className="p-3 text-ink-2">{none}</p>
      ) : (
        <ul className="p-3 font-mono text-xs leading-5">
          {names.map((name) => (
            <li key={name}>{name}</li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ActivationRow({ activation }: { readonly activation: Activation }) {
  const { act, at, by, reason, previous, rehearsal } = activation;
  return (
    <li className="flex flex-col gap-0.5 border-b border-line px-3 py-2 last:border-0">
      <p>
        {act === 'activated' ? 'Activated' : 'Rolled back to'} <Time at={at} />{' '}
        <span className="text-ink-2">by {by}</span>
        {previous !== null && (
          <>
            <span className="text-ink-2">, in place of </span>
            <ReleaseLink digest={previous} />
          </>
        )}
      </p>
      {reason !== null && <p className="text-ink-2">“{reason}”</p>}
      {rehearsal !== null && (
        <p className="text-xs text-ink-2">
          {plural(rehearsal.moved, 'instance')} moved, {rehearsal.stayed} stayed, {rehearsal.ended}{' '}
          ended meanwhile
        </p>
      )}
    </li>
  );
}
