import { formatMicros } from '@holdfast/core';
import type {
  Activation,
  KeyResource,
  ReleaseDigest,
  ReleaseManifest,
  ReleaseResource,
  SagaFields,
  TenantId,
} from '@holdfast/core';
import { asc, count, desc, eq, inArray, max, sql } from 'drizzle-orm';

import { textList } from '../read/control-reads.ts';
import type { ActiveEffect, StoreCounts } from '../read-port.ts';
import {
  activations,
  instances,
  keys,
  quarantineGroups,
  rehearsals,
  releases,
  runCounts,
  workItems,
} from '../schema.ts';
import { lastSeq } from './event-queries.ts';
import { statementOf } from './ordered-streams.ts';
import type { ReadContext } from './read-context.ts';

/** Rows that one count looks at: each is a page to fetch, and the answer is to come within a tenth of a second. */
const MOST_LOOKED = 10_000;

/** By name: among indexes that begin with the tenant SQLite would take one that holds what has ended as well. */
const live = (where: string): string =>
  `SELECT status, count(*) AS n FROM
    (SELECT status FROM instances INDEXED BY instances_live WHERE phase < 2${where} LIMIT @most) GROUP BY status`;
const LIVE = live('');
const LIVE_OF_TENANT = live(' AND tenant = @tenant');

interface SagaTriggers {
  readonly name: string;
  readonly on: readonly string[];
  readonly search?: readonly string[] | undefined;
}

/** What of a release's manifest the lists show. It was validated when it was registered. */
interface ManifestHead {
  readonly sagas: readonly SagaTriggers[];
  readonly effects: readonly {
    readonly name: string;
    readonly upstream?: { readonly name: string };
  }[];
}

function manifestHead(manifest: string): ManifestHead {
  return JSON.parse(manifest) as ManifestHead;
}

/** The last activation of each app is its pointer. */
function activeDigests({ db }: ReadContext): readonly string[] {
  const newest = db
    .select({ id: max(activations.id) })
    .from(activations)
    .groupBy(activations.app);
  return db
    .select({ digest: activations.digest })
    .from(activations)
    .where(inArray(activations.id, newest))
    .all()
    .map((row) => row.digest);
}

/** Manifests of all active releases. */
export function activeManifests(context: ReadContext): readonly ReleaseManifest[] {
  const active = activeDigests(context);
  if (active.length === 0) return [];
  return context.db
    .select({ manifest: releases.manifest })
    .from(releases)
    .where(inArray(releases.digest, [...active]))
    .orderBy(asc(releases.app))
    .all()
    .map((row) => JSON.parse(row.manifest) as ReleaseManifest);
}

/** The manifest of a release; null where none is registered. */
export function manifestOf({ db }: ReadContext, digest: ReleaseDigest): ReleaseManifest | null {
  const row = db
    .select({ manifest: releases.manifest })
    .from(releases)
    .where(eq(releases.digest, digest))
    .get();
  return row === undefined ? null : (JSON.parse(row.manifest) as ReleaseManifest);
}

/** Effects of all active releases with the upstream that each calls. */
export function listActiveEffects(context: ReadContext): readonly ActiveEffect[] {
  return activeManifests(context).flatMap(({ app, effects }) =>
    effects.map(({ name, upstream }) => ({ app, effect: name, upstream: upstream?.name ?? null })),
  );
}

/** Sagas of all active releases with the types they take. */
export function activeSagas(context: ReadContext): readonly SagaTriggers[] {
  return activeManifests(context).flatMap(({ sagas }) => sagas);
}

/** The search fields of each saga of the active releases that names any, in order of its name. */
export function listSagaFields(context: ReadContext): readonly SagaFields[] {
  const rows = context.db
    .select({ manifest: releases.manifest })
    .from(releases)
    .where(inArray(releases.digest, activeDigests(context)))
    .all();
  return rows
    .flatMap(({ manifest }) => manifestHead(manifest).sagas)
    .flatMap(({ name, search = [] }) =>
      search.length === 0 ? [] : [{ saga: name, fields: [...search] }],
    )
    .toSorted((a, b) => (a.saga < b.saga ? -1 : 1));
}

export function listReleases(context: ReadContext): readonly ReleaseResource[] {
  const active = new Set(activeDigests(context));
  const live = context.db
    .select({ release: instances.release })
    .from(instances)
    .where(sql`${instances.phase} < 2`)
    .limit(MOST_LOOKED)
    .as('live');
  const inFlight = new Map(
    context.db
      .select({ release: live.release, n: count() })
      .from(live)
      .groupBy(live.release)
      .all()
      .map((row) => [context.names.nameOf(row.release), row.n]),
  );
  const latest = new Map(
    context.db
      .select({ digest: activations.digest, at: activations.at, by: activations.by })
      .from(activations)
      .orderBy(asc(activations.id))
      .all()
      .map((row) => [row.digest, row]),
  );
  return context.db
    .select()
    .from(releases)
    .orderBy(asc(releases.registeredAt), asc(releases.digest))
    .all()
    .map((row) => {
      const manifest = manifestHead(row.manifest);
      const activated = latest.get(row.digest);
      return {
        digest: row.digest,
        app: row.app,
        active: active.has(row.digest),
        registeredAt: formatMicros(row.registeredAt),
        registeredBy: row.registeredBy,
        activatedAt: activated === undefined ? null : formatMicros(activated.at),
        activatedBy: activated?.by ?? null,
        sagas: manifest.sagas.map(({ name }) => name),
        effects: manifest.effects.map(({ name }) => name),
        inFlight: inFlight.get(row.digest) ?? 0,
      };
    });
}

