/**
 * The typed client for the server that a command means, with a failure to reach it told in the CLI's words.
 *
 * @module
 */
import { HoldfastError } from '@holdfast/core';
import type { Duration } from '@holdfast/core';
import { ApiError, createClient } from '@holdfast/sdk/client';
import type { Client } from '@holdfast/sdk/client';
import type { CliContext } from './context.ts';
import { trustOwnCertificate } from './own-trust.ts';
import { withProgress } from './progress.ts';
import { findTarget, noServer } from './target.ts';
import type { Target } from './target.ts';

/** Tries of a publish: enough for a server that is just restarting, few enough for a person who waits. */
const PUBLISH_TRIES = 4;

/** @param timeout longest wait for an answer. Default: the client's own */
export function clientOf(target: Target, timeout?: Duration): Client {
  trustOwnCertificate(target);
  const { url, key, tenant } = target;
  return createClient({
    url,
    key,
    retry: { attempts: PUBLISH_TRIES },
    ...(timeout === undefined ? {} : { timeout }),
    ...(tenant === undefined ? {} : { tenant: tenant === '_' ? '' : tenant }),
  });
}

/**
 * Asks the server, showing progress when it takes long.
 *
 * @param what in the present tense, for the progress line
 * @throws HoldfastError `unavailable` naming the command that starts a server, when the data directory's own is gone
 */
export async function ask<T>(
  context: CliContext,
  what: string | (() => string),
  request: (client: Client) => Promise<T>,
): Promise<T> {
  const target = findTarget(context);
  try {
    const asked = (): Promise<T> => request(clientOf(target));
    return await withProgress(context.out, what, context.answers?.answer(asked) ?? asked());
  } catch (error) {
    throw toldAgain(error, target);
  }
}

/** A server file that a crash left behind points to nobody: then what helps is to start the server. */
export function toldAgain(error: unknown, { own, dataDir, url }: Target): unknown {
  const unreached =
    error instanceof HoldfastError && error.code === 'unavailable' && !(error instanceof ApiError);
  if (!unreached || !own) return error;
  return noServer(dataDir, new Error(`${url} does not answer`, { cause: error.cause }));
}
