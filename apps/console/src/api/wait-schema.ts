import { queryOptions } from '@tanstack/react-query';
import type { Json, WaitResource } from '@holdfast/core';
import { waitSchemaOf } from '../lib/release-manifest.ts';
import { api } from './client.ts';

/**
 * JSON Schema of what completes a wait, out of the release that its instance is pinned to; null where anything is taken.
 * A release never changes, and an instance seldom moves: it is asked once for a dialog.
 */
export const waitSchemaQuery = ({ saga, key, definition }: WaitResource) =>
  queryOptions({
    queryKey: ['waits', 'schema', saga, key, definition],
    queryFn: async (): Promise<Json> => {
      if (definition === null) return null;
      const { release } = await api().sagas.get(saga, key);
      const { manifest } = await api().releases.get(release);
      return waitSchemaOf(manifest, definition);
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
