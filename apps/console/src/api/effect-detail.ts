import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

/** One effect: what was asked, what was answered, where it stands. */
export const effectQuery = (commandId: string) =>
  queryOptions({
    queryKey: ['effects', 'one', commandId],
    queryFn: () => api().effects.get(commandId),
    meta: { topics: ['effects'] },
  });
