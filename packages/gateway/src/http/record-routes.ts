import {
  effectQuerySchema,
  effectSchema,
  HoldfastError,
  pageOf,
  pageQuerySchema,
  quarantineSchema,
} from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';
import type { Route } from './route.ts';

/** Quarantine and effects: what can be looked at and, so far, not acted on here. */
export function recordRoutes({ readModel }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/quarantine',
      operation: 'listQuarantine',
      summary: 'List what could not be processed, newest first.',
      scope: 'view',
      query: pageQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(quarantineSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.quarantine(call.tenant, call.query),
      }),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/quarantine/{id}',
      operation: 'getQuarantine',
      summary: 'One entry of the quarantine, with its context and the head of its payload.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: quarantineSchema },
      handle: async (call) => {
        const id = parameter(call, 'id');
        const entry = /^\d{1,15}$/.test(id)
          ? await readModel.quarantineEntry(call.tenant, Number(id))
          : null;
        if (entry !== null) return { status: 200, json: entry };
        throw new HoldfastError('not_found', `the quarantine has no entry ${id}`);
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/effects',
      operation: 'listEffects',
      summary: 'List effect commands, newest first: the outbox, and what was settled.',
      scope: 'view',
      query: effectQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(effectSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.effects(call.tenant, call.query),
      }),
    }),
  ];
}
