/**
 * What needs a person, in groups: blocked runs by reason, saga or effect, and release; and the open quarantine.
 *
 * Groups are counted as runs block and go on (`0010-counted-runs.ts`): what is read here does not grow with them.
 */
import { hash } from 'node:crypto';

import { commandId, formatMicros, HoldfastError } from '@holdfast/core';
import type { Attention, AttentionGroup, AttentionItem, Page, TenantId } from '@holdfast/core';

import type { AttentionPage, PageQuery } from '../read-port.ts';
import { attentionGroupId } from './attention-group-id.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { statementOf } from './ordered-streams.ts';
import { quarantineEntry } from './quarantine-queries.ts';
import { pageSize } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

/** Groups that are shown: the largest. */
const MOST_GROUPS = 200;
/** What blocks a run at an effect of which nobody knows whether it happened. */
const IN_DOUBT = 'effect.in_doubt';

const CODE = "json_extract(blocked_by, '$.code')";
const EFFECT = "json_extract(blocked_by, '$.effect')";

const GROUPS = `SELECT nullif(code, '') AS code, saga, nullif(effect, '') AS effect, release, count FROM blocked_groups
 WHERE tenant = +@tenant ORDER BY count DESC LIMIT @most`;
const QUARANTINE_GROUPS =
  'SELECT code, saga, count FROM quarantine_groups WHERE tenant = +@tenant ORDER BY count DESC LIMIT @most';
const IN_GROUP = `phase = 1 AND tenant = +@tenant AND ${CODE} IS @code AND saga = @saga AND ${EFFECT} IS @effect
 AND release = @release`;

interface RunGroup {
  readonly code: string | null;
  readonly saga: number;
  readonly effect: string | null;
  readonly release: number;
  readonly count: number;
}

interface QuarantineGroup {
  readonly code: string;
  readonly saga: string;
  readonly count: number;
}

interface BlockedRun {
  readonly id: number;
  readonly saga: number;
  readonly key: string;
  readonly run: number;
  readonly at: number;
  readonly blockedBy: string;
}

/** What a group's id says. */
type GroupKey =
  | {
      readonly of: 'runs';
      readonly code: string | null;
      readonly saga: string;
      readonly effect: string | null;
      readonly release: string;
    }
  | { readonly of: 'quarantine'; readonly code: string; readonly saga: string };

function encodeGroup(key: GroupKey): string {
  return key.of === 'runs'
    ? attentionGroupId('blocked', key)
    : attentionGroupId('quarantine', { ...key, effect: null, release: null });
}

/** @throws HoldfastError `not_found` for what is no group's id */
function decodeGroup(id: string): GroupKey {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(id, 'base64url').toString('utf8'));
  } catch {
    // Not JSON: told below.
  }
  if (Array.isArray(parts)) {
    const [of, code, saga, effect, release] = parts as unknown[];
    const isText = (value: unknown): value is string => typeof value === 'string';
    if (of === 'q' && isText(code) && isText(saga)) return { of: 'quarantine', code, saga };
    if (of === 'r' && isText(saga) && isText(release)) {
      const orNull = (value: unknown): string | null => (isText(value) ? value : null);
      return { of: 'runs', code: orNull(code), saga, effect: orNull(effect), release };
    }
  }
  throw noGroup(id);
}

function noGroup(id: string): HoldfastError {
  return new HoldfastError('not_found', `there is no group ${id}`, {
    hint: 'GET /v1/attention lists those there are.',
  });
}

export function attention(context: ReadContext, tenant: TenantId): Attention {
  const tenantId = context.names.findId(tenant);
  if (tenantId === null) return { total: 0, more: false, groups: [] };
  const runs = runGroups(context, tenantId);
  const quarantine = quarantineGroups(context, tenantId);
  const all = [...runs, ...quarantine].toSorted((a, b) => b.count - a.count);
  const sum = (groups: readonly AttentionGroup[]): number =>
    groups.reduce((total, { count }) => total + count, 0);
  const shown = all.slice(0, MOST_GROUPS);
  return { total: sum(all), more: all.length > MOST_GROUPS, groups: shown };
}