export function listActivations({ db }: ReadContext, digest: ReleaseDigest): readonly Activation[] {
  return db
    .select()
    .from(activations)
    .where(eq(activations.digest, digest))
    .orderBy(asc(activations.id))
    .all()
    .map((row) => {
      const found = db
        .select()
        .from(rehearsals)
        .where(eq(rehearsals.activationId, row.id))
        .orderBy(desc(rehearsals.id))
        .get();
      return {
        act: row.act === 'rolled_back' ? 'rolled_back' : 'activated',
        at: formatMicros(row.at),
        by: row.by,
        reason: row.reason,
        previous: row.previous,
        rehearsal:
          found === undefined
            ? null
            : {
                at: formatMicros(found.at),
                moved: found.moved,
                stayed: found.stayed,
                ended: found.ended,
              },
      };
    });
}

/** Keys of one tenant, or of all; never what they are made of. */
export function listKeys({ db }: ReadContext, tenant: TenantId | null): readonly KeyResource[] {
  return db
    .select()
    .from(keys)
    .where(tenant === null ? undefined : eq(keys.tenant, tenant))
    .orderBy(asc(keys.createdAt), asc(keys.id))
    .all()
    .map((row) => ({
      id: row.id,
      name: row.name,
      tenant: row.tenant,
      scopes: [...textList(row.scopes)],
      topics: row.topics === null ? null : [...textList(row.topics)],
      types: row.types === null ? null : [...textList(row.types)],
      createdAt: formatMicros(row.createdAt),
      expiresAt: row.expiresAt === null ? null : formatMicros(row.expiresAt),
      revokedAt: row.revokedAt === null ? null : formatMicros(row.revokedAt),
    }));
}

/** Counts of one tenant, or of all, as far as they were counted. `live`: runs in progress of which the status was not looked at. Settled items are not counted: they have left the outbox. */
export function countAll(context: ReadContext, tenant: TenantId | null): StoreCounts {
  const { db, sqlite, names } = context;
  const seq = lastSeq(context);
  const tenantId = tenant === null ? null : names.findId(tenant);
  if (tenant !== null && tenantId === null) {
    return { instances: {}, outbox: {}, quarantine: 0, lastSeq: seq };
  }
  const ofTenant = (column: typeof quarantineGroups.tenant | typeof runCounts.tenant) =>
    tenantId === null ? undefined : eq(column, tenantId);
  const byStatus: Record<string, number> = {};
  // What goes on, from the index that holds it; what has ended is counted already.
  const counted = db.select().from(runCounts).where(ofTenant(runCounts.tenant)).all();
  const byLiveStatus = statementOf(sqlite, tenantId === null ? LIVE : LIVE_OF_TENANT).all(
    tenantId === null ? { most: MOST_LOOKED } : { most: MOST_LOOKED, tenant: tenantId },
  ) as readonly { readonly status: string; readonly n: number }[];
  for (const { status, n } of byLiveStatus) byStatus[status] = n;
  const looked = byLiveStatus.reduce((sum, { n }) => sum + n, 0);
  const all = counted.reduce((sum, { inProgress, needsYou }) => sum + inProgress + needsYou, 0);
  if (all > looked) byStatus['live'] = all - looked;
  for (const status of ['completed', 'compensated', 'failed', 'cancelled'] as const) {
    const n = counted.reduce((sum, counts) => sum + counts[status], 0);
    if (n > 0) byStatus[status] = n;
  }
  const open = db
    .select({ state: workItems.state, tenant: workItems.tenant })
    .from(workItems)
    .where(sql`${workItems.state} <> 'settled'`)
    .limit(MOST_LOOKED)
    .as('open');
  const outbox = db
    .select({ state: open.state, n: count() })
    .from(open)
    .where(tenantId === null ? undefined : eq(open.tenant, tenantId))
    .groupBy(open.state)
    .all();
  const entries = db
    .select({ n: sql<number>`coalesce(sum(${quarantineGroups.count}), 0)` })
    .from(quarantineGroups)
    .where(ofTenant(quarantineGroups.tenant))
    .get();
  return {
    instances: byStatus,
    outbox: Object.fromEntries(outbox.map(({ state, n }) => [state, n])),
    quarantine: entries?.n ?? 0,
    lastSeq: seq,
  };
}
