/**
 * The frame of every screen: navigation, who is signed in and for which tenant, whether the page is live.
 *
 * @module
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { chosenTenant, isNotFound, onTenantChosen, whenRefused } from '../api/client.ts';
import { watchChanges } from '../api/live.ts';
import type { LiveState } from '../api/live.ts';
import { sessionQuery } from '../api/session.ts';
import { ApiError } from '@holdfast/sdk/client';
import { Loading } from '../ui/loading.tsx';
import { Problem } from '../ui/problem.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { PhoneBar } from './phone-bar.tsx';
import { Sidebar } from './sidebar.tsx';

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));

export function Shell() {
  const queries = useQueryClient();
  const session = useQuery(sessionQuery);
  const router = useRouter();
  const [live, setLive] = useState<LiveState>('connecting');
  const tenant = useSyncExternalStore(onTenantChosen, chosenTenant);
  const [palette, setPalette] = useState(false);
  const signedOut = isSignedOut(session.error);
  const signedIn = session.data !== undefined && !signedOut;
  const wasSignedIn = useRef(false);
  wasSignedIn.current ||= session.data !== undefined;

  useEffect(() => {
    whenRefused(() => void queries.invalidateQueries({ queryKey: sessionQuery.queryKey }));
  }, [queries]);
  useEffect(() => {
    if (!signedOut) return;
    // Once, with the address as it is now: it changes under our feet while the way to the sign-in is loaded.
    const next = router.state.location.href;
    const ended = wasSignedIn.current ? 'yes' : undefined;
    void router.navigate({ to: '/login', search: { next, ended }, replace: true });
  }, [router, signedOut]);
  useEffect(() => {
    if (!signedIn) return undefined;
    const stop = new AbortController();
    const onState = (state: LiveState): void => {
      setLive(state);
      // The stream ends with the session: whoever only looks is told as soon as it has.
      if (state === 'broken') void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    };
    void watchChanges(queries, onState, stop.signal);
    return () => stop.abort();
    // Another tenant has another stream.
  }, [queries, signedIn, tenant]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setPalette((open) => !open);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  if (signedOut) return null;
  if (session.data === undefined) {
    if (session.error === null) return <Loading />;
    return (
      <main className="mx-auto max-w-xl p-6">
        <Problem
          error={session.error}
          title={
            isNotFound(session.error) ? 'This server has no sessions' : 'The server does not answer'
          }
          onRetry={() => void session.refetch()}
        />
      </main>
    );
  }
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only z-50 rounded bg-raised px-3 py-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <Sidebar session={session.data} live={live} onPalette={() => setPalette(true)} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <ConnectionNotice live={live} />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      <PhoneBar session={session.data} onPalette={() => setPalette(true)} />
      {palette && (
        <Suspense fallback={null}>
          <Palette session={session.data} onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  );
}

function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
