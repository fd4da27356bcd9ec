/**
 * `/v1/workers`: workers join, beat, lease commands and say what came of them (R5.2, R8.1, R12.1). Two sides of one shape:
 * `worker-wire.ts` is how both read it.
 *
 * @module
 */
import {
  beatAnswerSchema,
  beatBodySchema,
  commandResultSchema,
  completedSchema,
  DEFAULT_WORKER_GROUP,
  formatMicros,
  HoldfastError,
  joinBodySchema,
  joinedSchema,
  leaseBodySchema,
  leasedSchema,
  leaveBodySchema,
  pageOf,
  placeBodySchema,
  releaseBundleSchema,
  toErrorRecord,
  workerRecordSchema,
  workerRecordsQuerySchema,
  workerSchema,
} from '@holdfast/core';
import type { WorkerResource } from '@holdfast/core';
import type { WorkerCaller, WorkerView } from '@holdfast/engine';
import { MAX_OUTPUT_BYTES } from '../providers/output-json.ts';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';
import type { KeyCall, Route } from './route.ts';
import { whileCurrent } from './while-current.ts';
import { commandsText, resultOf } from './worker-wire.ts';

type AnyCall = KeyCall<unknown, unknown>;

/** An output, escaped at its worst, and what stands around it. */
const MAX_RESULT_BYTES = 2 * MAX_OUTPUT_BYTES + 64 * 1024;
const DEFAULT_WAIT_MS = 20_000;

