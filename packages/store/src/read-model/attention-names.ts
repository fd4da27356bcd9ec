/** How groups and what is in them are named: opaque texts that say what they stand for, so that they need no table. */
import { HoldfastError } from '@holdfast/core';
import type { TenantId } from '@holdfast/core';

import type { BlockedRun, QuarantineGroupKey, RunGroupKey } from './attention-groups.ts';
import type { ReadContext } from './read-context.ts';

/** What a group's id says. */
export type GroupKey =
  | ({ readonly of: 'runs' } & RunGroupKey)
  | ({ readonly of: 'quarantine' } & QuarantineGroupKey);

/**
 * What a group's id stands for; null where the tenant can have none of it.
 *
 * @throws HoldfastError `not_found` for what is no group's id
 */
export function keyOf({ names }: ReadContext, tenant: TenantId, id: string): GroupKey | null {
  const parts = readParts(id);
  const [of, code, saga, effect, release] = parts ?? [];
  const isText = (value: unknown): value is string => typeof value === 'string';
  const tenantId = names.findId(tenant);
  if (of === 'q' && isText(code) && isText(saga))
    return tenantId === null ? null : { of: 'quarantine', tenant: tenantId, code, saga };
  if (of !== 'r' || !isText(saga) || !isText(release)) throw noGroup(id);
  const sagaId = names.findId(saga);
  const releaseId = names.findId(release);
  if (tenantId === null || sagaId === null || releaseId === null) return null;
  const orNull = (value: unknown): string | null => (isText(value) ? value : null);
  return {
    of: 'runs',
    tenant: tenantId,
    code: orNull(code),
    saga: sagaId,
    effect: orNull(effect),
    release: releaseId,
  };
}

function noGroup(id: string): HoldfastError {
  return new HoldfastError('not_found', `there is no group ${id}`, {
    hint: 'GET /v1/attention lists those there are.',
  });
}

function encodeItem(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The parts of a name; null for what is none. */
export function readParts(text: string): readonly unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : null;
  } catch {
    // Not JSON: the caller says what that means.
    return null;
  }
}

/** What a run is called in its group. */
export function runItemName({ names }: ReadContext, { saga, key, run }: BlockedRun): string {
  return encodeItem(['r', names.nameOf(saga), key, run]);
}

/** What an entry is called in its group. */
export function entryItemName(id: number): string {
  return encodeItem(['q', id]);
}
