import {
  HoldfastError,
  isTerminal,
  pageOf,
  reasonBodySchema,
  runQuerySchema,
  sagaDetailQuerySchema,
  sagaDetailSchema,
  sagaQuerySchema,
  sagaSummarySchema,
  stateAtSchema,
  timelineQuerySchema,
  timelineSchema,
} from '@holdfast/core';
import type { Actor, InstanceAddress } from '@holdfast/engine';
import type { Answer } from './answer.ts';
import { HeldAnswers } from './held-answers.ts';
import type { HttpDeps } from './http-port.ts';
import type { Call, Route } from './route.ts';
import { keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';

const INSTANCE = '/v1/sagas/{saga}/{key}';

export function addressOf(
  call: Pick<Call<unknown, unknown>, 'params'> & { readonly tenant: string },
): InstanceAddress {
  return { tenant: call.tenant, saga: parameter(call, 'saga'), key: parameter(call, 'key') };
}

function noInstance({ saga, key }: InstanceAddress): HoldfastError {
  return new HoldfastError('not_found', `there is no instance of saga "${saga}" with key "${key}"`);
}

export function sagaRoutes(deps: HttpDeps): readonly Route[] {
  return [...readingRoutes(deps), ...actingRoutes(deps)];
}

function readingRoutes({ engine, readModel, keyRing }: HttpDeps): readonly Route[] {
  const held = new HeldAnswers(keyRing);
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/sagas',
      operation: 'listSagas',
      summary: 'List instances; `key` filters by prefix.',
      scope: 'view',
      query: sagaQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(sagaSummarySchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.sagas(call.tenant, call.query),
      }),
    }),
    keyRoute({
      method: 'GET',
      path: INSTANCE,
      operation: 'getSaga',
      summary:
        'One instance: its current run, or `run`. With `wait` the answer is held until it has ended or time runs out.',
      scope: 'view',
      query: sagaDetailQuerySchema,
      body: NO_BODY,
      answers: { 200: sagaDetailSchema },
      handle: async (call) => {
        const address = addressOf(call);
        const { wait, run } = call.query;
        const read = () => readModel.saga(address.tenant, address.saga, address.key, run);
        let found = await read();
        if (found !== null && wait !== undefined && !isTerminal(found.status)) {
          await held.hold(call, () => engine.awaitEnd(address, wait));
          found = await read();
        }
        if (found === null) throw noInstance(address);
        return { status: 200, json: found };
      },
    }),
    keyRoute({
      method: 'GET',
      path: `${INSTANCE}/timeline`,
      operation: 'getTimeline',
      summary:
        'The whole story of a run, in order; of a long one the newest part, and with `before` what came earlier.',
      scope: 'view',
      query: timelineQuerySchema,
      body: NO_BODY,
      answers: { 200: timelineSchema },
      handle: async (call) => {
        const at = addressOf(call);
        const found = await readModel.timeline(at.tenant, at.saga, at.key, call.query);
        if (found === null) throw noInstance(at);
        return { status: 200, json: found };
      },
    }),
    keyRoute({
      method: 'GET',
      path: `${INSTANCE}/at/{version}`,
      operation: 'getStateAt',
      summary: 'State and decision at a version.',
      scope: 'view',
      query: runQuerySchema,
      body: NO_BODY,
      answers: { 200: stateAtSchema },
      handle: async (call) => {
        const at = addressOf(call);
        const written = parameter(call, 'version');
        const found = /^\d{1,15}$/.test(written)
          ? await readModel.stateAt(at.tenant, at.saga, at.key, Number(written), call.query.run)
          : null;
        if (found !== null) return { status: 200, json: found };
        throw new HoldfastError(
          'not_found',
          `saga "${at.saga}" with key "${at.key}" has no version ${written}`,
        );
      },
    }),
  ];
}

function actingRoutes({ engine, readModel }: HttpDeps): readonly Route[] {
  const act = (
    name: 'cancel' | 'redrive',
    summary: string,
    perform: (address: InstanceAddress, actor: Actor) => Promise<void>,
  ): Route =>
    keyRoute({
      method: 'POST',
      path: `${INSTANCE}/${name}`,
      operation: `${name}Saga`,
      summary,
      scope: 'operate',
      query: NO_QUERY,
      body: reasonBodySchema,
      answers: { 200: sagaDetailSchema },
      errors: ['conflict'],
      handle: async (call): Promise<Answer> => {
        const address = addressOf(call);
        await perform(address, call.actor(call.body.reason));
        const found = await readModel.saga(address.tenant, address.saga, address.key);
        if (found === null) throw noInstance(address);
        return { status: 200, json: found };
      },
    });
  return [
    act('cancel', 'Ask an instance to stop; it compensates what it has done.', (address, actor) =>
      engine.cancel(address, actor),
    ),
    act(
      'redrive',
      'Let a blocked instance go on from where it stands: same run, same idempotency keys.',
      (address, actor) => engine.redrive(address, actor),
    ),
  ];
}
