/**
 * One-time links that open the console signed in, as `holdfast open` makes them.
 *
 * Invariants:
 * 1. A link opens one session: whoever comes first. Taking it and looking at it are one step.
 * 2. It is good for `LINK_MS`, while its key is, and while this process lives: none is kept at rest.
 * 3. Its token is kept nowhere: here there is its SHA-256.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { HoldfastError, MICROS_PER_MILLI } from '@holdfast/core';
import type { Clock, Micros, Millis } from '@holdfast/core';
import { hashSecret } from './key-ring.ts';
import type { KeyRing, Principal } from './key-ring.ts';

/** How long a link is good for. */
const LINK_MS: Millis = 300_000;
/** Links known at one time; one more forgets the oldest. */
const MAX_LINKS = 1000;
const TOKEN_BYTES = 32;

interface Link {
  readonly keyId: string;
  readonly expiresAt: Micros;
  /** Kept until it would have expired, so that a second use can be told from a guess. */
  used: boolean;
}

export class LoginLinks {
  readonly #keyRing: Pick<KeyRing, 'find'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #byHash = new Map<string, Link>();

  constructor(keyRing: Pick<KeyRing, 'find'>, clock: Pick<Clock, 'now'>) {
    this.#keyRing = keyRing;
    this.#clock = clock;
  }

  /** A new link; its session will have what the key allows. */
  make(keyId: string): { readonly token: string; readonly expiresAt: Micros } {
    const now = this.#clock.now();
    for (const [hash, link] of this.#byHash) {
      // In order of their making, and so of their end.
      if (link.expiresAt > now && this.#byHash.size < MAX_LINKS) break;
      this.#byHash.delete(hash);
    }
    const token = `hl_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const expiresAt = now + LINK_MS * MICROS_PER_MILLI;
    this.#byHash.set(hashSecret(token), { keyId, expiresAt, used: false });
    return { token, expiresAt };
  }

  /** Uses a link up. @returns whose it is @throws HoldfastError `auth.link` */
  take(token: string): Principal {
    const link = this.#byHash.get(hashSecret(token));
    if (link === undefined || link.expiresAt <= this.#clock.now())
      throw refusal('the login link is unknown or has expired');
    if (link.used) throw refusal('the login link was used already');
    link.used = true;
    const principal = this.#keyRing.find(link.keyId);
    if (principal === null) throw refusal('the key that the login link was made with is revoked');
    return principal;
  }
}

function refusal(message: string): HoldfastError {
  return new HoldfastError('auth.link', message, { hint: 'Make another: holdfast open' });
}
