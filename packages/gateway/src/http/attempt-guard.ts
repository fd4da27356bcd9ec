/** Has failed attempts over HTTP slowed: wrong keys, sessions and login links, and wait tokens that do not exist. */
import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '@holdfast/core';
import type { Millis } from '@holdfast/core';
import type { FailedAttempts } from '../access/failed-attempts.ts';
import { HttpError } from './answer.ts';
import { EndedError } from './ended.ts';
import type { Route } from './route.ts';

const MILLIS_PER_SECOND = 1000;

export class AttemptGuard {
  readonly #attempts: FailedAttempts;

  constructor(attempts: FailedAttempts) {
    this.#attempts = attempts;
  }

  /**
   * A token is looked for by the engine: an address that has tried too many is refused before that.
   *
   * @throws HttpError 429 `auth.slowed`
   */
  before(route: Route, incoming: IncomingMessage): void {
    if (!takesToken(route)) return;
    const retryAfter = this.#attempts.refusal(addressOf(incoming));
    if (retryAfter !== null) throw slowed(retryAfter);
  }

  /** Counts what failed for an attempt, and waits. @returns what to answer with */
  async after(route: Route, incoming: IncomingMessage, error: unknown): Promise<unknown> {
    if (!isFailedAttempt(route, error)) return error;
    const verdict = this.#attempts.failed(addressOf(incoming));
    if ('refuse' in verdict) return slowed(verdict.retryAfter);
    await this.#attempts.pause(verdict.wait);
    return error;
  }
}

function addressOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}

function takesToken({ scope, path }: Route): boolean {
  return scope === 'open' && path.includes('{token}');
}

function isFailedAttempt(route: Route, error: unknown): boolean {
  if (!(error instanceof HoldfastError) || error instanceof EndedError) return false;
  if (error.code === 'auth.refused' || error.code === 'auth.link') return true;
  return error.code === 'not_found' && takesToken(route);
}

function slowed(retryAfter: Millis): HttpError {
  const seconds = Math.max(1, Math.ceil(retryAfter / MILLIS_PER_SECOND));
  return new HttpError('auth.slowed', 'too many failed attempts', {
    headers: { 'retry-after': String(seconds) },
  });
}
