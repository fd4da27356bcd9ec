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
  /** JSON Schema of its data; null: anything goes. */
  readonly schema: Json;
  /** The app whose active release has the schema; null where none does. */
  readonly app: string | null;
  /** Sagas that take it, and whether it can start an instance of each. */
  readonly sagas: readonly {
    readonly saga: string;
    readonly app: string;
    readonly starts: boolean;
  }[];
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
