import {
  batchAnswerSchema,
  eventDetailSchema,
  eventQuerySchema,
  eventSchema,
  HoldfastError,
  jsonSchema,
  pageOf,
  publishedSchema,
  publishQuerySchema,
  sagaEndSchema,
  tailQuerySchema,
} from '@holdfast/core';
import { z } from 'zod';
import { BATCH, STRUCTURED } from '../ingest/http-message.ts';
import type { AnswerCounts } from '../metrics/answer-counts.ts';
import { EventStream, startOf, StreamGate } from './event-stream.ts';
import type { HttpDeps } from './http-port.ts';
import { publish, PublishGate } from './publish.ts';
import { keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';
import type { Route } from './route.ts';

const cloudEventSchema = z
  .looseObject({
    specversion: z.literal('1.0').optional(),
    id: z.string().optional(),
    source: z.string().optional(),
    type: z.string(),
    subject: z.string().optional(),
    time: z.string().optional(),
    data: jsonSchema.optional(),
    correlationid: z.string().optional(),
  })
  .meta({ description: 'A CloudEvent 1.0 in JSON format, or plain JSON with at least a type.' });

export function eventRoutes(deps: HttpDeps, answers: AnswerCounts): readonly Route[] {
  const { readModel } = deps;
  const publishes = new PublishGate(deps.limits);
  const streams = new StreamGate(deps.limits.maxStreams);
  return [
    keyRoute({
      method: 'POST',
      path: '/v1/events',
      operation: 'publishEvents',
      summary:
        'Publish an event (CloudEvents structured, binary or batch). Answers after the commit; with `wait`, 200 once the saga it started has ended, 202 when time runs out or nothing was started.',
      scope: 'publish',
      query: publishQuerySchema,
      body: NO_BODY,
      bodyDescription: {
        description:
          'Binary mode: attributes in `ce-*` headers, data as the body. `traceparent` and `x-correlation-id` headers fill in what the envelope leaves out.',
        required: true,
        content: {
          [STRUCTURED]: cloudEventSchema,
          [BATCH]: z.array(cloudEventSchema),
          'application/json': null,
        },
      },
      answers: {
        200: sagaEndSchema,
        202: z.union([publishedSchema, batchAnswerSchema]),
        207: batchAnswerSchema,
      },
      errors: [
        'event.not_json',
        'event.invalid',
        'event.too_large',
        'event.conflict',
        'event.reserved',
        'overloaded',
      ],
      handle: (call) => publish(call, { ...deps, answers }, publishes),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/events',
      operation: 'listEvents',
      summary: 'List events of the journal, newest first unless asked otherwise.',
      scope: 'view',
      query: eventQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(eventSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.events(call.tenant, call.query),
      }),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/events/stream',
      operation: 'tailEvents',
      summary:
        'Follow the journal as server-sent events; each carries its seq as id, so that `Last-Event-ID` goes on without a gap.',
      scope: 'view',
      query: tailQuerySchema,
      body: NO_BODY,
      answers: { 200: 'text/event-stream' },
      errors: ['overloaded'],
      handle: async ({ principal, tenant, query, closing, incoming }) => {
        if (incoming.method === 'HEAD') {
          return { status: 200, text: '', headers: { 'content-type': 'text/event-stream' } };
        }
        const leave = streams.enter();
        try {
          const lastEventId = incoming.headers['last-event-id'];
          const after = await startOf(query, lastEventId?.toString(), readModel);
          const request = { principal, tenant, filter: query, after, closing };
          return {
            stream: (outgoing) => new EventStream(deps, request, outgoing, leave).start(),
          };
        } catch (error) {
          leave();
          throw error;
        }
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/events/{seq}',
      operation: 'getEvent',
      summary: 'One event, and what became of it for each saga.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: eventDetailSchema },
      handle: async (call) => {
        const written = parameter(call, 'seq');
        const event = /^\d{1,15}$/.test(written)
          ? await readModel.event(call.tenant, Number(written))
          : null;
        if (event !== null) return { status: 200, json: event };
        throw new HoldfastError('not_found', `there is no event at seq ${written}`);
      },
    }),
  ];
}
