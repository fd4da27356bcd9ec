import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

/** The page has no stream of changes: it asks again by itself while the wait is open. */
const ASK_AGAIN_MS = 15_000;

/** What a stranger with the link of a wait may know. */
export const waitByTokenQuery = (token: string) =>
  queryOptions({
    queryKey: ['waits', 'by-token', token],
    queryFn: () => api().waits.get(token),
    refetchInterval: ({ state }) => (state.data?.closed === true ? false : ASK_AGAIN_MS),
  });
