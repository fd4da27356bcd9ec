import {
  clockConfirmedSchema,
  pageOf,
  reasonBodySchema,
  scheduleQuerySchema,
  scheduleSchema,
} from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY, NO_QUERY } from './route.ts';
import type { Route } from './route.ts';

/** Timers and cron triggers, and the word of a person that the clock they go by is right. */
export function scheduleRoutes({ readModel, engine }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/schedules',
      operation: 'listSchedules',
      summary: 'List timers, timeouts of waits and cron triggers, the next due first.',
      scope: 'view',
      query: scheduleQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(scheduleSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.schedules(call.tenant, call.query),
      }),
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/schedules/confirm',
      operation: 'confirmClock',
      summary: 'Say that the clock is right after it has leapt forward: what is due by it fires.',
      scope: 'admin',
      query: NO_QUERY,
      body: reasonBodySchema,
      answers: { 200: clockConfirmedSchema },
      errors: ['conflict'],
      handle: async (call) => ({
        status: 200,
        json: { ...(await engine.confirmClock(call.actor(call.body.reason))) },
      }),
    }),
  ];
}
