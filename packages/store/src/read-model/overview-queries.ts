/** What the overview shows of the store; all of it is counted already, or counted only so far. */
import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Micros, TenantId } from '@holdfast/core';

import type { StoreOverview } from '../read-port.ts';
import { runCounts } from '../schema.ts';
import { statementOf } from './ordered-streams.ts';
import type { ReadContext } from './read-context.ts';

/** Rows of the outbox and of the schedules that are looked at where several tenants share them. */
const MOST_LOOKED = 20_000;
const NO_RUNS = {
  accepted: 0,
  completed: 0,
  compensated: 0,
  failed: 0,
  cancelled: 0,
  inProgress: 0,
  needsYou: 0,
};

const OUTBOX = `SELECT count(*) AS depth, min(id) AS oldest FROM
  (SELECT id, tenant FROM work_items WHERE state = @state AND state <> 'settled' LIMIT @most) WHERE tenant = @tenant`;
/** With one tenant it need not be looked up whose a row is. */
const WHOLE_OUTBOX = `SELECT count(*) AS depth, min(id) AS oldest FROM
  (SELECT id FROM work_items WHERE state = @state AND state <> 'settled' LIMIT @most)`;
const SCHEDULES =
  'SELECT count(*) AS n, min(due_at) AS first FROM (SELECT due_at, tenant FROM schedules ORDER BY due_at LIMIT @most) WHERE tenant = @tenant';
const ALL_SCHEDULES =
  'SELECT count(*) AS n, min(due_at) AS first FROM (SELECT due_at FROM schedules ORDER BY due_at LIMIT @most)';
/** Of a single tenant: from indexes alone. */
const MOST_COUNTED = 200_000;

export function overviewOf(context: ReadContext, tenant: TenantId): StoreOverview {
  const { sqlite, names, db } = context;
  const tenantId = names.findId(tenant);
  const counts = db.select().from(runCounts).all();
  const own = counts.find((one) => one.tenant === tenantId);
  const { tenant: _tenant, ...runs } = own ?? { tenant: 0, ...NO_RUNS };
  const database = sqlite.name;
  return {
    runs,
    quarantine: tenantId === null ? 0 : openQuarantine(context, tenantId),
    ...waiting(context, tenantId, counts.length <= 1),
    disk: {
      freeBytes: freeBytes(database),
      dataBytes: sizeOf(database),
      walBytes: sizeOf(`${database}-wal`),
    },
  };
}

function openQuarantine({ sqlite }: ReadContext, tenant: number): number {
  const row = statementOf(
    sqlite,
    'SELECT coalesce(sum(count), 0) AS n FROM quarantine_groups WHERE tenant = +@tenant',
  ).get({ tenant });
  return (row as { n: number }).n;
}

function waiting(
  { sqlite }: ReadContext,
  tenant: number | null,
  isAlone: boolean,
): Pick<StoreOverview, 'outbox' | 'schedules'> {
  if (tenant === null)
    return {
      outbox: { depth: 0, held: 0, oldestAt: null },
      schedules: { pending: 0, firstDueAt: null },
    };
  const most = isAlone ? MOST_COUNTED : MOST_LOOKED;
  const values = isAlone ? { most } : { most, tenant };
  let depth = 0;
  let held = 0;
  let oldest: number | null = null;
  for (const state of ['pending', 'leased', 'held']) {
    const found = statementOf(sqlite, isAlone ? WHOLE_OUTBOX : OUTBOX).get({
      ...values,
      state,
    }) as {
      depth: number;
      oldest: number | null;
    };
    depth += found.depth;
    if (state === 'pending') oldest = found.oldest;
    if (state === 'held') held = found.depth;
  }
  const set = statementOf(sqlite, isAlone ? ALL_SCHEDULES : SCHEDULES).get(values) as {
    n: number;
    first: Micros | null;
  };
  return {
    outbox: { depth, held, oldestAt: oldest === null ? null : createdAt(sqlite, oldest) },
    schedules: { pending: set.n, firstDueAt: set.first },
  };
}

function createdAt(sqlite: ReadContext['sqlite'], id: number): Micros {
  const row = statementOf(sqlite, 'SELECT created_at AS at FROM work_items WHERE id = +@id').get({
    id,
  });
  return (row as { at: Micros }).at;
}

/** Runs begun and ended, of every tenant that has had one. */
export function runTotals({
  db,
  names,
}: ReadContext): ReadonlyMap<TenantId, { readonly accepted: number; readonly ended: number }> {
  const rows = db.select().from(runCounts).all();
  return new Map(
    rows.map(({ tenant, accepted, completed, compensated, failed, cancelled }) => [
      names.nameOf(tenant),
      { accepted, ended: completed + compensated + failed + cancelled },
    ]),
  );
}

function freeBytes(database: string): number {
  const { bavail, bsize } = statfsSync(dirname(database));
  return bavail * bsize;
}

/** Bytes; 0 for a file that is not there, as the log of a database that nobody has written to. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
