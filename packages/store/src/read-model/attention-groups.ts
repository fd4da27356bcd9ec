/**
 * What needs a person, as it is counted: the groups, and the members of each in order of time. The one place that
 * `GET /v1/attention` and alerts both read from, so that neither tells of what the other does not know.
 *
 * 1. A run counts while it is blocked, and no longer: what is held for a run that has ended needs nobody.
 * 2. Groups are counted as runs block and go on (`0010-counted-runs.ts`), and as entries of the quarantine come and are
 *    resolved: what is read of a group does not grow with it.
 */
import { attentionGroupId } from './attention-group-id.ts';
import { statementOf } from './ordered-streams.ts';
import type { ReadContext } from './read-context.ts';

/** What blocks a run at an effect of which nobody knows whether it happened. */
export const IN_DOUBT = 'effect.in_doubt';

const CODE = "json_extract(blocked_by, '$.code')";
const EFFECT = "json_extract(blocked_by, '$.effect')";
/** As the index `instances_attention` has it. */
const IN_GROUP = `phase = 1 AND tenant = +@tenant AND ${CODE} IS @code AND saga = @saga AND ${EFFECT} IS @effect
 AND release = @release`;
const IN_QUARANTINE_GROUP = 'tenant = +@tenant AND code = @code AND saga = @saga';
const RUN_COLUMNS = 'id, saga, key, run, blocked_at AS at, blocked_by AS blockedBy';

/** Blocked runs of one cause at one place. */
export interface RunGroupKey {
  readonly tenant: number;
  readonly code: string | null;
  readonly saga: number;
  readonly effect: string | null;
  readonly release: number;
}

/** Open entries of the quarantine of one cause; `saga` is empty where none is named. */
export interface QuarantineGroupKey {
  readonly tenant: number;
  readonly code: string;
  readonly saga: string;
}

export type RunGroup = RunGroupKey & { readonly count: number };
export type QuarantineGroup = QuarantineGroupKey & { readonly count: number };

/** A run of a group. */
export interface BlockedRun {
  readonly id: number;
  readonly saga: number;
  readonly key: string;
  readonly run: number;
  readonly at: number;
  readonly blockedBy: string;
}

/** An entry of a group. */
export interface QuarantinedEntry {
  readonly id: number;
  readonly at: number;
  readonly origin: string;
  readonly reason: string;
}

/** What blocks a run, as it is kept. */
export interface BlockedBy {
  readonly code?: string;
  readonly message?: string;
  readonly step?: string;
  readonly commandId?: string;
  readonly event?: { readonly type?: string };
}

export function blockedByOf({ blockedBy }: Pick<BlockedRun, 'blockedBy'>): BlockedBy {
  return JSON.parse(blockedBy) as BlockedBy;
}

/** Time and number of a member: its place in its group. */
type Place = readonly [at: number, id: number];

/** What of a group is meant: in order, and no more than `limit`. */
interface Stretch {
  readonly order: 'oldest' | 'newest';
  /** The last one seen; null to begin. */
  readonly after: Place | null;
  /** Only those that are there since then, or longer. Default all. */
  readonly until?: number;
  readonly limit: number;
}

/** The oldest of a group, and the newest. */
export const FIRST = { order: 'oldest', after: null, limit: 1 } as const satisfies Stretch;
export const LAST = { order: 'newest', after: null, limit: 1 } as const satisfies Stretch;

const PAST: Place = [-1, -1];
const FUTURE: Place = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/** The largest groups of a tenant, or groups of all tenants in no order. */
export function runGroups(
  { sqlite }: ReadContext,
  tenant: number | null,
  most: number,
): readonly RunGroup[] {
  const which =
    tenant === null ? 'LIMIT @most' : 'WHERE tenant = +@tenant ORDER BY count DESC LIMIT @most';
  return statementOf(
    sqlite,
    `SELECT tenant, nullif(code, '') AS code, saga, nullif(effect, '') AS effect, release, count FROM blocked_groups ${which}`,
  ).all(tenant === null ? { most } : { tenant, most }) as RunGroup[];
}

/** The same of the quarantine. */
export function quarantineGroups(
  { sqlite }: ReadContext,
  tenant: number | null,
  most: number,
): readonly QuarantineGroup[] {
  const which =
    tenant === null ? 'LIMIT @most' : 'WHERE tenant = +@tenant ORDER BY count DESC LIMIT @most';
  return statementOf(
    sqlite,
    `SELECT tenant, code, saga, count FROM quarantine_groups ${which}`,
  ).all(tenant === null ? { most } : { tenant, most }) as QuarantineGroup[];
}

/** How many a group holds. */
export function runsInGroup({ sqlite }: ReadContext, group: RunGroupKey): number {
  return countOf(
    statementOf(
      sqlite,
      `SELECT count AS n FROM blocked_groups WHERE tenant = +@tenant AND code = coalesce(@code, '') AND saga = @saga
         AND effect = coalesce(@effect, '') AND release = @release`,
    ).get(runValues(group)),
  );
}

export function entriesInGroup({ sqlite }: ReadContext, group: QuarantineGroupKey): number {
  return countOf(
    statementOf(
      sqlite,
      'SELECT count AS n FROM quarantine_groups WHERE tenant = +@tenant AND code = +@code AND saga = +@saga',
    ).get(quarantineValues(group)),
  );
}

