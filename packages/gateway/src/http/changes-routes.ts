import { ChangesStream } from './changes-stream.ts';
import { StreamGate } from './event-stream.ts';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY, NO_QUERY } from './route.ts';
import type { Route } from './route.ts';

export function changesRoutes(deps: HttpDeps): readonly Route[] {
  const streams = new StreamGate(deps.limits.maxStreams);
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/changes',
      operation: 'followChanges',
      summary:
        'Follow what changes, as server-sent events `changes`: which lists to read again. At most four a second; nothing while nothing changes.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: 'text/event-stream' },
      errors: ['overloaded'],
      handle: async ({ principal, tenant, closing, incoming }) => {
        if (incoming.method === 'HEAD')
          return { status: 200, text: '', headers: { 'content-type': 'text/event-stream' } };
        const leave = streams.enter();
        const request = { principal, tenant, closing };
        return { stream: (outgoing) => new ChangesStream(deps, request, outgoing, leave).start() };
      },
    }),
  ];
}
