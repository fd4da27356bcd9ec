/**
 * The types of events that active releases know. To leave this file when the SDK's client has the route.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { Json } from '@holdfast/core';
import { call } from './pending.ts';

export interface EventType {
  readonly type: string;
  /** JSON Schema of its data; null or missing: anything goes. */
  readonly schema?: Json;
  /** Sagas that take it. */
  readonly sagas: readonly string[];
}

export const eventTypesQuery = () =>
  queryOptions({
    queryKey: ['releases', 'event-types'],
    queryFn: async ({ signal }) => {
      const { items } = await call<{ readonly items: readonly EventType[] }>('/v1/event-types', {
        signal,
      });
      return items;
    },
    meta: { topics: ['releases'] },
  });
