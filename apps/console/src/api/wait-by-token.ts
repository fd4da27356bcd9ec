/**
 * What a stranger with the link of a wait may know. To leave this file when the SDK's client has the route.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { Json, WaitResource } from '@holdfast/core';
import { call } from './pending.ts';

export interface OpenWait {
  readonly name: string;
  /** What its definition calls it, for a person; null where it says nothing. */
  readonly title: string | null;
  readonly saga: string;
  readonly state: WaitResource['state'];
  /** RFC 3339. */
  readonly askedAt: string;
  /** null: it never expires. */
  readonly expiresAt: string | null;
  /** JSON Schema of what completes it; null: anything does. */
  readonly schema: Json;
  /** Whether it can no longer be completed. */
  readonly closed: boolean;
}

/** The page has no stream of changes: it asks again by itself while the wait is open. */
const ASK_AGAIN_MS = 15_000;

export const waitByTokenQuery = (token: string) =>
  queryOptions({
    queryKey: ['waits', 'by-token', token],
    queryFn: ({ signal }) => call<OpenWait>(`/v1/waits/${encodeURIComponent(token)}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.closed === true ? false : ASK_AGAIN_MS),
  });
