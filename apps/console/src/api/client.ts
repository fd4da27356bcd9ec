/**
 * The SDK's client as the console uses it: the browser's session instead of a key, the header that tells its acts from
 * another page's, and the tenant an admin has chosen.
 *
 * @module
 */
import { ApiError, createClient, HoldfastError } from '@holdfast/sdk/client';
import type { Client } from '@holdfast/sdk/client';
import type { Fault } from '@holdfast/core';

/** A browser sends it to another origin only if that origin allows it, and ours allows none. */
const CONSOLE_HEADERS = { 'x-holdfast-console': '1' } as const;

/** For as long as the tab lives: a reload shows the tenant that was looked at. */
const TENANT_STORED_AS = 'holdfast.tenant';

let tenant = storedTenant();
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

function storedTenant(): string | undefined {
  try {
    return sessionStorage.getItem(TENANT_STORED_AS) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The client for the chosen tenant. Ask each time: it is another after a switch. */
export function api(): Client {
  return current;
}

/** Another tenant than the key's own; undefined: the key's own. */
export function chooseTenant(chosen: string | undefined): void {
  tenant = chosen;
  try {
    if (chosen === undefined) sessionStorage.removeItem(TENANT_STORED_AS);
    else sessionStorage.setItem(TENANT_STORED_AS, chosen);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
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

/** What to tell a person: message, places, hint and stable code of any failure. */
export function describeError(error: unknown): {
  readonly message: string;
  readonly hint: string | undefined;
  readonly code: string | undefined;
  readonly faults: readonly Fault[];
} {
  if (error instanceof HoldfastError) {
    const { message, hint, code, faults } = error;
    return { message, hint, code, faults };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, hint: undefined, code: undefined, faults: [] };
}