/** How many of a stretch there are, up to its limit. From the index alone. */
export function countRuns({ sqlite }: ReadContext, group: RunGroupKey, stretch: Stretch): number {
  return countOf(
    statementOf(
      sqlite,
      `SELECT count(*) AS n FROM (SELECT 1 FROM instances INDEXED BY instances_attention
       WHERE ${IN_GROUP} AND ${inStretch('blocked_at', stretch)} LIMIT @limit)`,
    ).get({ ...runValues(group), ...stretchValues(stretch) }),
  );
}

export function countEntries(
  { sqlite }: ReadContext,
  group: QuarantineGroupKey,
  stretch: Stretch,
): number {
  return countOf(
    statementOf(
      sqlite,
      `SELECT count(*) AS n FROM (SELECT 1 FROM open_quarantine
       WHERE ${IN_QUARANTINE_GROUP} AND ${inStretch('at', stretch)} LIMIT @limit)`,
    ).get({ ...quarantineValues(group), ...stretchValues(stretch) }),
  );
}

/** Members of a group. */
export function blockedRuns(
  { sqlite }: ReadContext,
  group: RunGroupKey,
  stretch: Stretch,
): readonly BlockedRun[] {
  const by = stretch.order === 'oldest' ? 'ASC' : 'DESC';
  return statementOf(
    sqlite,
    `SELECT ${RUN_COLUMNS} FROM instances INDEXED BY instances_attention
     WHERE ${IN_GROUP} AND ${inStretch('blocked_at', stretch)}
     ORDER BY blocked_at ${by}, id ${by} LIMIT @limit`,
  ).all({ ...runValues(group), ...stretchValues(stretch) }) as BlockedRun[];
}

/** Entries of a group. */
export function quarantined(
  { sqlite }: ReadContext,
  group: QuarantineGroupKey,
  stretch: Stretch,
): readonly QuarantinedEntry[] {
  const by = stretch.order === 'oldest' ? 'ASC' : 'DESC';
  return statementOf(
    sqlite,
    `SELECT o.id, o.at, q.origin, q.reason FROM open_quarantine o CROSS JOIN quarantine q ON q.id = o.id
     WHERE o.tenant = +@tenant AND o.code = @code AND o.saga = @saga AND ${inStretch('at', stretch, 'o.')}
     ORDER BY o.at ${by}, o.id ${by} LIMIT @limit`,
  ).all({ ...quarantineValues(group), ...stretchValues(stretch) }) as QuarantinedEntry[];
}

/** One run, if it is in the group. */
export function runInGroup(
  { sqlite }: ReadContext,
  group: RunGroupKey,
  { key, run }: { readonly key: string; readonly run: number },
): BlockedRun | null {
  const found = statementOf(
    sqlite,
    `SELECT ${RUN_COLUMNS} FROM instances INDEXED BY instances_key
     WHERE tenant = @tenant AND saga = @saga AND key = @key AND run = @run AND phase = 1
       AND ${CODE} IS @code AND ${EFFECT} IS @effect AND release = +@release`,
  ).get({ ...runValues(group), key, run });
  return (found as BlockedRun | undefined) ?? null;
}

/** Whether an entry is in the group. */
export function isInGroup({ sqlite }: ReadContext, group: QuarantineGroupKey, id: number): boolean {
  return (
    statementOf(
      sqlite,
      'SELECT 1 FROM open_quarantine WHERE id = @id AND +tenant = @tenant AND +code = @code AND +saga = @saga',
    ).get({ ...quarantineValues(group), id }) !== undefined
  );
}

/** What the group is called, within its tenant. */
export function runGroupId({ names }: ReadContext, group: RunGroupKey): string {
  const { code, effect } = group;
  const saga = names.nameOf(group.saga);
  return attentionGroupId('blocked', { code, saga, effect, release: names.nameOf(group.release) });
}

export function quarantineGroupId({ code, saga }: QuarantineGroupKey): string {
  return attentionGroupId('quarantine', { code, saga, effect: null, release: null });
}

/** In a form whose bounds an index answers. */
function inStretch(at: string, { order }: Stretch, table = ''): string {
  const [time, id] = [`${table}${at}`, `${table}id`];
  return order === 'oldest'
    ? `${time} >= @at AND (${time} > @at OR ${id} > @id) AND ${time} <= @until`
    : `${time} <= @at AND (${time} < @at OR ${id} < @id) AND ${time} <= @until`;
}

function stretchValues({ order, after, until, limit }: Stretch): Readonly<Record<string, number>> {
  const [at, id] = after ?? (order === 'oldest' ? PAST : FUTURE);
  return { at, id, until: until ?? Number.MAX_SAFE_INTEGER, limit };
}

function runValues({ tenant, code, saga, effect, release }: RunGroupKey): RunGroupKey {
  return { tenant, code, saga, effect, release };
}

function quarantineValues({ tenant, code, saga }: QuarantineGroupKey): QuarantineGroupKey {
  return { tenant, code, saga };
}

function countOf(row: unknown): number {
  return (row as { readonly n: number } | undefined)?.n ?? 0;
}
