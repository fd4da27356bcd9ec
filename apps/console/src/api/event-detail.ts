/**
 * One event with its cause and consequences.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { EventDetail } from '@holdfast/core';
import { api } from './client.ts';

export type EventLink = NonNullable<EventDetail['cause']>;

export const eventQuery = (seq: number) =>
  queryOptions({
    queryKey: ['events', 'one', seq],
    queryFn: async (): Promise<EventDetail> => api().events.get(seq),
    meta: { topics: ['events', 'sagas', 'effects'] },
  });
