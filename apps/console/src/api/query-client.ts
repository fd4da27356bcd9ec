import { QueryClient } from '@tanstack/react-query';
import type { ChangeTopic } from '@holdfast/core';
import { ApiError } from '@holdfast/sdk/client';

declare module '@tanstack/react-query' {
  interface Register {
    /**
     * When the query is asked again (refresher.ts). `topics`: when one of them changes. `follows`: key of a query whose
     * answer shows nearly all that changes this one's; then `topics` alone ask less often.
     */
    queryMeta: { readonly topics?: readonly ChangeTopic[]; readonly follows?: readonly unknown[] };
  }
}

/** One for the page. What the server refuses is not asked again; what cannot be reached is, twice. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status < 500 && error.status !== 429),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
