/**
 * One event with its cause and consequences. The two are here until core's wire has them.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { EventDetail } from '@holdfast/core';
import { api } from './client.ts';

/** Something that an event came of, or that came of it. */
export type EventLink =
  | {
      readonly kind: 'event';
      readonly seq: number;
      readonly id: string;
      readonly type: string;
    }
  | {
      readonly kind: 'effect';
      readonly commandId: string;
      readonly effect: string;
      readonly saga: string;
      readonly key: string;
      /** `pending`, `leased`, `held`, or how it ended. */
      readonly status: string;
      /** The event that says how it ended. */
      readonly outcomeSeq: number | null;
    };

export interface LinkedEvent extends EventDetail {
  /** Missing: the server does not tell. */
  readonly cause?: EventLink | null;
  readonly consequences?: { readonly items: readonly EventLink[]; readonly more: boolean };
}

export const eventQuery = (seq: number) =>
  queryOptions({
    queryKey: ['events', 'one', seq],
    queryFn: async (): Promise<LinkedEvent> => api().events.get(seq),
    meta: { topics: ['events', 'sagas', 'effects'] },
  });
