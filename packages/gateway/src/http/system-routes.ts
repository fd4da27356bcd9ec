import { formatMicros, healthSchema, infoSchema, readySchema, toErrorRecord } from '@holdfast/core';
import type { Health, Ready, ServerInfo, TenantId } from '@holdfast/core';
import type { EngineStatus } from '@holdfast/engine';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY, NO_QUERY, openRoute } from './route.ts';
import type { Route } from './route.ts';

/** Longest that a probe waits for the engine; one that does not answer by then is taken for down. */
const PROBE_MS = 2_000;

const STREAMS = ['AGGREGATE_EVENTS', 'WORKFLOW_EVENTS', 'CONTROL_EVENTS', 'WORKFLOW_COMMANDS'];

export function systemRoutes(deps: HttpDeps): readonly Route[] {
  return [
    openRoute({
      method: 'GET',
      path: '/health',
      operation: 'health',
      summary: '200 while storage can be written and the broker is up, else 503.',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: healthSchema, 503: healthSchema },
      handle: async () => {
        const status = await probe(deps);
        const checks = { storage: status?.writable === true, broker: deps.probes.brokerUp() };
        const ok = checks.storage && checks.broker;
        const noRoom = status?.noRoom === true;
        const health: Health = { status: ok ? 'ok' : 'failing', checks, noRoom };
        return { status: ok ? 200 : 503, json: health };
      },
    }),
    openRoute({
      method: 'GET',
      path: '/ready',
      operation: 'ready',
      summary: '200 while healthy and taking new work; 503 before a shutdown begins.',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: readySchema, 503: readySchema },
      handle: async (call) => {
        const status = await probe(deps);
        const checks = {
          storage: status?.writable === true,
          broker: deps.probes.brokerUp(),
          accepting: deps.probes.accepting() && status?.draining === false && !call.closing.aborted,
        };
        const ok = checks.storage && checks.broker && checks.accepting;
        const noRoom = status?.noRoom === true;
        const ready: Ready = { status: ok ? 'ready' : 'not_ready', checks, noRoom };
        return { status: ok ? 200 : 503, json: ready };
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/info',
      operation: 'info',
      summary: 'What runs here: build, mode, streams, sagas and effects, and counts of the tenant.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: infoSchema },
      handle: async (call) => {
        const [status, counts, consumers] = await Promise.all([
          deps.engine.status(),
          deps.readModel.counts(call.tenant),
          deps.engine.consumers(call.tenant),
        ]);
        const info: ServerInfo = {
          name: 'holdfast',
          version: deps.info.version,
          build: deps.info.build,
          mode: deps.info.mode,
          node: deps.info.node,
          startedAt: formatMicros(deps.info.startedAt),
          writable: status.writable,
          noRoom: status.noRoom,
          draining: status.draining,
          lastSeq: status.lastSeq,
          epoch: status.epoch,
          timeline: status.timeline,
          liveInstances: status.liveInstances,
          effectsInFlight: status.effectsInFlight,
          upstreams: status.upstreams.map((upstream) => ({
            ...upstream,
            effects: [...upstream.effects],
          })),
          bridges: bridgesOf(deps, call.tenant),
          certificates: deps.certificates?.() ?? [],
          clockHeld:
            status.clockHeld === null
              ? null
              : {
                  jump: status.clockHeld.jump,
                  since: formatMicros(status.clockHeld.since),
                  recorded: formatMicros(status.clockHeld.recorded),
                  due: status.clockHeld.due,
                },
          streams: STREAMS,
          sagas: status.sagas.map((saga) => ({ ...saga })),
          effects: [...status.effects],
          consumers: consumers.map(({ saga, checkpoint, pending, redeliveries }) => ({
            saga,
            checkpoint,
            pending,
            redeliveries,
          })),
          counts: {
            instances: counts.instances,
            outbox: counts.outbox,
            quarantine: counts.quarantine,
          },
        };
        return { status: 200, json: info };
      },
    }),
  ];
}

/** Those that feed the tenant (I5). */
function bridgesOf({ bridges }: HttpDeps, tenant: TenantId): ServerInfo['bridges'] {
  return (bridges?.() ?? [])
    .filter((bridge) => bridge.tenant === tenant)
    .map(({ name, url, state, since, error, filters, refused, ...counts }) => ({
      name,
      url,
      state,
      since: formatMicros(since),
      error,
      filters: [...filters],
      refused: [...refused],
      received: counts.received,
      acknowledged: counts.acknowledged,
      ignored: counts.ignored,
      held: counts.held,
    }));
}

/** The engine's status; null when it cannot be had. */
function probe(deps: HttpDeps): Promise<EngineStatus | null> {
  return new Promise((resolve) => {
    const cancel = deps.clock.after(PROBE_MS, () => {
      deps.log.warn({ afterMs: PROBE_MS }, 'the engine did not answer a probe');
      resolve(null);
    });
    deps.engine.status().then(
      (status) => {
        cancel();
        resolve(status);
      },
      (error: unknown) => {
        cancel();
        const { code, message } = toErrorRecord(error);
        deps.log.warn({ code, message }, 'the engine refused a probe');
        resolve(null);
      },
    );
  });
}
