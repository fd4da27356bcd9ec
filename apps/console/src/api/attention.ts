/**
 * What needs a person: groups, the things of a group, and the acts on them. To leave this file when core has the wire
 * types and the SDK's client the routes.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { Json, Page, Problem } from '@holdfast/core';
import { call } from './pending.ts';
import { pages } from './queries.ts';

export type AttentionAct = 'redrive' | 'resolve' | 'cancel' | 'discard';

export interface AttentionGroup {
  /** Opaque; stays the same while the group is there. */
  readonly id: string;
  /** `doubtful`: nobody knows whether an effect happened. */
  readonly kind: 'blocked' | 'doubtful' | 'quarantine';
  /** Code of the reason, for example `program.threw`. */
  readonly reason: string;
  /** What the newest of them says. */
  readonly message: string;
  readonly saga: string | null;
  readonly effect: string | null;
  /** Digest of the release; null for the quarantine. */
  readonly release: string | null;
  readonly count: number;
  readonly oldest: string;
  readonly newest: string;
  readonly acts: readonly AttentionAct[];
}

export interface Attention {
  readonly total: number;
  /** There are further groups, or more in a group than were counted. */
  readonly more?: boolean;
  readonly groups: readonly AttentionGroup[];
}

export interface WouldFire {
  readonly effect: string;
  readonly commandId: string;
  readonly idempotencyKey: string;
}

export interface AttentionItem {
  /** Names it in an act; opaque. */
  readonly item: string;
  readonly saga: string | null;
  readonly key: string | null;
  readonly run: number | null;
  readonly commandId: string | null;
  readonly quarantineId: number | null;
  readonly at: string;
  readonly message: string;
  /** What a redrive would do; null where it could do nothing. */
  readonly next: string | null;
  /** Effects that a redrive would call again or ask for next, as far as that is known before it decides. */
  readonly wouldFire: readonly WouldFire[];
}

export type Resolution =
  | { readonly as: 'succeeded'; readonly output: Json }
  | { readonly as: 'failed' }
  | { readonly as: 'retry' };

export interface AttentionActBody {
  readonly reason: string;
  /** How many it is about, as they were seen. Another number is refused with 409. */
  readonly confirmCount: number;
  /** Only these. */
  readonly items?: readonly string[];
  readonly resolve?: Resolution;
}

export interface AttentionActAnswer {
  readonly done: number;
  readonly refused: readonly { readonly item: string; readonly problem: Problem }[];
  /** Not tried. */
  readonly left?: number;
}

/** What changes it. */
const TOPICS = ['sagas', 'effects', 'quarantine'] as const;

export const attentionQuery = () =>
  queryOptions({
    queryKey: ['attention'],
    queryFn: ({ signal }) => call<Attention>('/v1/attention', { signal }),
    meta: { topics: TOPICS },
  });

export const attentionItemsQuery = (group: string) =>
  pages<AttentionItem>(['attention', 'items', group], TOPICS, ({ limit, cursor }) => {
    const query = new URLSearchParams({ limit: String(limit) });
    if (cursor !== undefined) query.set('cursor', cursor);
    return call<Page<AttentionItem>>(`${pathOf(group)}?${query.toString()}`);
  });

export function actOnGroup(
  group: string,
  act: AttentionAct,
  body: AttentionActBody,
): Promise<AttentionActAnswer> {
  return call<AttentionActAnswer>(`${pathOf(group)}/${act}`, { method: 'POST', body });
}

function pathOf(group: string): string {
  return `/v1/attention/${encodeURIComponent(group)}`;
}
