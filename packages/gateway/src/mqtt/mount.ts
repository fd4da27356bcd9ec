/**
 * Where a tenant stands inside the broker (I5): every client id, topic and filter is kept as `@TENANT/…`, mounted as it
 * comes in and stripped as it goes out. Two tenants can share no text that way, and none can reach the broker's own
 * topics, which begin with `$`: `@` and a tenant's name never do.
 */
import { writeTenant, readTenant } from '@holdfast/core';
import type { TenantId } from '@holdfast/core';

/** Topics that clients never see and cannot name, not even mounted: the broker's own records. */
export const RECORD_PREFIX = '$hf/';

/** What stands before everything of a tenant: `@acme/`, `@_/` for the empty tenant. */
export function mountPrefix(tenant: TenantId): string {
  return `@${writeTenant(tenant)}/`;
}

/** The tenant of a mounted client id or topic. @throws RangeError for a text that is not mounted */
export function mountedTenant(mounted: string): TenantId {
  const slash = mounted.indexOf('/');
  if (!mounted.startsWith('@') || slash < 0) throw new RangeError(`not mounted: ${mounted}`);
  return readTenant(mounted.slice(1, slash));
}

/** The text as its tenant knows it. */
export function unmount(mounted: string): string {
  return mounted.slice(mounted.indexOf('/') + 1);
}
