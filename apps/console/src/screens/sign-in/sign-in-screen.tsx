import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useId, useState } from 'react';
import type { FormEvent } from 'react';
import { chooseTenant } from '../../api/client.ts';
import { sessionQuery, signIn } from '../../api/session.ts';
import { ThemeSwitch } from '../../app/session-menu.tsx';
import { oneOf } from '../../lib/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/command.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Problem } from '../../ui/problem.tsx';

/** The token of a one-time link stands behind the `#`, which no server and no log sees. Taken once, then gone from the address. */
function takeLinkToken(): string | null {
  const token = window.location.hash.slice(1);
  if (token === '') return null;
  window.history.replaceState(
    window.history.state,
    '',
    window.location.pathname + window.location.search,
  );
  return token;
}

// At load, before anything else may read or copy the address.
const linkToken = takeLinkToken();

export function SignInScreen() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const next = nextOf(search);
  const ended = oneOf(search, 'ended') !== undefined;
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(linkToken !== null);
  const [error, setError] = useState<unknown>(null);
  const keyId = useId();

  useEffect(() => {
    document.title = 'Sign in · Holdfast';
  }, []);

  const enter = async (by: { readonly key: string } | { readonly link: string }): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const session = await signIn(by);
      // Another key may not look at the tenant that was chosen before.
      chooseTenant(undefined);
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      await navigate({ href: next, replace: true });
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  useLinkOnce((link) => void enter({ link }));

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') void enter({ key: key.trim() });
  };
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-5 p-6">
      <div>
        <h1 className="text-lg font-semibold">Holdfast</h1>
        <p className="text-ink-2">Sign in to this server.</p>
      </div>
      {ended && error === null && (
        <p role="status" className="rounded-md bg-care-wash p-3 text-care">
          Your session has ended: its key was revoked, or its time is over. Sign in again to go on
          where you were.
        </p>
      )}
      {error !== null && <Problem error={error} title="Not signed in" />}
      {busy && linkToken !== null && error === null ? (
        <Loading label="Signing in by link" />
      ) : (
        <form onSubmit={onSubmit} className="flex flex-col gap-2">
          <label htmlFor={keyId} className="text-xs font-medium text-ink-2">
            Key
          </label>
          <input
            id={keyId}
            type="password"
            autoComplete="current-password"
            value={key}
            onChange={(event) => setKey(event.target.value)}
            className="h-9 rounded-md border border-line-strong bg-surface px-2.5 font-mono"
          />
          <Button type="submit" look="primary" busy={busy} disabled={key.trim() === ''}>
            Sign in
          </Button>
        </form>
      )}
      <div className="text-ink-2">
        <p>Or have the command line on the server make a link that signs you in once:</p>
        <Command text="holdfast open" />
      </div>
      <ThemeSwitch />
    </main>
  );
}

let linkUsed = false;

/** The link works once, and React's strict mode runs effects twice. */
function useLinkOnce(enter: (link: string) => void): void {
  useEffect(() => {
    if (linkToken === null || linkUsed) return;
    linkUsed = true;
    enter(linkToken);
  });
}

/** Where to go afterwards: a path of this page only, since the address may come from anyone. */
function nextOf(search: Readonly<Record<string, unknown>>): string {
  const next = oneOf(search, 'next');
  return next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/';
}
