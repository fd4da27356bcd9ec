/**
 * A typed client of the HTTP API, for Node and browsers.
 *
 * ```ts
 * const holdfast = createClient({ url: 'http://127.0.0.1:7420', key });
 * const { ended } = await holdfast.publish(
 *   { type: 'order.placed', id: 'order-1', data: { orderId: 'o1' } },
 *   { wait: '30s' },
 * );
 * ```
 *
 * Every failure is a `HoldfastError` with the server's stable code: `ApiError` when the server answered, `unavailable`
 * when it did not. Only publishing is tried again, because only there repeating is known to be safe.
 *
 * @module
 */
import { parseDuration } from '@holdfast/core';
import type {
  Activated,
  Attention,
  AttentionAct,
  AttentionActAnswer,
  AttentionActBody,
  AttentionItem,
  Alerts,
  AlertsTested,
  AuditEntry,
  AuditFilter,
  AuditReportResource,
  ActivateBody,
  BatchAnswer,
  Changes,
  ClockConfirmedAnswer,
  CreateKeyBody,
  Drained,
  Duration,
  EffectDetail,
  EffectFilter,
  EffectResource,
  EventDetail,
  EventFilter,
  EventResource,
  EventTypeResource,
  ExplainFilter,
  Explanation,
  Health,
  Json,
  JournalVerification,
  KeyResource,
  LoginLink,
  NewKeyResource,
  Overview,
  OverviewSeries,
  MqttClientResource,
  MqttPageFilter,
  MqttRetainedResource,
  MqttTopicResource,
  OpenWait,
  OutboxFilter,
  Page,
  PageFilter,
  QuarantineFilter,
  QuarantineResource,
  Ready,
  Registered,
  Rehearsal,
  ReleaseBundle,
  ReleaseDetail,
  ReleaseResource,
  ReprocessBody,
  ReprocessPlan,
  ReprocessResource,
  ResolveEffectBody,
  RestartAnswerResource,
  RestartBody,
  Reloaded,
  RetryPolicy,
  SagaDetail,
  SagaFields,
  SagaFilter,
  SagaSummary,
  ScheduleFilter,
  ScheduleResource,
  Seq,
  ServerInfo,
  SettingsResource,
  SessionResource,
  SignInBody,
  StateAt,
  TenantResource,
  Timeline,
  UpstreamResource,
  WaitFilter,
  WaitResource,
} from '@holdfast/core';
import { followChanges } from './changes.ts';
import type { ChangesOptions } from './changes.ts';
import { actOnGroup } from './group-act.ts';
import type { GroupActOptions } from './group-act.ts';
import { tailEvents } from './event-tail.ts';
import type { TailOptions } from './event-tail.ts';
import { realPauses } from './pauses.ts';
import type { Pauses } from './pauses.ts';
import { Publisher } from './publisher.ts';
import type { EventToPublish, PublishOptions, PublishResult } from './publisher.ts';
import { waitForEnd } from './saga-end.ts';
import type { EndOptions } from './saga-end.ts';
import { segment, Transport } from './transport.ts';
import type { Ask, TransportOptions } from './transport.ts';
import { workerCalls } from './worker-calls.ts';
import type { WorkerCalls } from './worker-calls.ts';

export interface ClientOptions extends TransportOptions {
  /** For publishing. Default: 5 tries, full jitter from 200 ms up to 5 s. */
  readonly retry?: Partial<RetryPolicy>;
  /** Default: real time and chance. */
  readonly pauses?: Pauses;
}

/** How an outside party names a wait: by the token it was given, or by instance and name. */
export type WaitTarget =
  | { readonly token: string }
  | { readonly saga: string; readonly key: string; readonly name: string };

export interface RunOption {
  /** Default: the current run. */
  readonly run?: number;
}

export interface TimelineOptions extends RunOption {
  /** Only what came before this version: `earlier` of the answer before. Default: up to now. */
  readonly before?: number;
  /** Most decisions, the newest of them; 1 to 1,000, default 1,000. What stands between them comes along. */
  readonly limit?: number;
}

