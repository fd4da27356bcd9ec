import { pageOf, pageQuerySchema, scheduleSchema } from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY } from './route.ts';
import type { Route } from './route.ts';

/** What can be looked at and not acted on here. */
export function recordRoutes({ readModel }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/schedules',
      operation: 'listSchedules',
      summary: 'List schedules, the next due first.',
      scope: 'view',
      query: pageQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(scheduleSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.schedules(call.tenant, call.query),
      }),
    }),
  ];
}
