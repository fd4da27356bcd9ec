import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

/** One event, what became of it, its cause and its consequences. */
export const eventQuery = (seq: number) =>
  queryOptions({
    queryKey: ['events', 'one', seq],
    queryFn: () => api().events.get(seq),
    meta: { topics: ['events', 'sagas', 'effects'] },
  });
