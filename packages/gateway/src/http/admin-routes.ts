import {
  drainBodySchema,
  drainedSchema,
  parseDuration,
  reasonBodySchema,
  reloadedSchema,
} from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_QUERY } from './route.ts';
import type { Route } from './route.ts';

/** Operating the server itself (R10.5, R10.6). */
export function adminRoutes({ operation }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'POST',
      path: '/admin/drain',
      operation: 'drain',
      summary:
        'Take no new work, finish what is in flight, and report. The server goes on answering reads until it is stopped.',
      scope: 'admin',
      query: NO_QUERY,
      body: drainBodySchema,
      answers: { 200: drainedSchema },
      handle: async (call) => {
        const { timeout, reason } = call.body;
        const millis = timeout === undefined ? null : parseDuration(timeout);
        return { status: 200, json: await operation.drain(millis, call.actor(reason)) };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/admin/reload',
      operation: 'reload',
      summary:
        'Read the configuration again: what is safe to change takes effect, and the answer says what needs a restart.',
      scope: 'admin',
      query: NO_QUERY,
      body: reasonBodySchema,
      answers: { 200: reloadedSchema },
      errors: ['config.invalid', 'release.invalid', 'conflict'],
      handle: async (call) => ({
        status: 200,
        json: await operation.reload(call.actor(call.body.reason)),
      }),
    }),
  ];
}
