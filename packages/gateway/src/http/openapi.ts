/**
 * The API described as OpenAPI 3.1, from the same records that mount it. OpenAPI 3.1 takes JSON Schema 2020-12 as it
 * is, and zod writes that itself.
 *
 * @module
 */
import {
  acceptedSchema,
  batchAnswerSchema,
  blockedBySchema,
  CONSOLE_HEADER,
  dispositionSchema,
  effectSchema,
  eventDetailSchema,
  eventSchema,
  healthSchema,
  infoSchema,
  jsonSchema,
  keySchema,
  newKeySchema,
  PROBLEM_MEDIA_TYPE,
  problemSchema,
  publishedSchema,
  quarantineSchema,
  readySchema,
  releaseBundleSchema,
  releaseDetailSchema,
  releaseSchema,
  explanationSchema,
  sagaFieldsSchema,
  sagaDetailSchema,
  sagaEndSchema,
  sagaSummarySchema,
  SESSION_COOKIE,
  sessionSchema,
  loginLinkSchema,
  scheduleSchema,
  timerSchema,
  cronTriggerResourceSchema,
  stateAtSchema,
  timelineEntrySchema,
  timelineSchema,
  waitSchema,
  workerRecordSchema,
  workerSchema,
  commandSchema,
  commandResultSchema,
} from '@holdfast/core';
import { z } from 'zod';
import type { Route } from './route.ts';

const NAMED: Readonly<Record<string, z.ZodType>> = {
  Accepted: acceptedSchema,
  BatchAnswer: batchAnswerSchema,
  BlockedBy: blockedBySchema,
  Disposition: dispositionSchema,
  Effect: effectSchema,
  Event: eventSchema,
  EventDetail: eventDetailSchema,
  Health: healthSchema,
  Explanation: explanationSchema,
  Info: infoSchema,
  Json: jsonSchema,
  Key: keySchema,
  NewKey: newKeySchema,
  Problem: problemSchema,
  Published: publishedSchema,
  Quarantine: quarantineSchema,
  Ready: readySchema,
  Release: releaseSchema,
  ReleaseBundle: releaseBundleSchema,
  ReleaseDetail: releaseDetailSchema,
  Saga: sagaDetailSchema,
  SagaEnd: sagaEndSchema,
  SagaFields: sagaFieldsSchema,
  SagaSummary: sagaSummarySchema,
  Session: sessionSchema,
  LoginLink: loginLinkSchema,
  Schedule: scheduleSchema,
  CronTrigger: cronTriggerResourceSchema,
  StateAt: stateAtSchema,
  Timeline: timelineSchema,
  TimelineEntry: timelineEntrySchema,
  Timer: timerSchema,
  Wait: waitSchema,
  Command: commandSchema,
  CommandResult: commandResultSchema,
  Worker: workerSchema,
  WorkerRecord: workerRecordSchema,
};

type Dict = Record<string, unknown>;

const refTo = (id: string): string => `#/components/schemas/${id}`;

/** Names every schema that a route uses; the nameless get one from their operation. */
class Components {
  readonly #registry = z.registry<{ id: string }>();

  constructor() {
    for (const [id, schema] of Object.entries(NAMED)) this.#registry.add(schema, { id });
  }

  ref(schema: z.ZodType, fallback: string): Dict {
    const known = this.#registry.get(schema);
    if (known === undefined) this.#registry.add(schema, { id: fallback });
    return { $ref: refTo(known?.id ?? fallback) };
  }

  /** What goes in is described rather than what zod makes of it: durations are text, answers may gain members. */
  schemas(): Dict {
    const { schemas } = z.toJSONSchema(this.#registry, { uri: refTo, io: 'input' });
    return Object.fromEntries(
      Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...schema }]) => [
        id,
        schema,
      ]),
    );
  }
}

export function openApiDocument(routes: readonly Route[], version: string): Dict {
  const components = new Components();
  const paths: Record<string, Dict> = {};
  for (const route of routes) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = operationOf(route, components);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version,
      description: 'Durable sagas on one machine. Times are RFC 3339 in UTC with microseconds.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: components.schemas(),
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: SESSION_COOKIE,
          description: `The console's session. Anything but GET and HEAD needs \`${CONSOLE_HEADER}: 1\` too.`,
        },
      },
    },
  };
}

function operationOf(route: Route, components: Components): Dict {
  const tag = /^\/v1\/([a-z]+)/.exec(route.path)?.[1] ?? 'server';
  return {
    operationId: route.operation,
    tags: [tag],
    summary: route.summary,
    // An empty list says that no key is needed (OpenAPI 3.1 §4.8.10).
    security: route.scope === 'open' ? [] : [{ key: [] }, { session: [] }],
    ...(route.scope === 'open' || route.scope === 'any' ? {} : { 'x-scope': route.scope }),
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(route.body === null ? {} : { requestBody: bodyOf(route, components) }),
    responses: responsesOf(route, components),
  };
}

function pathParameters(route: Route): Dict[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(route: Route): Dict[] {
  const { properties = {}, required = [] } = z.toJSONSchema(route.query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters(route: Route): Dict[] {
  if (route.scope === 'open') return [];
  const tenant = {
    name: 'x-tenant-id',
    in: 'header',
    required: false,
    schema: { type: 'string' },
    description:
      'Another tenant than the key\'s own, for keys with the scope "admin"; `_` is the empty one.',
  };
  if (route.answers[200] !== 'text/event-stream') return [tenant];
  const last = { name: 'last-event-id', in: 'header', required: false, schema: { type: 'string' } };
  return [tenant, last];
}

function bodyOf(route: Route, components: Components): Dict {
  const { description, required, content } = route.body ?? {
    description: '',
    required: false,
    content: {},
  };
  const described = Object.entries(content).map(([mediaType, schema], i) => [
    mediaType,
    {
      schema:
        schema === null ? {} : components.ref(schema, `${upper(route.operation)}Body${i || ''}`),
    },
  ]);
  return {
    ...(description === '' ? {} : { description }),
    required,
    content: Object.fromEntries(described) as Dict,
  };
}

function responsesOf(route: Route, components: Components): Dict {
  const problem = {
    description: 'Problem details (RFC 9457) with a stable `code`.',
    content: { [PROBLEM_MEDIA_TYPE]: { schema: components.ref(problemSchema, 'Problem') } },
  };
  const responses: Dict = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    responses[status] = {
      description: DESCRIPTIONS[status] ?? 'Done.',
      ...contentOf(answer, `${upper(route.operation)}${status}`, components),
    };
  }
  return { ...responses, default: problem };
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  200: 'Done.',
  201: 'Created.',
  202: 'Accepted: committed, and work goes on.',
  204: 'Done; nothing to tell.',
  207: 'Some were accepted and some refused; each has its own answer.',
  503: 'Not now.',
};

function contentOf(answer: z.ZodType | string | null, name: string, components: Components): Dict {
  if (answer === null) return {};
  if (typeof answer === 'string') return { content: { [answer]: { schema: { type: 'string' } } } };
  return { content: { 'application/json': { schema: components.ref(answer, name) } } };
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
