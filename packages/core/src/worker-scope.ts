/**
 * Which commands a worker takes: ranges of tenants and names of effects (R5.2, R12.2).
 *
 * A range of tenants is written
 * - `from..to`: from the first, which is in it, up to the second, which is not; either may be left out,
 * - or as one tenant; `_` is the empty one.
 *
 * Tenants compare by their UTF-16 code units, as JavaScript compares texts; the empty tenant comes first. Ranges over
 * the names rather than over a hash of them: a person can then say which worker has which tenant, and move one tenant
 * alone.
 *
 * @module
 */
import { isTenantId, readTenant, type EffectName, type TenantId } from './ids.ts';

const BETWEEN = '..';

/** The group of workers that make the calls of effects which name none. */
export const DEFAULT_WORKER_GROUP = 'default';

/** What is wrong with a range as it is written; null for nothing. */
export function tenantRangeFault(written: string): string | null {
  const at = written.indexOf(BETWEEN);
  if (at === -1) {
    return isTenantId(readTenant(written)) && written !== ''
      ? null
      : 'is neither a tenant nor a range such as "a..n"; "_" is the empty tenant';
  }
  const from = written.slice(0, at);
  const to = written.slice(at + BETWEEN.length);
  return from === '' || to === '' || from < to ? null : 'is empty: it begins where it ends';
}

/** Whether one of the ranges holds the tenant. No ranges: every tenant. */
export function holdsTenant(ranges: readonly string[], tenant: TenantId): boolean {
  return ranges.length === 0 || ranges.some((range) => isIn(range, tenant));
}

function isIn(range: string, tenant: TenantId): boolean {
  const at = range.indexOf(BETWEEN);
  if (at === -1) return readTenant(range) === tenant;
  const from = range.slice(0, at);
  const to = range.slice(at + BETWEEN.length);
  return tenant >= from && (to === '' || tenant < to);
}

/** What is wrong with an effect's name, or the beginning of names (`payment.*`); null for nothing. */
export function effectFilterFault(written: string): string | null {
  return /^(?:[^*\s]+|[^*\s]*\*)$/.test(written)
    ? null
    : 'is neither the name of an effect nor the beginning of one and "*"';
}

/** Whether one of the names, which may end in `*`, is the effect's. No names: every effect. */
export function namesEffect(filters: readonly string[], effect: EffectName): boolean {
  return (
    filters.length === 0 ||
    filters.some((filter) =>
      filter.endsWith('*') ? effect.startsWith(filter.slice(0, -1)) : filter === effect,
    )
  );
}