export function workerRoutes({
  engine,
  readModel,
  bundles,
  keyRing,
  log,
}: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/workers',
      operation: 'listWorkers',
      summary: 'List the workers that have joined: those of the tenant, or for an admin all.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: pageOf(workerSchema) },
      handle: async (call) => {
        const all = await engine.workers();
        const own = isForAll(call) ? all : all.filter(({ tenant }) => tenant === call.tenant);
        return { status: 200, json: { items: own.map(resourceOf), next: null } };
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/workers/records',
      operation: 'listWorkerRecords',
      summary: 'How workers joined, were placed, drained, left and were lost, newest first.',
      scope: 'admin',
      query: workerRecordsQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(workerRecordSchema) },
      handle: async (call) => ({ status: 200, json: await readModel.workerRecords(call.query) }),
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/workers',
      operation: 'joinWorker',
      summary: 'Join as a worker; with the id of an earlier answer, go on as the same one.',
      scope: 'work',
      query: NO_QUERY,
      body: joinBodySchema,
      answers: { 200: joinedSchema },
      errors: ['conflict'],
      handle: async (call) => {
        const { group = DEFAULT_WORKER_GROUP, tenants = [], effects = [] } = call.body;
        const holding = call.body.holding ?? [];
        const request = { ...call.body, group, tenants, effects, holding };
        return { status: 200, json: await engine.joinWorker(request, callerOf(call)) };
      },
    }),
    keyRoute({
      method: 'PATCH',
      path: '/v1/workers/{id}',
      operation: 'placeWorker',
      summary: 'Change which tenants a worker takes commands of, now and after its restarts.',
      scope: 'admin',
      query: NO_QUERY,
      body: placeBodySchema,
      answers: { 200: workerSchema },
      errors: ['worker.unknown'],
      handle: async (call) => {
        const { tenants, reason } = call.body;
        const placed = await engine.placeWorker(parameter(call, 'id'), tenants, call.actor(reason));
        return { status: 200, json: resourceOf(placed) };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/workers/{id}/beat',
      operation: 'beatWorker',
      summary: 'Say that the worker is there, and renew the leases of what it has under way.',
      scope: 'work',
      query: NO_QUERY,
      body: beatBodySchema,
      answers: { 200: beatAnswerSchema },
      errors: ['worker.unknown'],
      handle: async (call) => ({
        status: 200,
        json: await engine.beatWorker(
          parameter(call, 'id'),
          call.body.holding ?? [],
          callerOf(call),
        ),
      }),
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/workers/{id}/lease',
      operation: 'leaseCommands',
      summary:
        'Lease up to `max` commands; held until there is one, or `wait` has passed. Their starts are recorded.',
      scope: 'work',
      query: NO_QUERY,
      body: leaseBodySchema,
      answers: { 200: leasedSchema },
      errors: ['worker.unknown'],
      handle: async (call) => {
        const id = parameter(call, 'id');
        const { poll, max, wait = DEFAULT_WAIT_MS } = call.body;
        const { socket } = call.incoming;
        // What nobody would read is not handed out.
        const gone = (): void => {
          engine.abandonLease(id, poll).catch((error: unknown) => {
            const { code, message } = toErrorRecord(error);
            log.debug({ worker: id, code, message }, 'a lease that nobody reads was not given up');
          });
        };
        socket.once('close', gone);
        try {
          const lease = () => engine.leaseCommands(id, { poll, max, wait }, callerOf(call));
          const calls = await whileCurrent(keyRing, call, lease, gone);
          return { status: 200, text: commandsText(calls) };
        } finally {
          socket.off('close', gone);
        }
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/workers/{id}/complete',
      operation: 'completeCommand',
      summary:
        'Say what came of a command. Safe to repeat; 409 `lease.lost` once the lease has moved on.',
      scope: 'work',
      query: NO_QUERY,
      body: commandResultSchema,
      bodyLimit: MAX_RESULT_BYTES,
      answers: { 200: completedSchema },
      errors: ['worker.unknown', 'lease.lost'],
      handle: async (call) => {
        const { commandId, attempt } = call.body;
        const { duplicate } = await engine.completeCommand(
          parameter(call, 'id'),
          { commandId, attempt },
          resultOf(call.body),
          callerOf(call),
        );
        return { status: 200, json: { commandId, attempt, duplicate } };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/workers/{id}/drain',
      operation: 'drainWorker',
      summary: 'Hand the worker no more commands; it finishes what it has.',
      scope: 'work',
      query: NO_QUERY,
      body: leaveBodySchema,
      answers: { 204: null },
      errors: ['worker.unknown'],
      handle: async (call) => {
        const id = parameter(call, 'id');
        await engine.drainWorker(id, call.body.holding ?? null, callerOf(call));
        return { status: 204 };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/workers/{id}/leave',
      operation: 'leaveWorker',
      summary: 'The worker goes. What it leaves unfinished is in doubt once its lease ends.',
      scope: 'work',
      query: NO_QUERY,
      body: leaveBodySchema,
      answers: { 204: null },
      errors: ['worker.unknown'],
      handle: async (call) => {
        const id = parameter(call, 'id');
        await engine.leaveWorker(id, call.body.holding ?? [], callerOf(call));
        return { status: 204 };
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/releases/{digest}/bundle',
      operation: 'getReleaseBundle',
      summary: 'The files of a release, for workers that run its effects.',
      scope: 'work',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: releaseBundleSchema },
      errors: ['release.unknown'],
      handle: async (call) => {
        const digest = parameter(call, 'digest');
        const known = (await engine.releases()).some((row) => row.digest === digest);
        if (!known) throw new HoldfastError('release.unknown', `no release ${digest}`);
        // A release is named by its content: that need not be read for its tag.
        const etag = `"${digest}"`;
        return { status: 200, json: bundles.bundle(digest), headers: { etag } };
      },
    }),
  ];
}

/** An admin's key is every tenant's, unless the request names one. */
function isForAll({ principal, tenantNamed }: AnyCall): boolean {
  return principal.scopes.has('admin') && !tenantNamed;
}

function callerOf(call: AnyCall): WorkerCaller {
  return { keyId: call.principal.keyId, tenant: isForAll(call) ? null : call.tenant };
}

function resourceOf(view: WorkerView): WorkerResource {
  return {
    ...view,
    tenants: [...view.tenants],
    effects: [...view.effects],
    joinedAt: formatMicros(view.joinedAt),
    lastSeenAt: formatMicros(view.lastSeenAt),
  };
}
