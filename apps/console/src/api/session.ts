/**
 * Who is signed in. The cookie is the browser's; the page never sees it.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { ScopeWire, SessionResource, SignInBody } from '@holdfast/core';
import { api } from './client.ts';

export type Session = SessionResource;

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => api().session.get(),
  staleTime: 60_000,
  retry: false,
});

export function signIn(by: SignInBody): Promise<Session> {
  return api().session.open(by);
}

export function signOut(): Promise<void> {
  return api().session.close();
}

/** Whether the signed-in key may do what needs `scope`; `admin` holds all others. */
export function may(session: Session | undefined, scope: ScopeWire): boolean {
  return (
    session !== undefined && (session.scopes.includes(scope) || session.scopes.includes('admin'))
  );
}