export interface Client {
  /** Publishes one event; resolves after the commit, or with `wait` once the saga it started has ended. */
  readonly publish: (event: EventToPublish, options?: PublishOptions) => Promise<PublishResult>;
  /** Publishes many at once; each has its own answer, in the order given: its position, or its problem. */
  readonly publishBatch: (
    events: readonly EventToPublish[],
    options?: Pick<PublishOptions, 'signal'>,
  ) => Promise<BatchAnswer>;

  readonly events: {
    readonly list: (filter?: EventFilter) => Promise<Page<EventResource>>;
    /** One event, and what became of it. */
    readonly get: (seq: Seq) => Promise<EventDetail>;
    /** Events as they are committed; taken up again by itself where the connection breaks. */
    readonly tail: (options?: TailOptions) => AsyncGenerator<EventResource, void, undefined>;
  };
  /** Is anything lost, is it well, and where to look. */
  readonly overview: {
    readonly get: () => Promise<Overview>;
    /** How its numbers went. `minutes` default: 60. */
    readonly series: (options?: { readonly minutes?: number }) => Promise<OverviewSeries>;
  };
  /** What needs a person, in groups. */
  readonly attention: {
    readonly get: () => Promise<Attention>;
    readonly list: (group: string, filter?: PageFilter) => Promise<Page<AttentionItem>>;
    /**
     * The same act on all of a group, or on `items`, request by request until nothing is left. Where it was stopped, or
     * the server stops, it says how many are `left`; `after: next`, where there is one, goes on with those.
     */
    readonly act: (
      group: string,
      act: AttentionAct,
      body: AttentionActBody,
      how?: GroupActOptions,
    ) => Promise<AttentionActAnswer>;
  };
  /** What to read again, as it changes; taken up again by itself where the connection breaks. */
  readonly changes: (options?: ChangesOptions) => AsyncGenerator<Changes, void, undefined>;
  readonly sagas: {
    readonly list: (filter?: SagaFilter) => Promise<Page<SagaSummary>>;
    /** Search fields that sagas of active releases name. */
    readonly fields: () => Promise<readonly SagaFields[]>;
    readonly get: (
      saga: string,
      key: string,
      options?: RunOption & { wait?: Duration },
    ) => Promise<SagaDetail>;
    /** The instance once it has ended; null when `timeout` passes first. */
    readonly waitForEnd: (
      saga: string,
      key: string,
      options?: EndOptions,
    ) => Promise<SagaDetail | null>;
    /** The story in order, oldest first; `earlier` says how to ask for what came before it. */
    readonly timeline: (saga: string, key: string, options?: TimelineOptions) => Promise<Timeline>;
    /** Where it stands, why, and what comes next; or what one of its decisions was about. */
    readonly explain: (saga: string, key: string, options?: ExplainFilter) => Promise<Explanation>;
    /** State and decision at a version, and what changed with it. */
    readonly at: (
      saga: string,
      key: string,
      version: number,
      options?: RunOption,
    ) => Promise<StateAt>;
    readonly cancel: (saga: string, key: string, reason?: string) => Promise<SagaDetail>;
    readonly redrive: (saga: string, key: string, reason?: string) => Promise<SagaDetail>;
    /** A new run with new keys. Without `repeatEffects` it is refused where it would repeat outside effects. */
    readonly restart: (
      saga: string,
      key: string,
      how: RestartBody & { readonly dryRun?: boolean },
    ) => Promise<RestartAnswerResource>;
  };
  readonly waits: {
    readonly list: (filter?: WaitFilter) => Promise<Page<WaitResource>>;
    /** What is asked of whoever has the token. */
    readonly get: (token: string) => Promise<OpenWait>;
    /** `reason` is for the audit log; whoever answers by token has none to give. */
    readonly complete: (wait: WaitTarget, payload?: Json, reason?: string) => Promise<void>;
    readonly fail: (wait: WaitTarget, message?: string) => Promise<void>;
  };
  readonly quarantine: {
    /** What is open, unless `state` says otherwise. */
    readonly list: (filter?: QuarantineFilter) => Promise<Page<QuarantineResource>>;
    readonly get: (id: number) => Promise<QuarantineResource>;
    readonly redrive: (id: number, reason: string) => Promise<QuarantineResource>;
    readonly discard: (id: number, reason: string) => Promise<QuarantineResource>;
  };
  readonly effects: {
    readonly list: (filter?: EffectFilter) => Promise<Page<EffectResource>>;
    readonly get: (commandId: string) => Promise<EffectDetail>;
    /** Settles a held effect with what a person found out. */
    readonly resolve: (commandId: string, how: ResolveEffectBody) => Promise<EffectDetail>;
  };
  readonly reprocess: {
    /** How many events that would be, and what could be repeated. */
    readonly plan: (chosen: ReprocessBody) => Promise<ReprocessPlan>;
    /** Runs them again; `confirmCount` is the plan's. Answers once begun: `get` says where it stands. */
    readonly start: (chosen: ReprocessBody) => Promise<ReprocessResource>;
    readonly list: (filter?: PageFilter) => Promise<Page<ReprocessResource>>;
    readonly get: (id: number) => Promise<ReprocessResource>;
  };
  /** Operators' acts, newest first. */
  readonly audit: {
    readonly list: (filter?: AuditFilter) => Promise<Page<AuditEntry>>;
    /** Whether the chain of all acts holds: nothing changed, removed or put in. */
    readonly verify: () => Promise<AuditReportResource>;
    /** Whether the whole journal holds: the digest of every commit taken again, beside the server's work. */
    readonly journal: {
      /** Begins, unless it is under way. */
      readonly start: () => Promise<JournalVerification>;
      /** How far it is; with `wait` held until it is over. */
      readonly show: (wait?: Duration) => Promise<JournalVerification>;
    };
  };
  readonly schedules: {
    readonly list: (filter?: ScheduleFilter) => Promise<Page<ScheduleResource>>;
    /** Says that the clock is right after it has leapt forward. */
    readonly confirm: (reason?: string) => Promise<ClockConfirmedAnswer>;
  };
  readonly releases: {
    readonly list: () => Promise<readonly ReleaseResource[]>;
    readonly get: (digest: string) => Promise<ReleaseDetail>;
    readonly register: (bundle: ReleaseBundle) => Promise<Registered>;
    /** The answer is held for the rehearsal of the instances in flight, `wait` at most (default 10 s). */
    readonly activate: (digest: string, options?: ActivateOptions) => Promise<Activated>;
    readonly rollback: (app: string, options?: ActivateOptions) => Promise<Activated>;
    /** What would become of the instances in flight if this bundle were active. */
    readonly rehearse: (
      bundle: ReleaseBundle,
      options?: Pick<ActivateOptions, 'wait'>,
    ) => Promise<Activated>;
    /** The last rehearsal on a release since the server started, with a page of those that stay. */
    readonly rehearsal: (
      digest: string,
      options?: { wait?: Duration; after?: number; limit?: number },
    ) => Promise<Rehearsal>;
    /** All its files; for workers. */
    readonly bundle: (digest: string) => Promise<ReleaseBundle>;
  };
  readonly keys: {
    readonly list: () => Promise<readonly KeyResource[]>;
    /** The answer holds the secret; nothing else ever will. */
    readonly create: (key: CreateKeyBody) => Promise<NewKeyResource>;
    readonly revoke: (id: string, reason?: string) => Promise<void>;
  };
  readonly session: {
    /** Who asks, and what they may. */
    readonly get: () => Promise<SessionResource>;
    /** Signs in: the browser is given a cookie. */
    readonly open: (by: SignInBody) => Promise<SessionResource>;
    /** Signs out. */
    readonly close: () => Promise<void>;
    /** A link that opens the console signed in, once. */
    readonly link: () => Promise<LoginLink>;
  };
  readonly secrets: {
    readonly list: () => Promise<readonly string[]>;
    readonly set: (name: string, value: string) => Promise<void>;
    readonly remove: (name: string) => Promise<void>;
  };
  /** Has the server take no new work and finish what is in flight. `timeout` default: the server's. */
  readonly drain: (options?: {
    readonly timeout?: Duration;
    readonly reason?: string;
  }) => Promise<Drained>;
  readonly alerts: {
    /** What needs a person, who was told, and how the targets do. */
    readonly show: () => Promise<Alerts>;
    /** Sends a test message to all targets, or to one. */
    readonly test: (target?: string, reason?: string) => Promise<AlertsTested>;
  };
  /** Has the server read its configuration again. */
  readonly reload: (reason?: string) => Promise<Reloaded>;
  readonly workers: WorkerCalls;
  /** The events that the active releases know. */
  readonly eventTypes: () => Promise<readonly EventTypeResource[]>;
  /** Work items that are not settled, the longest due first. */
  readonly outbox: (filter?: OutboxFilter) => Promise<Page<EffectResource>>;
  /** The outside services that effects call. */
  readonly upstreams: () => Promise<readonly UpstreamResource[]>;
  readonly mqtt: {
    readonly clients: (filter?: MqttPageFilter) => Promise<Page<MqttClientResource>>;
    readonly retained: (filter?: MqttPageFilter) => Promise<Page<MqttRetainedResource>>;
    /** Topics that were lately published to, with the last payload. */
    readonly topics: (filter?: MqttPageFilter) => Promise<Page<MqttTopicResource>>;
  };
  readonly tenants: () => Promise<readonly TenantResource[]>;
  /** The configuration in force, with the origin of each value. */
  readonly settings: () => Promise<SettingsResource>;
  readonly info: () => Promise<ServerInfo>;
  /** The API's description, as OpenAPI 3.1. */
  readonly openapi: () => Promise<Json>;
  /** Answers also when the server is not well. */
  readonly health: () => Promise<Health>;
  readonly ready: () => Promise<Ready>;
}

