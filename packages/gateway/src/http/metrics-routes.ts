import { collectMetrics } from '../metrics/collect-metrics.ts';
import { EXPOSITION_MEDIA_TYPE } from '../metrics/exposition.ts';
import type { HttpCounts } from '../metrics/http-counts.ts';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY, NO_QUERY } from './route.ts';
import type { Route } from './route.ts';

export function metricsRoutes(deps: HttpDeps, counts: HttpCounts): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/metrics',
      operation: 'metrics',
      summary: 'Metrics of the whole server in the text format of Prometheus.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: EXPOSITION_MEDIA_TYPE },
      handle: async () => {
        const text = await collectMetrics(deps, counts);
        return {
          status: 200,
          text: text.toString(),
          headers: { 'content-type': EXPOSITION_MEDIA_TYPE },
        };
      },
    }),
  ];
}
