import {
  activateBodySchema,
  activatedSchema,
  activateQuerySchema,
  HoldfastError,
  pageOf,
  registeredSchema,
  rehearsalQuerySchema,
  rehearsalSchema,
  releaseBundleSchema,
  releaseDetailSchema,
  releaseSchema,
  rollbackBodySchema,
} from '@holdfast/core';
import type { ActivateBody, Json, ReleaseBundle } from '@holdfast/core';
import type { SwapOptions } from '@holdfast/engine';
import type { HttpDeps } from './http-port.ts';
import { parseJsonBody, readBody } from './request-body.ts';
import { faultsOf, keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';
import type { Route } from './route.ts';
import { whileCurrent } from './while-current.ts';

export function releaseRoutes({ engine, readModel, keyRing, limits }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/releases',
      operation: 'listReleases',
      summary: 'List registered releases.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: pageOf(releaseSchema) },
      handle: async () => ({
        status: 200,
        json: { items: await readModel.releases(), next: null },
      }),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/releases/{digest}',
      operation: 'getRelease',
      summary: 'One release with its manifest.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: releaseDetailSchema },
      errors: ['release.unknown'],
      handle: async (call) => {
        const digest = parameter(call, 'digest');
        const [resources, rows, activations] = await Promise.all([
          readModel.releases(),
          engine.releases(),
          readModel.activations(digest),
        ]);
        const resource = resources.find((release) => release.digest === digest);
        const row = rows.find((release) => release.digest === digest);
        if (resource === undefined || row === undefined) {
          throw new HoldfastError('release.unknown', `no release ${digest} is registered`);
        }
        const manifest: Json = JSON.parse(row.manifest) as Json;
        return { status: 200, json: { ...resource, manifest, activations: [...activations] } };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/releases',
      operation: 'registerRelease',
      summary: 'Check a bundle and keep it; 200 when it was registered before.',
      scope: 'admin',
      query: NO_QUERY,
      body: NO_BODY,
      bodyDescription: {
        description: 'A release bundle, as `holdfast release build` writes it.',
        required: true,
        content: { 'application/json': releaseBundleSchema },
      },
      answers: { 200: registeredSchema, 201: registeredSchema },
      errors: ['release.invalid'],
      handle: async (call) => {
        const bytes = await readBody(call.incoming, limits.maxBundleBytes);
        const registered = await engine.registerRelease(bundleOf(bytes), call.actor());
        return { status: registered.isNew ? 201 : 200, json: registered };
      },
    }),
    ...activationRoutes({ engine, keyRing, limits }),
  ];
}

/** How long an activation's answer is held for its rehearsal unless the caller says, in milliseconds. */
const REHEARSAL_WAIT_MS = 10_000;

function activationRoutes({
  engine,
  keyRing,
  limits: { maxBundleBytes },
}: Pick<HttpDeps, 'engine' | 'keyRing' | 'limits'>): readonly Route[] {
  return [
    keyRoute({
      method: 'POST',
      path: '/v1/releases/rehearse',
      operation: 'rehearseRelease',
      summary:
        'What would become of the instances in flight if this bundle were active; keeps and changes nothing.',
      scope: 'admin',
      query: activateQuerySchema,
      body: NO_BODY,
      bodyDescription: {
        description: 'A release bundle, as `holdfast release build` writes it.',
        required: true,
        content: { 'application/json': releaseBundleSchema },
      },
      answers: { 200: activatedSchema },
      errors: ['release.invalid', 'conflict'],
      handle: async (call) => {
        const bytes = await readBody(call.incoming, maxBundleBytes);
        const bundle = bundleOf(bytes);
        const { wait = REHEARSAL_WAIT_MS } = call.query;
        return { status: 200, json: await engine.rehearseRelease({ bundle }, { wait }) };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/releases/{digest}/activate',
      operation: 'activateRelease',
      summary:
        'Make a release the active one of its app, then rehearse the instances in flight: those that it decides alike move. The answer is held for the rehearsal, 10 s unless `wait` says otherwise.',
      scope: 'admin',
      query: activateQuerySchema,
      body: activateBodySchema,
      answers: { 200: activatedSchema },
      errors: ['release.unknown', 'conflict'],
      handle: async (call) => {
        const digest = parameter(call, 'digest');
        const { reason, dryRun, ...options } = swapOptions(call);
        const activated =
          dryRun === true
            ? await engine.rehearseRelease({ digest }, options)
            : await engine.activateRelease(digest, call.actor(reason), options);
        return { status: 200, json: activated };
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/releases/{digest}/rehearsal',
      operation: 'getRehearsal',
      summary:
        'The last rehearsal on a release since the server started. With `wait` the answer is held until it has ended.',
      scope: 'admin',
      query: rehearsalQuerySchema,
      body: NO_BODY,
      answers: { 200: rehearsalSchema },
      handle: async (call) => {
        const digest = parameter(call, 'digest');
        const found = await whileCurrent(keyRing, call, () => engine.rehearsal(digest, call.query));
        if (found !== null) return { status: 200, json: found };
        throw new HoldfastError(
          'not_found',
          `no instance has been rehearsed on release ${digest} since the server started`,
          { hint: 'its records of before are in GET /v1/releases/{digest}' },
        );
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/releases/rollback',
      operation: 'rollbackRelease',
      summary: 'Make the release active again that was active before; instances as in activation.',
      scope: 'admin',
      query: activateQuerySchema,
      body: rollbackBodySchema,
      answers: { 200: activatedSchema },
      errors: ['conflict'],
      handle: async (call) => {
        const { app } = call.body;
        const { reason, dryRun, ...options } = swapOptions(call);
        const rolledBack =
          dryRun === true
            ? await engine.rehearseRelease({ rollback: app }, options)
            : await engine.rollbackRelease(app, call.actor(reason), options);
        return { status: 200, json: rolledBack };
      },
    }),
  ];
}

function swapOptions({
  query: { wait = REHEARSAL_WAIT_MS },
  body: { reason, dryRun, expectActive },
}: {
  readonly query: { readonly wait?: number };
  readonly body: ActivateBody;
}): SwapOptions & Pick<ActivateBody, 'reason' | 'dryRun'> {
  return {
    wait,
    ...(reason === undefined ? {} : { reason }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(expectActive === undefined ? {} : { expectActive }),
  };
}

/** @throws HoldfastError `request.invalid`, `release.invalid` */
function bundleOf(bytes: Buffer): ReleaseBundle {
  const parsed = releaseBundleSchema.safeParse(parseJsonBody(bytes, 'request.invalid'));
  if (parsed.success) return parsed.data;
  throw new HoldfastError('release.invalid', 'this is not a release bundle', {
    faults: faultsOf(parsed.error),
  });
}
