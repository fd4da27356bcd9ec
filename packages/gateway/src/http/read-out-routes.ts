import { createHash } from 'node:crypto';
import {
  eventTypeSchema,
  HoldfastError,
  mqttClientSchema,
  mqttPageQuerySchema,
  mqttRetainedSchema,
  mqttTopicSchema,
  openWaitSchema,
  outboxItemSchema,
  outboxQuerySchema,
  pageOf,
  settingsSchema,
  tenantSchema,
  upstreamSchema,
} from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import { pageByName } from './page-of.ts';
import type { Route } from './route.ts';
import { keyRoute, NO_BODY, NO_QUERY, openRoute, parameter } from './route.ts';
import { upstreamsOf } from './upstreams.ts';

/** What the server shows of itself and its surroundings, beside the journal and its instances. */
export function readOutRoutes(deps: HttpDeps): readonly Route[] {
  return [...storedRoutes(deps), ...mqttRoutes(deps), ...ownRoutes(deps)];
}

function storedRoutes({ readModel }: HttpDeps): readonly Route[] {
  return [
    openRoute({
      method: 'GET',
      path: '/v1/waits/{token}',
      operation: 'getWaitByToken',
      summary: 'What is asked of whoever has the token: nothing of the instance but its saga.',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: openWaitSchema },
      handle: async (call) => {
        const hash = createHash('sha256').update(parameter(call, 'token')).digest('hex');
        const wait = await readModel.waitByToken(hash);
        if (wait !== null) return { status: 200, json: wait };
        throw new HoldfastError('not_found', 'no wait has this token');
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/event-types',
      operation: 'listEventTypes',
      summary: 'List the events that the active releases know, with the sagas that take each.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: pageOf(eventTypeSchema) },
      handle: async () => ({
        status: 200,
        json: { items: await readModel.eventTypes(), next: null },
      }),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/outbox',
      operation: 'listOutbox',
      summary: 'List work items that are not settled, the longest due first.',
      scope: 'view',
      query: outboxQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(outboxItemSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.outbox(call.tenant, call.query),
      }),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/tenants',
      operation: 'listTenants',
      summary: 'List tenants: whose data there is, or who has a key.',
      scope: 'admin',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: pageOf(tenantSchema) },
      handle: async () => ({ status: 200, json: { items: await readModel.tenants(), next: null } }),
    }),
  ];
}

function mqttRoutes({ broker }: HttpDeps): readonly Route[] {
  const spec = {
    method: 'GET',
    scope: 'view',
    query: mqttPageQuerySchema,
    body: NO_BODY,
  } as const;
  return [
    keyRoute({
      ...spec,
      path: '/v1/mqtt/clients',
      operation: 'listMqttClients',
      summary: 'List connected MQTT clients of the tenant, with their subscriptions.',
      answers: { 200: pageOf(mqttClientSchema) },
      handle: async ({ tenant, query }) => {
        const all = broker.clients(tenant);
        return { status: 200, json: pageByName('clients', all, (one) => one.clientId, query) };
      },
    }),
    keyRoute({
      ...spec,
      path: '/v1/mqtt/retained',
      operation: 'listMqttRetained',
      summary: 'List retained messages of the tenant, by topic.',
      answers: { 200: pageOf(mqttRetainedSchema) },
      handle: async ({ tenant, query }) => {
        const all = broker.retained(tenant);
        return { status: 200, json: pageByName('retained', all, (one) => one.topic, query) };
      },
    }),
    keyRoute({
      ...spec,
      path: '/v1/mqtt/topics',
      operation: 'listMqttTopics',
      summary:
        'List topics of the tenant that were lately published to, with the last payload; remembered while the server runs, the most recent 500.',
      answers: { 200: pageOf(mqttTopicSchema) },
      handle: async ({ tenant, query }) => {
        const all = broker.topics(tenant);
        return { status: 200, json: pageByName('topics', all, (one) => one.topic, query) };
      },
    }),
  ];
}

function ownRoutes({ engine, readModel, settings }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/upstreams',
      operation: 'listUpstreams',
      summary:
        'List the outside services that effects call: breaker, what is under way, attempts, latency. Of all tenants together: an upstream is everybody’s.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: pageOf(upstreamSchema) },
      handle: async () => {
        const [metrics, unsettled, effects] = await Promise.all([
          engine.metrics(),
          readModel.unsettled(),
          readModel.activeEffects(),
        ]);
        const items = upstreamsOf(metrics, unsettled, effects);
        return { status: 200, json: { items, next: null } };
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/settings',
      operation: 'getSettings',
      summary: 'The configuration in force: each setting with its origin. Never a secret.',
      scope: 'admin',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: settingsSchema },
      handle: async () => ({ status: 200, json: settings() }),
    }),
  ];
}
