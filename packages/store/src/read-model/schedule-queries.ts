import { formatMicros } from '@holdfast/core';
import type { Micros, Page, ScheduleResource, TenantId } from '@holdfast/core';
import { and, asc, eq, gt, or } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

import type { PageQuery } from '../read-port.ts';
import { cronTriggers, instances, schedules } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { LOOK_BUDGET } from './ordered-streams.ts';
import { pageSize } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

type Query = PageQuery & { readonly kind?: ScheduleResource['kind'] };

/**
 * Where a schedule stands in the list: by due time; of those due at one time cron triggers first, by app and name, whose
 * number is 0, then timers by their number.
 */
type Place = readonly [dueAt: Micros, id: number, name: string];

interface Found {
  readonly place: Place;
  readonly resource: ScheduleResource;
}

/** A page of what is scheduled, next due first: timers, timeouts of waits and cron triggers. */
export function listSchedules(
  context: ReadContext,
  tenant: TenantId,
  query: Query,
): Page<ScheduleResource> {
  const limit = pageSize(query);
  const after = decodeCursor('schedules', query.cursor, ['number', 'number', 'string']);
  const tenantId = context.names.findId(tenant);
  if (tenantId === null) return { items: [], next: null };
  const { kind } = query;
  const timers =
    kind === 'cron'
      ? { found: [], end: null }
      : listTimers(context, tenantId, { after, kind: kind ?? null, limit });
  const crons = kind === undefined || kind === 'cron' ? listCrons(context, tenantId, after) : [];
  const { end } = timers;
  const merged = [...timers.found, ...crons]
    // Beyond the end of what was looked at there may be timers that come first.
    .filter(({ place }) => end === null || compare(place, end) <= 0)
    .toSorted((a, b) => compare(a.place, b.place));
  const page = merged.slice(0, limit);
  const last = merged.length >= limit ? page.at(-1)?.place : end;
  return {
    items: page.map(({ resource }) => resource),
    next: last === undefined || last === null ? null : encodeCursor('schedules', last),
  };
}

function listTimers(
  { db, names }: ReadContext,
  tenantId: number,
  of: {
    readonly after: Place | null;
    readonly kind: 'timer' | 'wait' | null;
    readonly limit: number;
  },
): { readonly found: readonly Found[]; readonly end: Place | null } {
  // Other tenants' timers stand between: no more than the budget is looked at.
  const looked = db
    .select({ id: schedules.id, dueAt: schedules.dueAt })
    .from(schedules)
    .where(of.after === null ? undefined : isAfter(of.after))
    .orderBy(asc(schedules.dueAt), asc(schedules.id))
    .limit(LOOK_BUDGET);
  const within = looked.as('looked');
  const found = db
    .select({ schedule: schedules, saga: instances.saga, key: instances.key })
    .from(within)
    .innerJoin(schedules, eq(schedules.id, within.id))
    .innerJoin(instances, eq(instances.id, schedules.instanceId))
    .where(
      and(
        eq(schedules.tenant, tenantId),
        of.kind === null ? undefined : eq(schedules.kind, of.kind),
      ),
    )
    .orderBy(asc(within.dueAt), asc(within.id))
    .limit(of.limit)
    .all()
    .map(({ schedule, saga, key }): Found => ({
      place: [schedule.dueAt, schedule.id, ''],
      resource: {
        kind: schedule.kind,
        name: schedule.name,
        dueAt: formatMicros(schedule.dueAt),
        saga: names.nameOf(saga),
        key,
      },
    }));
  if (found.length === of.limit) return { found, end: found.at(-1)?.place ?? null };
  const [end] = looked.offset(LOOK_BUDGET - 1).all();
  return { found, end: end === undefined ? null : [end.dueAt, end.id, ''] };
}

function isAfter([dueAt, id]: Place): SQL | undefined {
  return or(gt(schedules.dueAt, dueAt), and(eq(schedules.dueAt, dueAt), gt(schedules.id, id)));
}

/** All of the tenant's after a place: there are as many as manifests name. */
function listCrons({ db }: ReadContext, tenantId: number, after: Place | null): readonly Found[] {
  return db
    .select()
    .from(cronTriggers)
    .where(eq(cronTriggers.tenant, tenantId))
    .all()
    .map(({ app, name, cron, zone, missed, type, nextAt, lastAt }): Found => ({
      place: [nextAt, 0, `${app}/${name}`],
      resource: {
        kind: 'cron',
        name,
        dueAt: formatMicros(nextAt),
        app,
        cron,
        zone,
        missed,
        type,
        lastAt: lastAt === null ? null : formatMicros(lastAt),
      },
    }))
    .filter(({ place }) => after === null || compare(place, after) > 0);
}

function compare(a: Place, b: Place): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return a[1] - b[1];
  return a[2] < b[2] ? -1 : Number(a[2] > b[2]);
}
