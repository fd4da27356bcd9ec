/**
 * Who is signed in. The cookie is the browser's; the page never sees it.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { ScopeWire } from '@holdfast/core';
import { isNotFound } from './client.ts';
import { call } from './pending.ts';

export interface Session {
  readonly keyId: string;
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly ScopeWire[];
  readonly expiresAt: string | null;
  readonly by: 'key' | 'session';
}

/** In development, against a server that has no sessions yet: the key is the proxy's. */
const WITHOUT_SESSIONS: Session = {
  keyId: 'dev',
  name: 'development',
  tenant: '',
  scopes: ['admin'],
  expiresAt: null,
  by: 'key',
};

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session> => {
    try {
      return await call<Session>('/v1/session', { signal });
    } catch (error) {
      if (import.meta.env.DEV && isNotFound(error)) return WITHOUT_SESSIONS;
      throw error;
    }
  },
  staleTime: 60_000,
  retry: false,
});

export function signIn(by: { readonly key: string } | { readonly link: string }): Promise<Session> {
  return call<Session>('/v1/session', { method: 'POST', body: by });
}

export async function signOut(): Promise<void> {
  await call('/v1/session', { method: 'DELETE' });
}

/** Whether the signed-in key may do what needs `scope`; `admin` holds all others. */
export function may(session: Session | undefined, scope: ScopeWire): boolean {
  return (
    session !== undefined && (session.scopes.includes(scope) || session.scopes.includes('admin'))
  );
}