function runGroups(context: ReadContext, tenant: number): readonly AttentionGroup[] {
  const { sqlite, names } = context;
  const rows = statementOf(sqlite, GROUPS).all({ tenant, most: MOST_GROUPS + 1 }) as RunGroup[];
  return rows.map((row) => {
    const { code, effect, count } = row;
    const saga = names.nameOf(row.saga);
    const release = names.nameOf(row.release);
    const [last] = blockedRuns(context, tenant, row, { before: null, limit: 1 });
    const oldest = firstBlocked(context, tenant, row);
    const isDoubtful = code === IN_DOUBT;
    return {
      id: encodeGroup({
        of: 'runs',
        code,
        saga,
        effect,
        release,
      }),
      kind: isDoubtful ? 'doubtful' : 'blocked',
      reason: code ?? 'unknown',
      message: last === undefined ? '' : messageOf(last.blockedBy),
      saga,
      effect,
      release,
      count,
      oldest: formatMicros(oldest),
      newest: formatMicros(last?.at ?? oldest),
      acts: isDoubtful ? ['redrive', 'resolve', 'cancel'] : ['redrive', 'cancel'],
    };
  });
}

function quarantineGroups(context: ReadContext, tenant: number): readonly AttentionGroup[] {
  const rows = statementOf(context.sqlite, QUARANTINE_GROUPS).all({
    tenant,
    most: MOST_GROUPS + 1,
  }) as QuarantineGroup[];
  return rows.map(({ code, saga, count }) => {
    const [last] = quarantined(context, tenant, { code, saga }, { before: null, limit: 1 });
    const oldest = firstQuarantined(context, { tenant, code, saga });
    return {
      id: encodeGroup({
        of: 'quarantine',
        code,
        saga,
      }),
      kind: 'quarantine',
      reason: code,
      message: last === undefined ? '' : last.reason,
      saga: saga === '' ? null : saga,
      effect: null,
      release: null,
      count,
      oldest: formatMicros(oldest),
      newest: formatMicros(last?.at ?? oldest),
      acts: ['redrive', 'discard'],
    };
  });
}

function firstBlocked(
  { sqlite }: ReadContext,
  tenant: number,
  { code, saga, effect, release }: RunGroup,
): number {
  const row = statementOf(
    sqlite,
    `SELECT min(blocked_at) AS at FROM instances INDEXED BY instances_attention WHERE ${IN_GROUP}`,
  ).get({ tenant, code, saga, effect, release });
  return (row as { at: number | null }).at ?? 0;
}

function firstQuarantined(
  { sqlite }: ReadContext,
  values: { readonly tenant: number; readonly code: string; readonly saga: string },
): number {
  const row = statementOf(
    sqlite,
    'SELECT min(at) AS at FROM open_quarantine WHERE tenant = +@tenant AND code = @code AND saga = @saga',
  ).get(values);
  return (row as { at: number | null }).at ?? 0;
}

interface Place {
  /** Time and number of the last one seen; null to begin. */
  readonly before: readonly [number, number] | null;
  readonly limit: number;
}

