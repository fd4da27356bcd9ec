/**
 * The API described as OpenAPI 3.1, from the same records that mount it. OpenAPI 3.1 takes JSON Schema 2020-12 as it
 * is, and zod writes that itself.
 *
 * @module
 */
import {
  auditEntrySchema,
  auditReportSchema,
  batchAnswerSchema,
  blockedBySchema,
  CONSOLE_HEADER,
  dispositionSchema,
  effectSchema,
  eventDetailSchema,
  eventSchema,
  healthSchema,
  infoSchema,
  journalReportSchema,
  journalVerificationSchema,
  jsonSchema,
  keySchema,
  newKeySchema,
  PROBLEM_MEDIA_TYPE,
  PROBLEM_TITLES,
  toProblem,
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
import { isResource } from './conditional.ts';
import { EXAMPLES } from './openapi-examples.ts';
import { tagOf, TAGS } from './openapi-tags.ts';
import { problemsOf } from './problem-codes.ts';
import type { ListedProblem } from './problem-codes.ts';
import type { Route } from './route.ts';

const NAMED: Readonly<Record<string, z.ZodType>> = {
  AuditEntry: auditEntrySchema,
  AuditReport: auditReportSchema,
  BatchAnswer: batchAnswerSchema,
  BlockedBy: blockedBySchema,
  Disposition: dispositionSchema,
  Effect: effectSchema,
  Event: eventSchema,
  EventDetail: eventDetailSchema,
  Health: healthSchema,
  Explanation: explanationSchema,
  Info: infoSchema,
  JournalReport: journalReportSchema,
  JournalVerification: journalVerificationSchema,
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
  schemas(paths: Dict): Dict {
    const { schemas } = z.toJSONSchema(this.#registry, { uri: refTo, io: 'input' });
    const all = new Map<string, Dict>(
      Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...schema }]) => [
        refTo(id),
        schema,
      ]),
    );
    // What has a name and is in no answer is left out.
    const used = new Map<string, Dict>();
    const use = (value: unknown): void => {
      for (const ref of refsIn(value)) {
        const schema = all.get(ref);
        if (schema === undefined || used.has(ref)) continue;
        used.set(ref, schema);
        use(schema);
      }
    };
    use(paths);
    const named = [...used].map(([ref, schema]) => [ref.slice(refTo('').length), schema] as const);
    return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function refsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === '$ref' && typeof member === 'string' ? [member] : refsIn(member),
  );
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
    servers: [{ url: '/', description: 'The server that describes itself here.' }],
    tags: tagsOf(routes),
    paths,
    components: {
      schemas: components.schemas(paths),
      headers: {
        etag: {
          description: 'Of this very answer; send it back in `If-None-Match`.',
          schema: { type: 'string' },
        },
      },
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
  return {
    operationId: route.operation,
    tags: [tagOf(route.path)],
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
  const example = EXAMPLES[route.operation]?.body;
  const described = Object.entries(content).map(([mediaType, schema], i) => [
    mediaType,
    {
      schema:
        schema === null ? {} : components.ref(schema, `${upper(route.operation)}Body${i || ''}`),
      ...(example === undefined || i > 0 ? {} : { example }),
    },
  ]);
  return {
    ...(description === '' ? {} : { description }),
    required,
    content: Object.fromEntries(described) as Dict,
  };
}

function responsesOf(route: Route, components: Components): Dict {
  const responses: Dict = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    responses[status] = {
      description: DESCRIPTIONS[status] ?? 'Done.',
      ...(isResource(route) ? { headers: { etag: { $ref: '#/components/headers/etag' } } } : {}),
      ...contentOf(route, status, answer, components),
    };
  }
  if (isResource(route)) responses[304] = { description: DESCRIPTIONS[304] };
  const schema = components.ref(problemSchema, 'Problem');
  const byStatus = Map.groupBy(problemsOf(route), ({ status }) => status);
  for (const [status, problems] of byStatus) {
    // What the route answers with that status of its own: `/ready` says itself what is not well.
    if (status in route.answers) continue;
    responses[status] = {
      description: problems.map(({ code }) => `\`${code}\`: ${PROBLEM_TITLES[code]}.`).join(' '),
      ...(RETRIED.has(status) ? { headers: RETRY_AFTER } : {}),
      content: {
        [PROBLEM_MEDIA_TYPE]: {
          schema,
          examples: Object.fromEntries(problems.map((one) => [one.code, problemExample(one)])),
        },
      },
    };
  }
  const other = 'Problem details (RFC 9457) with a stable `code`.';
  responses['default'] = { description: other, content: { [PROBLEM_MEDIA_TYPE]: { schema } } };
  return responses;
}

function problemExample({ status, code }: ListedProblem): Dict {
  return { value: toProblem({ code, message: PROBLEM_TITLES[code] }, status) };
}

/** Statuses that say when to come again (RFC 9110 §10.2.3). */
const RETRIED: ReadonlySet<number> = new Set([429, 503, 507]);
const RETRY_AFTER = {
  'retry-after': { description: 'Seconds to wait first.', schema: { type: 'integer' } },
};

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  200: 'Done.',
  201: 'Created.',
  202: 'Accepted: committed, and work goes on.',
  204: 'Done; nothing to tell.',
  304: 'It is what `If-None-Match` names.',
  207: 'Some were accepted and some refused; each has its own answer.',
  503: 'Not now.',
};

function contentOf(
  route: Route,
  status: string,
  answer: z.ZodType | string | null,
  components: Components,
): Dict {
  if (answer === null) return {};
  const example = EXAMPLES[route.operation]?.answers[status];
  const shown = example === undefined ? {} : { example };
  if (typeof answer === 'string')
    return { content: { [answer]: { schema: { type: 'string' }, ...shown } } };
  const schema = components.ref(answer, `${upper(route.operation)}${status}`);
  return { content: { 'application/json': { schema, ...shown } } };
}

/** Those in use, in the order of the table. */
function tagsOf(routes: readonly Route[]): Dict[] {
  const used = new Set(routes.map(({ path }) => tagOf(path)));
  return Object.entries(TAGS)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }));
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
