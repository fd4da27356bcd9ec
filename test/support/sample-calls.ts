/**
 * A call of each route of the API, on a `Scene`: the tests of access and the examples of `/openapi.json` are made of them.
 * A route without one fails those tests. They are made in this order; what ends or changes things stands last.
 */
import type { Scene } from './scene.ts';
import { MARK } from './scene.ts';

export interface SampleCall {
  readonly path: string;
  /** JSON, unless `text` is given. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asked with HEAD, since it never ends by itself. */
  readonly stream?: true;
  /**
   * The same with something that hinders it after the guard, so that it changes nothing: another path, another body.
   * Needed wherever the call itself changes something.
   */
  readonly harmless?: { readonly path?: string; readonly text?: string };
  /** What it shows or acts on is no tenant's, or what the path holds is all it needs (a token). */
  readonly shared?: true;
}

/** No JSON: read after the guard, and refused. */
const BROKEN = { text: '[1' } as const;
const NOWHERE = '0'.repeat(32);

export function sampleCalls(scene: Scene): Readonly<Record<string, SampleCall>> {
  const { errands, digest, workerId, quarantine, tokens, heldCommand, group } = scene;
  const of = (errand: string): string => `/v1/sagas/errand/${errand}`;
  const token = (errand: string): string =>
    `/v1/waits/${encodeURIComponent(tokens.get(errand) ?? '')}`;
  const act = (path: string, body: unknown): SampleCall => ({ path, body, harmless: BROKEN });
  return {
    health: { path: '/health', shared: true },
    ready: { path: '/ready', shared: true },
    info: { path: '/info' },
    metrics: { path: '/metrics', shared: true },
    openapi: { path: '/openapi.json', shared: true },

    listEvents: { path: '/v1/events?limit=2' },
    getEvent: { path: `/v1/events/${scene.seq}` },
    tailEvents: { path: '/v1/events/stream', stream: true },
    listSagas: { path: '/v1/sagas?limit=2' },
    getSaga: { path: of(errands.shown) },
    getTimeline: { path: `${of(errands.done)}/timeline` },
    getStateAt: { path: `${of(errands.done)}/at/1` },
    listSagaFields: { path: '/v1/sagas/fields', shared: true },
    explainSaga: { path: `${of(errands.shown)}/explain` },
    session: { path: '/v1/session' },
    listWaits: { path: '/v1/waits?limit=2' },
    getWaitByToken: { path: token(errands.shown), shared: true },
    listEffects: { path: '/v1/effects?limit=2' },
    getEffect: { path: `/v1/effects/${heldCommand}` },
    listOutbox: { path: '/v1/outbox?limit=2' },
    listUpstreams: { path: '/v1/upstreams', shared: true },
    listQuarantine: { path: '/v1/quarantine?limit=2' },
    getQuarantine: { path: `/v1/quarantine/${quarantine[0]}` },
    listSchedules: { path: '/v1/schedules?limit=2' },
    listReleases: { path: '/v1/releases', shared: true },
    getRelease: { path: `/v1/releases/${digest}`, shared: true },
    getReleaseBundle: { path: `/v1/releases/${digest}/bundle`, shared: true },
    listEventTypes: { path: '/v1/event-types', shared: true },
    listWorkers: { path: '/v1/workers' },
    listWorkerRecords: { path: '/v1/workers/records?limit=2', shared: true },
    listMqttClients: { path: '/v1/mqtt/clients' },
    listMqttRetained: { path: '/v1/mqtt/retained' },
    listMqttTopics: { path: '/v1/mqtt/topics' },
    getOverview: { path: '/v1/overview' },
    getOverviewSeries: { path: '/v1/overview/series?minutes=1', shared: true },
    getAttention: { path: '/v1/attention' },
    listAttention: { path: `/v1/attention/${group}?limit=2` },
    followChanges: { path: '/v1/changes', stream: true },
    alerts: { path: '/v1/alerts' },
    listAudit: { path: '/v1/audit?limit=2' },
    verifyAudit: { path: '/v1/audit/verify', shared: true },
    startJournalVerification: { path: '/v1/audit/verify/journal', harmless: {}, shared: true },
    getJournalVerification: { path: '/v1/audit/verify/journal?wait=30s', shared: true },
    listKeys: { path: '/v1/keys', shared: true },
    listSecrets: { path: '/v1/secrets', shared: true },
    listTenants: { path: '/v1/tenants', shared: true },
    getSettings: { path: '/v1/settings', shared: true },

    publishEvents: {
      path: '/v1/events',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: {
        specversion: '1.0',
        id: `${MARK}-published`,
        source: '/shop',
        type: 'errand.asked',
        data: { id: `${MARK}-published`, how: 'done' },
      },
      harmless: BROKEN,
      // In the tenant of whoever publishes it.
      shared: true,
    },
    cancelSaga: act(`${of(errands.cancel)}/cancel`, { reason: 'the customer called' }),
    redriveSaga: act(`${of(errands.redrive)}/redrive`, { reason: 'the press is back' }),
    restartSaga: act(`${of(errands.restart)}/restart`, {
      reason: 'it was lost on the way',
      repeatEffects: true,
    }),
    resolveEffect: act(`/v1/effects/${heldCommand}/resolve`, {
      as: 'succeeded',
      output: { receipt: `${MARK}-seen` },
      reason: 'I looked',
    }),
    actOnAttention: act(`/v1/attention/${group}/resolve`, {
      reason: 'I asked the press',
      confirmCount: 1,
      items: [scene.groupItem],
      resolve: { as: 'succeeded', output: { receipt: `${MARK}-told` } },
    }),
    completeWait: act(`${of(errands.complete)}/waits/errand.answer/complete?reason=seen`, {
      shelf: 'A',
    }),
    failWait: act(`${of(errands.fail)}/waits/errand.answer/fail`, { message: 'nobody there' }),
    completeWaitByToken: {
      ...act(`${token(errands.token)}/complete`, { shelf: 'B' }),
      shared: true,
    },
    failWaitByToken: {
      ...act(`${token(errands.failToken)}/fail`, { message: 'no shelf' }),
      shared: true,
    },
    discardQuarantine: act(`/v1/quarantine/${quarantine[1]}/discard`, { reason: 'a test' }),
    redriveQuarantine: act(`/v1/quarantine/${quarantine[0]}/redrive`, { reason: 'mended' }),
    reprocess: {
      ...act('/v1/reprocess?dryRun=true', { saga: 'errand', all: true }),
      // Of the tenant's own events: another's are none of them.
      shared: true,
    },
    listReprocesses: { path: '/v1/reprocess' },
    getReprocess: { path: `/v1/reprocess/${scene.reprocess}` },
    signIn: {
      ...act('/v1/session', { key: scene.keys.byScope.get('admin') }),
      shared: true,
    },
    signOut: { path: '/v1/session', harmless: {}, shared: true },
    createLoginLink: { path: '/v1/session/links', harmless: {}, shared: true },
    confirmClock: { ...act('/v1/schedules/confirm', { reason: 'it is right' }), shared: true },

    registerRelease: { ...act('/v1/releases', scene.bundle), shared: true },
    rehearseRelease: { ...act('/v1/releases/rehearse?wait=10s', scene.bundle), shared: true },
    activateRelease: {
      ...act(`/v1/releases/${digest}/activate`, { reason: 'mended', dryRun: true }),
      shared: true,
    },
    getRehearsal: { path: `/v1/releases/${digest}/rehearsal`, shared: true },
    rollbackRelease: {
      ...act('/v1/releases/rollback', { app: 'errands', reason: 'worse' }),
      shared: true,
    },

    joinWorker: {
      ...act('/v1/workers', { name: `${MARK}-joined`, concurrency: 1, effects: ['nothing'] }),
      shared: true,
    },
    beatWorker: act(`/v1/workers/${workerId}/beat`, { holding: [] }),
    leaseCommands: act(`/v1/workers/${workerId}/lease`, { poll: 1, max: 1, wait: '1ms' }),
    completeCommand: act(`/v1/workers/${workerId}/complete`, {
      tenantId: 'ours',
      commandId: NOWHERE,
      effectName: 'nothing',
      attempt: 1,
      resultType: 'succeeded',
      payload: {},
      timestamp: '2026-11-21T09:00:00Z',
    }),
    placeWorker: {
      ...act(`/v1/workers/${workerId}`, { tenants: ['ours'], reason: 'moved' }),
      shared: true,
    },
    drainWorker: {
      path: `/v1/workers/${workerId}/drain`,
      body: {},
      harmless: { path: '/v1/workers/w_none/drain' },
    },
    leaveWorker: act(`/v1/workers/${workerId}/leave`, {}),

    testAlerts: { ...act('/v1/alerts/test', { reason: 'a new phone' }), shared: true },

    createKey: {
      ...act('/v1/keys', { name: 'till', scopes: ['publish'], types: ['errand.*'] }),
      shared: true,
    },
    revokeKey: {
      path: `/v1/keys/${scene.keys.spareId}`,
      harmless: { path: '/v1/keys/none' },
      shared: true,
    },
    setSecret: { ...act('/v1/secrets/TILL', { value: 'swordfish' }), shared: true },
    removeSecret: {
      path: '/v1/secrets/TILL',
      harmless: { path: '/v1/secrets/NONE' },
      shared: true,
    },
    recordProfile: {
      path: '/admin/profile?seconds=1&thread=reader',
      harmless: { path: '/admin/profile?seconds=0' },
      shared: true,
    },
    takeHeapSnapshot: {
      path: '/admin/heap-snapshot?thread=reader',
      harmless: { path: '/admin/heap-snapshot?thread=none' },
      shared: true,
    },
    reload: { ...act('/admin/reload', { reason: 'a new value' }), shared: true },
    drain: { ...act('/admin/drain', { reason: 'maintenance', timeout: '1s' }), shared: true },
  };
}
