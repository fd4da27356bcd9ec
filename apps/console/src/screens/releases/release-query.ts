import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';

export const releasesQuery = queryOptions({
  queryKey: ['releases', 'list'],
  queryFn: () => api().releases.list(),
  meta: { topics: ['releases', 'sagas'] },
});

export const releaseQuery = (digest: string) =>
  queryOptions({
    queryKey: ['releases', 'one', digest],
    queryFn: () => api().releases.get(digest),
    meta: { topics: ['releases'] },
  });
