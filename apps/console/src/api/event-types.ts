import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

/** The types of events that active releases know. */
export const eventTypesQuery = () =>
  queryOptions({
    queryKey: ['releases', 'event-types'],
    queryFn: () => api().eventTypes(),
    meta: { topics: ['releases'] },
  });
