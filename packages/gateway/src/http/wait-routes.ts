import { createHash } from 'node:crypto';
import {
  failWaitBodySchema,
  jsonSchema,
  pageOf,
  reasonBodySchema,
  waitAnswerSchema,
  waitQuerySchema,
  waitSchema,
} from '@holdfast/core';
import type { Actor, WaitAddress } from '@holdfast/engine';
import type { Answer } from './answer.ts';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY, NO_QUERY, openRoute, parameter } from './route.ts';
import type { Route } from './route.ts';
import { addressOf } from './saga-routes.ts';

const BY_NAME = '/v1/sagas/{saga}/{key}/waits/{name}';
const BY_TOKEN = '/v1/waits/{token}';

export function waitRoutes({ engine, readModel }: HttpDeps): readonly Route[] {
  const complete = async (
    address: WaitAddress,
    payload: unknown,
    actor: Actor,
  ): Promise<Answer> => {
    await engine.completeWait(address, JSON.stringify(payload), actor);
    return { status: 200, json: { state: 'completed' } };
  };
  const fail = async (
    address: WaitAddress,
    message: string | undefined,
    actor: Actor,
  ): Promise<Answer> => {
    await engine.failWait(address, message ?? 'failed by the outside party', actor);
    return { status: 200, json: { state: 'failed' } };
  };
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/waits',
      operation: 'listWaits',
      summary: 'List waits.',
      scope: 'view',
      query: waitQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(waitSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.waits(call.tenant, call.query),
      }),
    }),
    keyRoute({
      method: 'POST',
      path: `${BY_NAME}/complete`,
      operation: 'completeWait',
      summary: 'Complete a wait; the body is its payload. 409 when it is closed already.',
      scope: 'operate',
      query: reasonBodySchema,
      body: jsonSchema,
      answers: { 200: waitAnswerSchema },
      errors: ['wait.closed'],
      handle: (call) =>
        complete(
          { ...addressOf(call), name: parameter(call, 'name') },
          call.body,
          call.actor(call.query.reason),
        ),
    }),
    keyRoute({
      method: 'POST',
      path: `${BY_NAME}/fail`,
      operation: 'failWait',
      summary: 'Fail a wait. 409 when it is closed already.',
      scope: 'operate',
      query: NO_QUERY,
      body: failWaitBodySchema,
      answers: { 200: waitAnswerSchema },
      errors: ['wait.closed'],
      handle: (call) =>
        fail(
          { ...addressOf(call), name: parameter(call, 'name') },
          call.body.message,
          call.actor(call.body.message),
        ),
    }),
    openRoute({
      method: 'POST',
      path: `${BY_TOKEN}/complete`,
      operation: 'completeWaitByToken',
      summary: 'Complete the wait that the token was made for; the token is all it needs.',
      query: NO_QUERY,
      body: jsonSchema,
      answers: { 200: waitAnswerSchema },
      errors: ['wait.closed'],
      handle: (call) => {
        const token = parameter(call, 'token');
        return complete({ token }, call.body, tokenActor(token));
      },
    }),
    openRoute({
      method: 'POST',
      path: `${BY_TOKEN}/fail`,
      operation: 'failWaitByToken',
      summary: 'Fail the wait that the token was made for.',
      query: NO_QUERY,
      body: failWaitBodySchema,
      answers: { 200: waitAnswerSchema },
      errors: ['wait.closed'],
      handle: (call) => {
        const token = parameter(call, 'token');
        return fail({ token }, call.body.message, tokenActor(token));
      },
    }),
  ];
}

/** Who acted, as the audit names it: the head of the token's hash, which is at rest anyway; never the token. */
function tokenActor(token: string): Actor {
  const mark = createHash('sha256').update(token).digest('hex').slice(0, 12);
  return { by: `token:${mark}`, reason: null };
}