/** As `POST /v1/releases/{digest}/activate`, and how long to hold the answer until the rehearsal has ended. */
export type ActivateOptions = ActivateBody & { readonly wait?: Duration };

/** The server's own, in milliseconds. */
const REHEARSAL_WAIT_MS = 10_000;

const PUBLISH_RETRY: RetryPolicy = { attempts: 5, backoff: 200, max: 5_000, factor: 2 };

/** Longest that a target of alerts has to take a test, and a little. */
const ALERT_TEST_MS = 25_000;

/** How long a drain of the server's own timeout is waited for. */
const MAX_DRAIN_MS = 3_600_000;

/** How long the answer to a verification is waited for: it looks at every act there ever was. */
const MAX_VERIFY_MS = 600_000;

/** @throws HoldfastError `request.invalid`, `auth.missing` for options that cannot be right. */
export function createClient(options: ClientOptions): Client {
  const transport = new Transport(options);
  const pauses = options.pauses ?? realPauses;
  const publisher = new Publisher(transport, { ...PUBLISH_RETRY, ...options.retry }, pauses);
  // The one place where an answer gets its type: the server's tests hold its answers against core's schemas.
  const get = async <T>(path: string, query?: Ask['query'], more: Partial<Ask> = {}): Promise<T> =>
    (await transport.ask({ path, ...(query === undefined ? {} : { query }), ...more })).body as T;
  const act = async <T>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<T> => (await transport.ask({ method, path, body })).body as T;
  const swap = async (
    path: string,
    what: object,
    { wait, ...options }: ActivateOptions | { wait: Duration | undefined } = {},
  ): Promise<Activated> => {
    const held = wait === undefined ? REHEARSAL_WAIT_MS : parseDuration(wait);
    const body = { ...what, ...options };
    const answer = await transport.ask({ method: 'POST', path, query: heldFor(wait), body, held });
    return answer.body as Activated;
  };
  const items = async <T>(path: string): Promise<readonly T[]> => (await get<Page<T>>(path)).items;
  return {
    publish: (event, how) => publisher.publish(event, how),
    publishBatch: (events, how) => publisher.publishBatch(events, how),
    events: {
      list: (filter) => get('/v1/events', { ...filter }),
      get: (seq) => get(`/v1/events/${seq}`),
      tail: (how = {}) => tailEvents(transport, how, pauses),
    },
    overview: {
      get: () => get('/v1/overview'),
      series: (options) => get('/v1/overview/series', { ...options }),
    },
    attention: {
      get: () => get('/v1/attention'),
      list: async (group, filter) => get(`/v1/attention/${segment(group)}`, { ...filter }),
      act: async (group, name, body, how = {}) => {
        const path = `/v1/attention/${segment(group)}/${segment(name)}`;
        const ask = async (part: AttentionActBody): Promise<AttentionActAnswer> => {
          const answer = await transport.ask({ method: 'POST', path, body: part });
          return answer.body as AttentionActAnswer;
        };
        return actOnGroup(ask, body, how, pauses);
      },
    },
    changes: (how = {}) => followChanges(transport, how, pauses),
    sagas: {
      list: (filter) => get('/v1/sagas', { ...filter }),
      fields: () => items('/v1/sagas/fields'),
      get: async (saga, key, { run, wait } = {}) => {
        const held = wait === undefined ? 0 : parseDuration(wait);
        const query = { run, wait: wait === undefined ? undefined : `${held}ms` };
        return get(sagaPath(saga, key), query, { held });
      },
      waitForEnd: async (saga, key, how) => waitForEnd(transport, sagaPath(saga, key), how),
      timeline: async (saga, key, how) => get(`${sagaPath(saga, key)}/timeline`, { ...how }),
      explain: async (saga, key, of) => get(`${sagaPath(saga, key)}/explain`, { ...of }),
      at: async (saga, key, version, how) =>
        get(`${sagaPath(saga, key)}/at/${version}`, { ...how }),
      cancel: async (saga, key, reason) => act('POST', `${sagaPath(saga, key)}/cancel`, { reason }),
      redrive: async (saga, key, reason) =>
        act('POST', `${sagaPath(saga, key)}/redrive`, { reason }),
      restart: async (saga, key, { dryRun = false, ...body }) =>
        act('POST', `${sagaPath(saga, key)}/restart${dryRun ? '?dryRun=true' : ''}`, body),
    },
    waits: {
      list: (filter) => get('/v1/waits', { ...filter }),
      get: async (token) => get(`/v1/waits/${segment(token)}`),
      complete: async (wait, payload = {}, reason) => {
        const path = `${waitPath(wait)}/complete`;
        await transport.ask({ method: 'POST', path, query: { reason }, body: payload });
      },
      fail: async (wait, message) => {
        await act('POST', `${waitPath(wait)}/fail`, { message });
      },
    },
    quarantine: {
      list: (filter) => get('/v1/quarantine', { ...filter }),
      get: async (id) => get(`/v1/quarantine/${id}`),
      redrive: async (id, reason) => act('POST', `/v1/quarantine/${id}/redrive`, { reason }),
      discard: async (id, reason) => act('POST', `/v1/quarantine/${id}/discard`, { reason }),
    },
    effects: {
      list: (filter) => get('/v1/effects', { ...filter }),
      get: async (commandId) => get(`/v1/effects/${segment(commandId)}`),
      resolve: async (commandId, how) =>
        act('POST', `/v1/effects/${segment(commandId)}/resolve`, how),
    },
    reprocess: {
      plan: (chosen) => act('POST', '/v1/reprocess?dryRun=true', chosen),
      start: (chosen) => act('POST', '/v1/reprocess', chosen),
      list: (filter) => get('/v1/reprocess', { ...filter }),
      get: async (id) => get(`/v1/reprocess/${id}`),
    },
    audit: {
      list: (filter) => get('/v1/audit', { ...filter }),
      verify: () => get('/v1/audit/verify', undefined, { held: MAX_VERIFY_MS }),
      journal: {
        start: () => act('POST', '/v1/audit/verify/journal'),
        show: async (wait) => {
          const held = wait === undefined ? 0 : parseDuration(wait);
          return get('/v1/audit/verify/journal', heldFor(wait), { held });
        },
      },
    },
    schedules: {
      list: (filter) => get('/v1/schedules', { ...filter }),
      confirm: (reason) => act('POST', '/v1/schedules/confirm', { reason }),
    },
    releases: {
      list: () => items('/v1/releases'),
      get: async (digest) => get(`/v1/releases/${segment(digest)}`),
      register: (bundle) => act('POST', '/v1/releases', bundle),
      activate: async (digest, options) =>
        swap(`/v1/releases/${segment(digest)}/activate`, {}, options),
      rollback: async (app, options) => swap('/v1/releases/rollback', { app }, options),
      rehearse: async (bundle, { wait } = {}) => swap('/v1/releases/rehearse', bundle, { wait }),
      rehearsal: async (digest, { wait, ...page } = {}) => {
        const held = wait === undefined ? 0 : parseDuration(wait);
        const query = { ...page, ...heldFor(wait) };
        return get(`/v1/releases/${segment(digest)}/rehearsal`, query, { held });
      },
      bundle: async (digest) => get(`/v1/releases/${segment(digest)}/bundle`),
    },
    keys: {
      list: () => items('/v1/keys'),
      create: (key) => act('POST', '/v1/keys', key),
      revoke: async (id, reason) => {
        await transport.ask({
          method: 'DELETE',
          path: `/v1/keys/${segment(id)}`,
          query: { reason },
        });
      },
    },
    session: {
      get: () => get('/v1/session'),
      open: (by) => act('POST', '/v1/session', by),
      close: () => act('DELETE', '/v1/session'),
      link: () => act('POST', '/v1/session/links'),
    },
    secrets: {
      list: async () => {
        const found = await items<{ readonly name: string }>('/v1/secrets');
        return found.map(({ name }) => name);
      },
      set: async (name, value) => act('PUT', `/v1/secrets/${segment(name)}`, { value }),
      remove: async (name) => act('DELETE', `/v1/secrets/${segment(name)}`),
    },
    drain: async ({ timeout, reason } = {}) => {
      const millis = timeout === undefined ? MAX_DRAIN_MS : parseDuration(timeout);
      const body = {
        ...(timeout === undefined ? {} : { timeout: `${millis}ms` }),
        ...(reason === undefined ? {} : { reason }),
      };
      const answer = await transport.ask({
        method: 'POST',
        path: '/admin/drain',
        body,
        held: millis,
      });
      return answer.body as Drained;
    },
    alerts: {
      show: () => get('/v1/alerts'),
      test: async (target, reason) => {
        const body = {
          ...(target === undefined ? {} : { target }),
          ...(reason === undefined ? {} : { reason }),
        };
        const held = ALERT_TEST_MS;
        return (await transport.ask({ method: 'POST', path: '/v1/alerts/test', body, held }))
          .body as AlertsTested;
      },
    },
    reload: (reason) => act('POST', '/admin/reload', reason === undefined ? {} : { reason }),
    workers: workerCalls(transport),
    eventTypes: () => items('/v1/event-types'),
    outbox: (filter) => get('/v1/outbox', { ...filter }),
    upstreams: () => items('/v1/upstreams'),
    mqtt: {
      clients: (filter) => get('/v1/mqtt/clients', { ...filter }),
      retained: (filter) => get('/v1/mqtt/retained', { ...filter }),
      topics: (filter) => get('/v1/mqtt/topics', { ...filter }),
    },
    tenants: () => items('/v1/tenants'),
    settings: () => get('/v1/settings'),
    info: () => get('/info'),
    openapi: () => get('/openapi.json'),
    health: () => get('/health', undefined, { alsoFine: [503] }),
    ready: () => get('/ready', undefined, { alsoFine: [503] }),
  };
}

function heldFor(wait: Duration | undefined): { readonly wait?: string } {
  return wait === undefined ? {} : { wait: `${parseDuration(wait)}ms` };
}

function sagaPath(saga: string, key: string): string {
  return `/v1/sagas/${segment(saga)}/${segment(key)}`;
}

function waitPath(wait: WaitTarget): string {
  if ('token' in wait) return `/v1/waits/${segment(wait.token)}`;
  return `${sagaPath(wait.saga, wait.key)}/waits/${segment(wait.name)}`;
}
