import {
  formatMicros,
  loginLinkSchema,
  MICROS_PER_MILLI,
  sessionSchema,
  signInBodySchema,
} from '@holdfast/core';
import type { LoginLink, Micros, SessionResource } from '@holdfast/core';
import type { Principal } from '../access/key-ring.ts';
import { LoginLinks } from '../access/login-links.ts';
import { HttpError } from './answer.ts';
import type { HttpDeps } from './http-port.ts';
import { checkOrigin } from './own-origin.ts';
import { keyRoute, NO_BODY, NO_QUERY, openRoute } from './route.ts';
import type { Route } from './route.ts';
import { isSecure, NO_SESSION_COOKIE, sessionCookie } from './session-cookie.ts';

const MICROS_PER_SECOND = 1000 * MICROS_PER_MILLI;

/** Signing in to the console, and out. */
export function sessionRoutes({ keyRing, sessions, clock }: HttpDeps): readonly Route[] {
  const links = new LoginLinks(keyRing, clock);

  const keyHolder = (key: string): Principal => {
    const principal = keyRing.authenticate(key);
    if (principal !== null) return principal;
    throw new HttpError('auth.refused', 'the key is unknown, expired or revoked', {
      headers: { 'www-authenticate': 'Bearer realm="holdfast", error="invalid_token"' },
    });
  };

  return [
    openRoute({
      method: 'POST',
      path: '/v1/session',
      operation: 'signIn',
      summary: 'Sign in to the console by a key or by the token of a one-time link. Sets a cookie.',
      query: NO_QUERY,
      body: signInBodySchema,
      answers: { 200: sessionSchema },
      errors: ['auth.refused', 'auth.link', 'auth.origin', 'auth.slowed'],
      handle: async ({ body, incoming }) => {
        // A page of another site could else sign its visitor in as somebody of its choice.
        checkOrigin(incoming.headers);
        const principal = 'key' in body ? keyHolder(body.key) : links.take(body.link);
        const opened = await sessions.open(principal, {
          by: 'key' in body ? 'key' : 'link',
          address: incoming.socket.remoteAddress ?? '',
        });
        const left = Math.floor((opened.expiresAt - clock.now()) / MICROS_PER_SECOND);
        return {
          status: 200,
          json: resourceOf(opened.principal, opened.expiresAt),
          headers: { 'set-cookie': sessionCookie(opened.secret, left, incoming) },
        };
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/session',
      operation: 'session',
      summary: 'Who asks, and what they may.',
      scope: 'any',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: sessionSchema },
      handle: async ({ principal }) => {
        const { session, expiresAt } = principal;
        const ends = session === undefined ? expiresAt : sessions.expiryOf(session);
        return { status: 200, json: resourceOf(principal, ends) };
      },
    }),
    keyRoute({
      method: 'DELETE',
      path: '/v1/session',
      operation: 'signOut',
      summary: 'Sign out: the session ends, with the streams it holds open.',
      scope: 'any',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 204: null },
      errors: ['conflict'],
      handle: async ({ principal }) => {
        if (principal.session === undefined) {
          throw new HttpError('conflict', 'a key has no session that could end', {
            hint: 'Revoke the key instead: DELETE /v1/keys/{id}.',
          });
        }
        await sessions.end(principal);
        return { status: 204, headers: { 'set-cookie': NO_SESSION_COOKIE } };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/session/links',
      operation: 'createLoginLink',
      summary: 'Make a link that opens the console signed in, once, within five minutes.',
      scope: 'admin',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 201: loginLinkSchema },
      handle: async ({ principal, incoming }) => {
        const { token, expiresAt } = links.make(principal.keyId);
        const base = `${isSecure(incoming) ? 'https' : 'http'}://${incoming.headers.host}`;
        // Behind the "#": no server, proxy or log is sent it.
        const link: LoginLink = {
          url: `${base}/login#${token}`,
          expiresAt: formatMicros(expiresAt),
        };
        return { status: 201, json: link };
      },
    }),
  ];
}

function resourceOf(
  { keyId, name, tenant, scopes, session }: Principal,
  expiresAt: Micros | null,
): SessionResource {
  return {
    keyId,
    name,
    tenant,
    scopes: [...scopes],
    expiresAt: expiresAt === null ? null : formatMicros(expiresAt),
    by: session === undefined ? 'key' : 'session',
  };
}
