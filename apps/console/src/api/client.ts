/**
 * The SDK's client as the console uses it: the browser's session instead of a key, the header that tells its acts from
 * another page's, and the tenant an admin has chosen.
 *
 * @module
 */
import { ApiError, createClient, HoldfastError } from '@holdfast/sdk/client';
import type { Client } from '@holdfast/sdk/client';

/** A browser sends it to another origin only if that origin allows it, and ours allows none. */
const CONSOLE_HEADERS = { 'x-holdfast-console': '1' } as const;

let tenant: string | undefined;
const listeners = new Set<() => void>();
let onRefused: (() => void) | undefined;

/** Every answer passes here: a 401 means that the session has ended. That of signing in itself says so to who asked. */
const watchedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.status === 401 && !response.url.endsWith('/v1/session')) onRefused?.();
  return response;
};

let current = build();

function build(): Client {
  return createClient({
    url: window.location.origin,
    headers: CONSOLE_HEADERS,
    fetch: watchedFetch,
    ...(tenant === undefined ? {} : { tenant }),
  });
}

/** The client for the chosen tenant. Ask each time: it is another after a switch. */
export function api(): Client {
  return current;
}

/** Another tenant than the key's own; undefined: the key's own. */
export function chooseTenant(chosen: string | undefined): void {
  tenant = chosen;
  current = build();
  for (const listener of listeners) listener();
}

/** Called after each switch. @returns what ends that */
export function onTenantChosen(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function chosenTenant(): string | undefined {
  return tenant;
}

/** Called when an answer says that nobody is signed in. */
export function whenRefused(listener: () => void): void {
  onRefused = listener;
}

/** Whether the server does not have this route or thing. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** What to tell a person: message, hint and stable code of any failure. */
export function describeError(error: unknown): {
  readonly message: string;
  readonly hint: string | undefined;
  readonly code: string | undefined;
} {
  if (error instanceof HoldfastError) {
    return { message: error.message, hint: error.hint, code: error.code };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, hint: undefined, code: undefined };
}
