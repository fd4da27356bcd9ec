import {
  activatedSchema,
  HoldfastError,
  pageOf,
  reasonBodySchema,
  registeredSchema,
  releaseBundleSchema,
  releaseDetailSchema,
  releaseSchema,
  rollbackBodySchema,
  rolledBackSchema,
} from '@holdfast/core';
import type { Json } from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import { parseJsonBody, readBody } from './request-body.ts';
import { faultsOf, keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';
import type { Route } from './route.ts';

export function releaseRoutes({ engine, readModel, limits }: HttpDeps): readonly Route[] {
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
      handle: async (call) => {
        const digest = parameter(call, 'digest');
        const [resources, rows] = await Promise.all([readModel.releases(), engine.releases()]);
        const resource = resources.find((release) => release.digest === digest);
        const row = rows.find((release) => release.digest === digest);
        if (resource === undefined || row === undefined) {
          throw new HoldfastError('release.unknown', `no release ${digest} is registered`);
        }
        const manifest: Json = JSON.parse(row.manifest) as Json;
        return { status: 200, json: { ...resource, manifest } };
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
      handle: async (call) => {
        const bytes = await readBody(call.incoming, limits.maxBundleBytes);
        const parsed = releaseBundleSchema.safeParse(parseJsonBody(bytes, 'request.invalid'));
        if (!parsed.success) {
          throw new HoldfastError('release.invalid', 'this is not a release bundle', {
            faults: faultsOf(parsed.error),
          });
        }
        const registered = await engine.registerRelease(parsed.data, call.actor());
        return { status: registered.isNew ? 201 : 200, json: registered };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/releases/{digest}/activate',
      operation: 'activateRelease',
      summary: 'Make a release the active one of its app; instances in flight stay pinned.',
      scope: 'admin',
      query: NO_QUERY,
      body: reasonBodySchema,
      answers: { 200: activatedSchema },
      handle: async (call) => {
        const digest = parameter(call, 'digest');
        const activated = await engine.activateRelease(digest, call.actor(call.body.reason));
        return { status: 200, json: { ...activated, digest } };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/releases/rollback',
      operation: 'rollbackRelease',
      summary: 'Make the release active again that was active before.',
      scope: 'admin',
      query: NO_QUERY,
      body: rollbackBodySchema,
      answers: { 200: rolledBackSchema },
      handle: async (call) => {
        const { app } = call.body;
        const { digest } = await engine.rollbackRelease(app, call.actor());
        return { status: 200, json: { app, digest } };
      },
    }),
  ];
}
