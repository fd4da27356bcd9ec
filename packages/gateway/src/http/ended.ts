/** Callers whose key or session was good, and is no longer: they are told so, and not slowed as those who guess. */
import type { KeyRing, Principal } from '../access/key-ring.ts';
import { HttpError } from './answer.ts';
import { NO_SESSION_COOKIE } from './session-cookie.ts';

export const REALM = 'Bearer realm="holdfast"';

/** 401 `auth.refused` that is no failed attempt. */
export class EndedError extends HttpError {}

export function keyEnded(message = 'the key is expired or revoked'): EndedError {
  return new EndedError('auth.refused', message, {
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

/**
 * What a caller waits for, while it may: an answer that is held does not outlive its key or session. What `work` does is
 * not undone by that.
 *
 * @throws EndedError as soon as the caller's key is revoked or expires, or its session ends
 */
export async function whileCurrent<T>(
  keyRing: Pick<KeyRing, 'onEnded'>,
  principal: Principal,
  work: Promise<T>,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = keyRing.onEnded(principal, () =>
    reject(
      principal.session === undefined
        ? keyEnded('the key was revoked, or has expired, while its answer was awaited')
        : sessionEnded(),
    ),
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    stop();
  }
}
