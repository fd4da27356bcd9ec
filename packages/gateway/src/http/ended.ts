/** Callers whose key or session was good, and is no longer: they are told so, and not slowed as those who guess. */
import type { Principal } from '../access/key-ring.ts';
import { HttpError } from './answer.ts';
import { NO_SESSION_COOKIE } from './session-cookie.ts';

export const REALM = 'Bearer realm="holdfast"';

/** 401 `auth.refused` that is no failed attempt. */
export class EndedError extends HttpError {}

export function keyEnded(): EndedError {
  return new EndedError('auth.refused', 'the key is expired or revoked', {
    headers: { 'www-authenticate': `${REALM}, error="invalid_token"` },
  });
}

/** How a session that is none any more is refused; its cookie goes with it. */
export const SESSION_REFUSAL = {
  message: 'the session has ended',
  options: {
    hint: 'Sign in again, or make a link: holdfast open',
    headers: { 'www-authenticate': REALM, 'set-cookie': NO_SESSION_COOKIE },
  },
} as const;

export function sessionEnded(): EndedError {
  return new EndedError('auth.refused', SESSION_REFUSAL.message, SESSION_REFUSAL.options);
}

/** What a caller is told that was let in, and whose key or session has ended since. */
export function endedOf({ session }: Principal): EndedError {
  return session === undefined ? keyEnded() : sessionEnded();
}
