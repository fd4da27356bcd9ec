/** R2.4: what a later version adds to an envelope breaks no decoder of today. */
import { expect, test } from 'vitest';
import { releaseManifestSchema } from '../release.ts';
import { gatewayCommandSchema } from './gateway-command.ts';
import { effectSchema, eventSchema, sagaDetailSchema, timelineSchema } from './resources.ts';

const AT = '2026-11-21T09:00:00.000000Z';

const event = {
  seq: 1,
  stream: 'AGGREGATE_EVENTS',
  specversion: '1.0',
  id: 'e-1',
  source: 'shop',
  type: 'order.placed',
  subject: null,
  time: null,
  receivedAt: AT,
  tenant: '',
  correlationId: null,
  causationId: null,
  traceparent: null,
  data: { deep: { er: [1] } },
};
const effect = {
  commandId: 'c',
  kind: 'command',
  saga: 'order',
  key: 'o-1',
  run: 1,
  step: 's',
  effect: 'pay',
  state: 'pending',
  outcome: null,
  attempts: 0,
  doubtful: false,
  createdAt: AT,
  dueAt: AT,
};
const command = {
  tenant_id: '',
  command_id: 'c',
  name: 'invoice.book',
  payload: { id: 1 },
  metadata: {
    app: 'books',
    saga: 'sale',
    key: 's-1',
    run: 1,
    step: 'book#1',
    correlation_id: 's-1',
    traceparent: null,
  },
};
const saga = {
  saga: 'order',
  key: 'o-1',
  run: 1,
  status: 'running',
  version: 1,
  app: 'shop',
  release: 'r',
  startedAt: AT,
  updatedAt: AT,
  blockedBy: null,
  tenant: '',
  correlationId: null,
  state: null,
  result: null,
  failure: null,
  undo: null,
  waits: [],
  search: [{ field: 'customer', value: 'ada' }],
  cause: null,
  parent: null,
  children: [],
  effects: [],
};
const manifest = {
  format: 1,
  app: 'shop',
  sdk: '9.9.9',
  sagas: [],
  effects: [
    {
      name: 'pay',
      provider: { kind: 'echo', added: true },
      timeout: 1,
      retry: { attempts: 1, backoff: 0, max: 0, factor: 1 },
      inDoubt: 'hold',
      onUnknown: 'hold',
      concurrency: 1,
      concurrencyPerTenant: 1,
      hasCheck: false,
    },
  ],
  events: [],
  waits: [],
  sources: [],
  config: {},
  secrets: [],
};

/** The same with a member that nobody knows, in every map of it. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withMore(member)]);
  return { ...Object.fromEntries(members), addedLater: { at: [1, { two: 2 }] } };
}

test.each([
  ['an event', eventSchema, event],
  ['an effect command', effectSchema, effect],
  ['a gateway command', gatewayCommandSchema, command],
  ['an instance', sagaDetailSchema, saga],
] as const)('%s that holds more than is known reads as it would without', (_, schema, known) => {
  const read = schema.parse(withMore(known));
  expect(read).toMatchObject(schema.parse({ ...known, ...dataOf(known) }));
});

test('a timeline and a release that hold more than is known can be read', () => {
  const entry = {
    at: AT,
    kind: 'log',
    title: 't',
    seq: null,
    version: null,
    step: null,
    detail: {},
  };
  expect(
    timelineSchema.safeParse(
      withMore({
        saga: 'order',
        key: 'o-1',
        run: 1,
        status: 'running',
        entries: [entry],
        earlier: null,
      }),
    ).success,
  ).toBe(true);
  const { config: _, ...rest } = manifest;
  const more = { ...(withMore(rest) as object), config: {} };
  expect(releaseManifestSchema.parse(more).effects[0]?.name).toBe('pay');
});

/** Free-form members keep all that they hold. */
function dataOf(known: object): object {
  const free = ['data', 'payload'] as const;
  return Object.fromEntries(
    free.flatMap((name) =>
      name in known ? [[name, withMore((known as Record<string, unknown>)[name])]] : [],
    ),
  );
}
