import { QueryClient } from '@tanstack/react-query';
import type { ChangeTopic } from '@holdfast/core';
import { ApiError } from '@holdfast/sdk/client';

declare module '@tanstack/react-query' {
  interface Register {
    /** `topics`: what the query depends on; it is asked again when one of them changes (live.ts). */
    queryMeta: { readonly topics?: readonly ChangeTopic[] };
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
