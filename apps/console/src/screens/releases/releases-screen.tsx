import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReleaseResource } from '@holdfast/core';
import { may, sessionQuery } from '../../api/session.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ReleaseLink } from '../../ui/links.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Time } from '../../ui/time.tsx';
import { byApp } from './by-app.ts';
import type { AppReleases } from './by-app.ts';
import { releasesQuery } from './release-query.ts';
import { SwapDialog } from './swap-dialog.tsx';
import type { Swap } from './swap-dialog.tsx';

/** What runs, what could, and what instances in flight still need. */
export function ReleasesScreen() {
  const query = useQuery(releasesQuery);
  const session = useQuery(sessionQuery);
  const [swap, setSwap] = useState<Swap | null>(null);
  const mayAct = may(session.data, 'admin');
  const apps = byApp(query.data ?? []);
  return (
    <Page title="Releases">
      {query.isPending && <Loading />}
      {query.error !== null && (
        <div className="p-3 md:p-4">
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.data !== undefined && apps.length === 0 && (
        <Empty title="No release yet" command="holdfast deploy">
          A release holds an app’s sagas and effects, by their content. In a project, this builds,
          registers and activates one:
        </Empty>
      )}
      <div className="flex flex-col gap-3 p-3 md:p-4">
        {apps.map((app) => (
          <AppPanel key={app.app} app={app} onSwap={mayAct ? setSwap : null} />
        ))}
      </div>
      {swap !== null && <SwapDialog swap={swap} onClose={() => setSwap(null)} />}
    </Page>
  );
}

interface AppPanelProps {
  readonly app: AppReleases;
  readonly onSwap: ((swap: Swap) => void) | null;
}

function AppPanel({ app: { app, active, releases }, onSwap }: AppPanelProps) {
  const canRollBack = releases.some((one) => !one.active && one.activatedAt !== null);
  return (
    <Panel
      title={app}
      aside={
        onSwap !== null && active !== null && canRollBack ? (
          <Button size="small" onClick={() => onSwap({ kind: 'rollback', app })}>
            Roll back…
          </Button>
        ) : undefined
      }
    >
      <ul>
        {releases.map((release) => (
          <ReleaseRow key={release.digest} release={release} onSwap={onSwap} />
        ))}
      </ul>
    </Panel>
  );
}

interface ReleaseRowProps {
  readonly release: ReleaseResource;
  readonly onSwap: ((swap: Swap) => void) | null;
}

function ReleaseRow({ release, onSwap }: ReleaseRowProps) {
  const { app, digest, active, sagas, effects, inFlight, registeredAt, activatedAt } = release;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-2 last:border-0">
      <Badge status={active ? 'active' : 'registered'} />
      <ReleaseLink digest={digest} />
      <span className="min-w-0 flex-1 text-ink-2 max-md:order-last max-md:basis-48 md:truncate">
        {plural(sagas.length, 'saga')}, {plural(effects.length, 'effect')}
        {inFlight > 0 && (
          <>
            , <span className="text-ink">{formatCount(inFlight)} in flight on it</span>
          </>
        )}
      </span>
      <span className="text-xs text-ink-2">
        {activatedAt === null ? (
          <>
            registered <Time at={registeredAt} />
          </>
        ) : (
          <>
            activated <Time at={activatedAt} />
          </>
        )}
      </span>
      {onSwap !== null && !active && (
        <Button
          size="small"
          className="max-md:order-last"
          aria-label={`Activate ${digest}`}
          onClick={() => onSwap({ kind: 'activate', app, digest })}
        >
          Activate…
        </Button>
      )}
    </li>
  );
}
