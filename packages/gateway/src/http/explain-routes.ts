/**
 * What helps a person to find an instance, and to understand it.
 *
 * @module
 */
import {
  explainQuerySchema,
  explanationSchema,
  HoldfastError,
  pageOf,
  sagaFieldsSchema,
} from '@holdfast/core';
import type { Explanation } from '@holdfast/core';
import type { PlaceAnswer } from '@holdfast/engine';
import type { HttpDeps } from './http-port.ts';
import type { Route } from './route.ts';
import { keyRoute, NO_BODY, NO_QUERY } from './route.ts';
import { addressOf } from './saga-routes.ts';

export function explainRoutes({ engine, readModel }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/sagas/fields',
      operation: 'listSagaFields',
      summary: 'The search fields that sagas of active releases name.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: pageOf(sagaFieldsSchema) },
      handle: async () => ({
        status: 200,
        json: { items: await readModel.sagaFields(), next: null },
      }),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/sagas/{saga}/{key}/explain',
      operation: 'explainSaga',
      summary:
        'Where an instance stands, with the line of source, why, and what comes next; or what the decision `version` was about.',
      scope: 'view',
      query: explainQuerySchema,
      body: NO_BODY,
      answers: { 200: explanationSchema },
      handle: async (call) => {
        const { tenant, saga, key } = addressOf(call);
        const found = await readModel.explain(tenant, saga, key, call.query);
        if (found === null) {
          const { version, run } = call.query;
          const of = `saga "${saga}" with key "${key}"`;
          const what =
            version === undefined && run === undefined
              ? `there is no instance of ${of}`
              : `${of} has no ${version === undefined ? `run ${run}` : `version ${version}`}`;
          throw new HoldfastError('not_found', what);
        }
        const places = await engine.placeSteps(found.ask);
        return { status: 200, json: withPlaces(found.explanation, places) };
      },
    }),
  ];
}

/** The explanation with the lines of source that were found. */
function withPlaces(explanation: Explanation, answer: PlaceAnswer): Explanation {
  const { decision, open } = explanation;
  return {
    ...explanation,
    open: open.map((step) => {
      const asked = answer.places[step.step] ?? null;
      // A failure stands where it was thrown, else at the step that failed.
      const at = step.kind === 'failure' ? (answer.at ?? answer.failedAt ?? asked) : asked;
      return at === null ? step : { ...step, at };
    }),
    decision: decision === null ? null : { ...decision, check: answer.check },
    linesMissing: answer.missing,
  };
}
