import {
  createKeyBodySchema,
  formatMicros,
  HoldfastError,
  isTenantId,
  keySchema,
  MICROS_PER_MILLI,
  newKeySchema,
  pageOf,
  readTenant,
  reasonBodySchema,
  secretBodySchema,
  secretListSchema,
  secretNameSchema,
} from '@holdfast/core';
import type { KeyResource, Micros, TenantId } from '@holdfast/core';
import type { KeyRow } from '@holdfast/store';
import type { z } from 'zod';
import { newKey } from '../access/key-ring.ts';
import type { HttpDeps } from './http-port.ts';
import { faultsOf, keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';
import type { Route } from './route.ts';

type CreateKey = z.output<typeof createKeyBodySchema>;

export function keyRoutes({ engine, readModel, keyRing, clock }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/keys',
      operation: 'listKeys',
      summary:
        'List keys of all tenants, or of the one that `x-tenant-id` names. Never their secrets.',
      scope: 'admin',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: pageOf(keySchema) },
      handle: async (call) => ({
        status: 200,
        json: { items: await readModel.keys(call.tenantNamed ? call.tenant : null), next: null },
      }),
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/keys',
      operation: 'createKey',
      summary: 'Create a key. Its secret is in this answer and nowhere else.',
      scope: 'admin',
      query: NO_QUERY,
      body: createKeyBodySchema,
      answers: { 201: newKeySchema },
      handle: async (call) => {
        const now = clock.now();
        const made = newKey();
        const row = rowOf(call.body, tenantOf(call.body, call.tenant), made, now);
        await engine.createKey(row, call.actor(call.body.reason));
        keyRing.add(row);
        return { status: 201, json: { key: resourceOf(row), secret: made.secret } };
      },
    }),
    keyRoute({
      method: 'DELETE',
      path: '/v1/keys/{id}',
      operation: 'revokeKey',
      summary: 'Revoke a key; connections that use it end.',
      scope: 'admin',
      query: reasonBodySchema,
      body: NO_BODY,
      answers: { 204: null },
      handle: async (call) => {
        const id = parameter(call, 'id');
        await engine.revokeKey(id, call.actor(call.query.reason));
        keyRing.revoke(id);
        return { status: 204 };
      },
    }),
  ];
}

/**
 * A secret lies in a file of its own and not in the store: the record of what is about to be done is synced first, so
 * that nothing is done that is not on record.
 */
export function secretRoutes({
  secrets,
  engine,
}: Pick<HttpDeps, 'secrets' | 'engine'>): readonly Route[] {
  const isSet = async (name: string): Promise<boolean> => (await secrets.list()).includes(name);
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/secrets',
      operation: 'listSecrets',
      summary: 'List the names of secrets. Never their values.',
      scope: 'admin',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: secretListSchema },
      handle: async () => {
        const names = await secrets.list();
        return { status: 200, json: { items: names.map((name) => ({ name })), next: null } };
      },
    }),
    keyRoute({
      method: 'PUT',
      path: '/v1/secrets/{name}',
      operation: 'setSecret',
      summary: 'Set a secret; attempts made from now on use it.',
      scope: 'admin',
      query: NO_QUERY,
      body: secretBodySchema,
      answers: { 204: null },
      handle: async (call) => {
        const name = secretName(parameter(call, 'name'));
        const changes = { before: { set: await isSet(name) }, after: { set: true } };
        await engine.recordAct('secret.set', changes, call.actor(), `secret/${name}`);
        await secrets.set(name, call.body.value);
        return { status: 204 };
      },
    }),
    keyRoute({
      method: 'DELETE',
      path: '/v1/secrets/{name}',
      operation: 'removeSecret',
      summary: 'Remove a secret.',
      scope: 'admin',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 204: null },
      handle: async (call) => {
        const name = secretName(parameter(call, 'name'));
        if (!(await isSet(name))) {
          throw new HoldfastError('not_found', `there is no secret "${name}"`);
        }
        const changes = { before: { set: true }, after: { set: false } };
        await engine.recordAct('secret.removed', changes, call.actor(), `secret/${name}`);
        await secrets.remove(name);
        return { status: 204 };
      },
    }),
  ];
}

function secretName(written: string): string {
  const parsed = secretNameSchema.safeParse(written);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error).map(({ message }) => ({ at: '{name}', message }));
  throw new HoldfastError('request.invalid', `name: ${faults[0]?.message ?? 'is not valid'}`, {
    faults,
  });
}

function tenantOf(body: CreateKey, own: TenantId): TenantId {
  if (body.tenant === undefined) return own;
  const tenant = readTenant(body.tenant);
  if (isTenantId(tenant)) return tenant;
  const message = 'is not a tenant: at most 128 characters, without "/", "+", "#", and not "_"';
  throw new HoldfastError('request.invalid', `/tenant: ${message}`, {
    faults: [{ at: '/tenant', message }],
  });
}

function rowOf(
  body: CreateKey,
  tenant: TenantId,
  made: { readonly id: string; readonly hash: string },
  now: Micros,
): KeyRow {
  const expiresAt = expiryOf(body, now);
  if (expiresAt !== null && expiresAt <= now) {
    throw new HoldfastError('request.invalid', '/expiresAt: is in the past', {
      faults: [{ at: '/expiresAt', message: 'is in the past' }],
    });
  }
  return {
    id: made.id,
    name: body.name,
    hash: made.hash,
    tenant,
    scopes: [...new Set(body.scopes)],
    topics: body.topics ?? null,
    types: body.types ?? null,
    createdAt: now,
    expiresAt,
    revokedAt: null,
  };
}

function expiryOf(body: CreateKey, now: Micros): Micros | null {
  if (body.expiresIn !== undefined) return now + body.expiresIn * MICROS_PER_MILLI;
  return body.expiresAt === undefined ? null : Date.parse(body.expiresAt) * MICROS_PER_MILLI;
}

function resourceOf(row: KeyRow): KeyResource {
  return {
    id: row.id,
    name: row.name,
    tenant: row.tenant,
    scopes: [...row.scopes],
    topics: row.topics === null ? null : [...row.topics],
    types: row.types === null ? null : [...row.types],
    createdAt: formatMicros(row.createdAt),
    expiresAt: row.expiresAt === null ? null : formatMicros(row.expiresAt),
    revokedAt: row.revokedAt === null ? null : formatMicros(row.revokedAt),
  };
}
