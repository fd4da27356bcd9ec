import type Database from 'better-sqlite3';

/** Tenants of events, by the ids of their names: one look into the index for each, not one for each event. */
export function tenantIds(sqlite: Database.Database): readonly number[] {
  return sqlite
    .prepare<[], { readonly tenant: number }>(
      `WITH RECURSIVE found (tenant) AS (
         SELECT min(tenant) FROM events
         UNION ALL SELECT (SELECT min(e.tenant) FROM events e WHERE e.tenant > found.tenant) FROM found
         WHERE found.tenant IS NOT NULL)
       SELECT tenant FROM found WHERE tenant IS NOT NULL`,
    )
    .all()
    .map(({ tenant }) => tenant);
}
