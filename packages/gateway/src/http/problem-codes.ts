/**
 * Which problems a route may answer: its own, and those that every route of its kind has. `/openapi.json` lists them,
 * and a test holds what a real server answers against the list.
 *
 * @module
 */
import { ERROR_CODES } from '@holdfast/core';
import type { ErrorCode } from '@holdfast/core';
import type { Route } from './route.ts';

export interface ListedProblem {
  readonly status: number;
  readonly code: ErrorCode;
}

const of = (...codes: readonly ErrorCode[]): readonly ListedProblem[] =>
  codes.map((code) => ({ status: ERROR_CODES[code].status, code }));

/** A foreign `Host`, the server's own faults. */
const EVERY = [
  { status: 421, code: 'request.invalid' },
  ...of('internal', 'unavailable'),
] as const satisfies readonly ListedProblem[];
const WITH_KEY = of('auth.missing', 'auth.refused', 'auth.tenant', 'auth.slowed', 'rate.limited');
/** Too large, too slow, in a content coding. */
const WITH_BODY = [
  { status: 413, code: 'request.invalid' },
  { status: 415, code: 'request.invalid' },
] as const satisfies readonly ListedProblem[];
/** What changes something may find no room, or a server that takes nothing more. */
const ACTS = of('draining', 'store.full');

/** By status, then code. */
export function problemsOf(
  route: Pick<Route, 'method' | 'path' | 'scope' | 'body' | 'errors'>,
): readonly ListedProblem[] {
  const listed = [
    ...EVERY,
    ...of('request.invalid'),
    ...(route.scope === 'open' ? [] : WITH_KEY),
    ...(route.scope === 'open' || route.scope === 'any' ? [] : of('auth.scope')),
    ...(route.scope !== 'open' && route.method !== 'GET' ? of('auth.origin') : []),
    ...(route.path.includes('{token}') ? of('auth.slowed') : []),
    ...(route.path.includes('{') ? of('not_found') : []),
    ...(route.body === null ? [] : WITH_BODY),
    ...(route.method === 'GET' ? [] : ACTS),
    ...of(...route.errors),
  ];
  const unique = new Map(listed.map((one) => [`${one.status} ${one.code}`, one]));
  return [...unique.values()].toSorted((a, b) =>
    a.status === b.status ? (a.code < b.code ? -1 : 1) : a.status - b.status,
  );
}