/** Of a group, newest first. */
function blockedRuns(
  { sqlite }: ReadContext,
  tenant: number,
  { code, saga, effect, release }: Pick<RunGroup, 'code' | 'saga' | 'effect' | 'release'>,
  { before, limit }: Place,
): readonly BlockedRun[] {
  const [at, id] = before ?? [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  return statementOf(
    sqlite,
    `SELECT id, saga, key, run, blocked_at AS at, blocked_by AS blockedBy FROM instances INDEXED BY instances_attention
     WHERE ${IN_GROUP} AND blocked_at <= @at AND (blocked_at < @at OR id < @id)
     ORDER BY blocked_at DESC, id DESC LIMIT @limit`,
  ).all({ tenant, code, saga, effect, release, at, id, limit }) as BlockedRun[];
}

function quarantined(
  { sqlite }: ReadContext,
  tenant: number,
  { code, saga }: { readonly code: string; readonly saga: string },
  { before, limit }: Place,
): readonly { readonly id: number; readonly at: number; readonly reason: string }[] {
  const [at, id] = before ?? [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  return statementOf(
    sqlite,
    `SELECT o.id, o.at, q.reason FROM open_quarantine o CROSS JOIN quarantine q ON q.id = o.id
     WHERE o.tenant = +@tenant AND o.code = @code AND o.saga = @saga AND o.at <= @at AND (o.at < @at OR o.id < @id)
     ORDER BY o.at DESC, o.id DESC LIMIT @limit`,
  ).all({ tenant, code, saga, at, id, limit }) as { id: number; at: number; reason: string }[];
}

/**
 * What is in a group, newest first.
 *
 * @throws HoldfastError `not_found` for what is no group's id, `request.invalid` for a cursor that is none
 */
export function attentionItems(
  context: ReadContext,
  tenant: TenantId,
  group: string,
  query: PageQuery,
): Page<AttentionItem> {
  const key = decodeGroup(group);
  const limit = pageSize(query);
  const before = decodeCursor('attention', query.cursor, ['number', 'number']);
  const { names } = context;
  const tenantId = names.findId(tenant);
  if (tenantId === null) return { items: [], next: null };
  const pageFrom = <T extends { readonly at: number; readonly id: number }>(
    rows: readonly T[],
    toItem: (row: T) => AttentionItem | null,
  ): Page<AttentionItem> => {
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return {
      items: rows.flatMap((row) => toItem(row) ?? []),
      next: last === undefined ? null : encodeCursor('attention', [last.at, last.id]),
    };
  };
  if (key.of === 'quarantine')
    return pageFrom(quarantined(context, tenantId, key, { before, limit }), ({ id }) =>
      quarantineItem(context, tenant, id),
    );
  const saga = names.findId(key.saga);
  const release = names.findId(key.release);
  if (saga === null || release === null) return { items: [], next: null };
  const of = { code: key.code, effect: key.effect, saga, release };
  return pageFrom(blockedRuns(context, tenantId, of, { before, limit }), (row) =>
    runItem(context, tenant, row),
  );
}

/** How many a group holds, and the first of them to act on: the oldest. */
export function attentionTargets(
  context: ReadContext,
  tenant: TenantId,
  group: string,
  limit: number,
): AttentionPage {
  const key = decodeGroup(group);
  const tenantId = context.names.findId(tenant);
  const nothing = { kind: 'blocked', count: 0, targets: [] } as const;
  if (tenantId === null) return nothing;
  if (key.of === 'quarantine') {
    const { code, saga } = key;
    const values = { tenant: tenantId, code, saga };
    const rows = statementOf(
      context.sqlite,
      `SELECT id FROM open_quarantine WHERE tenant = +@tenant AND code = @code AND saga = @saga ORDER BY at, id LIMIT @limit`,
    ).all({ ...values, limit }) as { id: number }[];
    const counted = statementOf(
      context.sqlite,
      'SELECT count FROM quarantine_groups WHERE tenant = +@tenant AND code = +@code AND saga = +@saga',
    ).get(values) as { count: number } | undefined;
    return {
      kind: 'quarantine',
      count: counted?.count ?? 0,
      targets: rows.map(({ id }) => ({ item: encodeItem(['q', id]), quarantineId: id })),
    };
  }
  const saga = context.names.findId(key.saga);
  const release = context.names.findId(key.release);
  if (saga === null || release === null) return nothing;
  const values = { tenant: tenantId, code: key.code, saga, effect: key.effect, release };
  const from = `FROM instances INDEXED BY instances_attention WHERE ${IN_GROUP}`;
  const counted = statementOf(
    context.sqlite,
    `SELECT count FROM blocked_groups WHERE tenant = +@tenant AND code = coalesce(@code, '') AND saga = @saga
       AND effect = coalesce(@effect, '') AND release = @release`,
  ).get(values) as { count: number } | undefined;
  const rows = statementOf(
    context.sqlite,
    `SELECT key, run, ${COMMAND} AS commandId ${from} ORDER BY blocked_at, id LIMIT @limit`,
  ).all({ ...values, limit }) as { key: string; run: number; commandId: string | null }[];
  return {
    kind: key.code === IN_DOUBT ? 'doubtful' : 'blocked',
    count: counted?.count ?? 0,
    targets: rows.map((row) => ({
      item: encodeItem(['r', key.saga, row.key, row.run]),
      saga: key.saga,
      key: row.key,
      commandId: row.commandId,
    })),
  };
}

const COMMAND = "json_extract(blocked_by, '$.commandId')";

function encodeItem(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function quarantineItem(context: ReadContext, tenant: TenantId, id: number): AttentionItem | null {
  const entry = quarantineEntry(context, tenant, id);
  if (entry === null) return null;
  const { context: said } = entry;
  const saga =
    typeof said === 'object' && said !== null && !Array.isArray(said) ? said['saga'] : null;
  return {
    item: encodeItem(['q', id]),
    saga: typeof saga === 'string' ? saga : null,
    key: null,
    run: null,
    commandId: entry.commandId,
    quarantineId: id,
    at: entry.at,
    message: entry.reason,
    next: entry.next,
    wouldFire: [],
  };
}

function runItem(context: ReadContext, tenant: TenantId, row: BlockedRun): AttentionItem {
  const saga = context.names.nameOf(row.saga);
  const blockedBy = JSON.parse(row.blockedBy) as BlockedBy;
  const held = heldEffects(context, row.id);
  const undo = blockedBy.code === 'undo' ? nextUndo(context, tenant, saga, row, blockedBy) : null;
  const wouldFire = [...held, ...(undo === null ? [] : [undo])];
  return {
    item: encodeItem(['r', saga, row.key, row.run]),
    saga,
    key: row.key,
    run: row.run,
    commandId: blockedBy.commandId ?? null,
    quarantineId: null,
    at: formatMicros(row.at),
    message: blockedBy.message ?? '',
    next: nextOf(blockedBy, wouldFire.length),
    wouldFire: wouldFire.map(({ effect, command }) => ({
      effect,
      commandId: command,
      idempotencyKey: command,
    })),
  };
}

interface BlockedBy {
  readonly code?: string;
  readonly message?: string;
  readonly step?: string;
  readonly commandId?: string;
  readonly event?: { readonly type?: string };
}

function messageOf(blockedBy: string): string {
  return (JSON.parse(blockedBy) as BlockedBy).message ?? '';
}

function nextOf({ code, event }: BlockedBy, fired: number): string {
  if (code === IN_DOUBT)
    return fired === 1
      ? 'the effect is called again, with the same idempotency key'
      : `${fired} effects are called again, with the same idempotency keys`;
  if (code === 'undo') return 'the undo is asked for again, from its beginning';
  const again = `the ${event?.type ?? 'event'} it stopped at is decided again`;
  return `${again}, by the active release if that agrees with all it has decided so far`;
}

interface Fired {
  readonly effect: string;
  readonly command: string;
}

function heldEffects({ sqlite, names }: ReadContext, instanceId: number): readonly Fired[] {
  const rows = statementOf(
    sqlite,
    `SELECT effect, lower(hex(command_id)) AS command FROM work_items WHERE instance_id = +@instanceId AND +state = 'held'
     ORDER BY id`,
  ).all({ instanceId }) as { effect: number; command: string }[];
  return rows.map(({ effect, command }) => ({ effect: names.nameOf(effect), command }));
}

/**
 * The undo's first effect under the number of its next try: a step of its own, and so a key of its own. Steps of the first
 * try of an undo are `undo/UNDONE/…`, of the n-th `undo/UNDONE@n/…`.
 */
function nextUndo(
  { sqlite, names }: ReadContext,
  tenant: TenantId,
  saga: string,
  { id, key, run }: BlockedRun,
  { step = '' }: BlockedBy,
): Fired | null {
  const failed = statementOf(
    sqlite,
    'SELECT undoes FROM work_items WHERE instance_id = +@id AND step = +@step',
  ).get({ id, step }) as { undoes: string | null } | undefined;
  const undone = `undo/${failed?.undoes ?? ''}`;
  if (!step.startsWith(undone)) return null;
  const tries = /^(?:@(\d+))?\//.exec(step.slice(undone.length));
  if (tries === null) return null;
  const prefix = undone + tries[0];
  const first = statementOf(
    sqlite,
    `SELECT step, effect FROM work_items WHERE instance_id = +@id AND substr(step, 1, length(@prefix)) = @prefix
     ORDER BY id LIMIT 1`,
  ).get({ id, prefix }) as { step: string; effect: number } | undefined;
  if (first === undefined) return null;
  const next = `${undone}@${Number(tries[1] ?? 1) + 1}/${first.step.slice(prefix.length)}`;
  const command = commandId((text) => hash('sha256', text), { tenant, saga, key, run, step: next });
  return { effect: names.nameOf(first.effect), command };
}
