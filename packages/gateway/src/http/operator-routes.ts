import {
  dryRunQuerySchema,
  effectDetailSchema,
  effectQuerySchema,
  effectSchema,
  HoldfastError,
  pageOf,
  pageQuerySchema,
  reprocessBodySchema,
  reprocessPlanSchema,
  reprocessSchema,
  resolveEffectBodySchema,
  restartAnswerSchema,
  restartBodySchema,
} from '@holdfast/core';
import type { EffectDetail, Micros, TenantId } from '@holdfast/core';
import type { EffectResolution } from '@holdfast/engine';
import type { z } from 'zod';
import type { HttpDeps } from './http-port.ts';
import type { Route } from './route.ts';
import { keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';
import { addressOf } from './saga-routes.ts';

const EFFECT = '/v1/effects/{commandId}';

/** Acts that may repeat what was done outside, and effects. */
export function operatorRoutes(deps: HttpDeps): readonly Route[] {
  return [...effectRoutes(deps), restartRoute(deps), ...reprocessRoutes(deps)];
}

function effectRoutes({ engine, readModel }: HttpDeps): readonly Route[] {
  const effectOf = async (tenant: TenantId, commandId: string): Promise<EffectDetail> => {
    const found = /^[0-9a-f]{32}$/i.test(commandId)
      ? await readModel.effect(tenant, commandId.toLowerCase())
      : null;
    if (found !== null) return found;
    throw new HoldfastError('not_found', `there is no effect ${commandId}`);
  };
  return [
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
    keyRoute({
      method: 'GET',
      path: EFFECT,
      operation: 'getEffect',
      summary: 'One effect: what it was asked, and how it ended.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: effectDetailSchema },
      handle: async (call) => ({
        status: 200,
        json: await effectOf(call.tenant, parameter(call, 'commandId')),
      }),
    }),
    keyRoute({
      method: 'POST',
      path: `${EFFECT}/resolve`,
      operation: 'resolveEffect',
      summary:
        'Settle a held effect with what a person found out, or have it called again with the same key.',
      scope: 'operate',
      query: NO_QUERY,
      body: resolveEffectBodySchema,
      answers: { 200: effectDetailSchema },
      errors: ['conflict'],
      handle: async (call) => {
        const commandId = parameter(call, 'commandId').toLowerCase();
        await effectOf(call.tenant, commandId);
        const actor = call.actor(call.body.reason);
        await engine.resolveEffect(
          { tenant: call.tenant, commandId },
          resolutionOf(call.body),
          actor,
        );
        return { status: 200, json: await effectOf(call.tenant, commandId) };
      },
    }),
  ];
}

function resolutionOf(body: z.output<typeof resolveEffectBodySchema>): EffectResolution {
  return body.as === 'succeeded'
    ? { as: 'succeeded', output: JSON.stringify(body.output) }
    : { as: body.as };
}

function restartRoute({ engine }: HttpDeps): Route {
  return keyRoute({
    method: 'POST',
    path: '/v1/sagas/{saga}/{key}/restart',
    operation: 'restartSaga',
    summary:
      'Open a new run of an ended instance, with new idempotency keys. `dryRun=true` says which outside effects it would repeat; to repeat any, `repeatEffects` must say so.',
    scope: 'operate',
    query: dryRunQuerySchema,
    body: restartBodySchema,
    answers: { 200: restartAnswerSchema },
    errors: ['conflict'],
    handle: async (call) => {
      const address = addressOf(call);
      const { dryRun = false } = call.query;
      const { repeatEffects = false, reason } = call.body;
      const actor = call.actor(dryRun ? reason : needed(reason));
      const answer = await engine.restart(address, { dryRun, repeatEffects }, actor);
      const { saga, key } = address;
      return { status: 200, json: { ...answer, saga, key } };
    },
  });
}

function reprocessRoutes({ engine, readModel }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'POST',
      path: '/v1/reprocess',
      operation: 'reprocess',
      summary:
        'Run chosen events again for one saga, effects included. `dryRun=true` counts them and says what could be repeated; the count must then be repeated back.',
      scope: 'operate',
      query: dryRunQuerySchema,
      body: reprocessBodySchema,
      answers: { 200: reprocessPlanSchema, 202: reprocessSchema },
      errors: ['not_found', 'conflict'],
      handle: async (call) => {
        const { dryRun = false } = call.query;
        const { reason, from, to, all = false, ...chosen } = call.body;
        const { tenant } = call;
        const actor = call.actor(dryRun ? reason : needed(reason));
        const bounds = {
          ...(from === undefined ? {} : { from: microsOf(from) }),
          ...(to === undefined ? {} : { to: microsOf(to) }),
        };
        const answer = await engine.reprocess({ ...chosen, ...bounds, tenant, all, dryRun }, actor);
        if (answer.dryRun) return { status: 200, json: { ...answer, saga: chosen.saga } };
        return { status: 202, json: await readModel.reprocess(tenant, answer.id) };
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/reprocess',
      operation: 'listReprocesses',
      summary: 'List reprocesses, newest first, and where each stands.',
      scope: 'view',
      query: pageQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(reprocessSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.reprocesses(call.tenant, call.query),
      }),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/reprocess/{id}',
      operation: 'getReprocess',
      summary: 'One reprocess, and where it stands.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: reprocessSchema },
      handle: async (call) => {
        const id = parameter(call, 'id');
        const found = /^\d{1,15}$/.test(id)
          ? await readModel.reprocess(call.tenant, Number(id))
          : null;
        if (found !== null) return { status: 200, json: found };
        throw new HoldfastError('not_found', `there is no reprocess ${id}`);
      },
    }),
  ];
}

/** @throws HoldfastError `request.invalid` */
function needed(reason: string | undefined): string {
  if (reason !== undefined) return reason;
  throw new HoldfastError('request.invalid', '/reason: is needed: it goes on record', {
    faults: [{ at: '/reason', message: 'is needed: it goes on record' }],
  });
}

/** Of an RFC 3339 time, to the millisecond. */
function microsOf(time: string): Micros {
  return Date.parse(time) * 1000;
}
