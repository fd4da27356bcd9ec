/**
 * What needs a person, as the API shows it: groups, and what is in one.
 */
import { formatMicros } from '@holdfast/core';
import type { Attention, AttentionGroup, AttentionItem, Page, TenantId } from '@holdfast/core';

import type { PageQuery } from '../read-port.ts';
import {
  blockedByOf,
  blockedRuns,
  FIRST,
  IN_DOUBT,
  LAST,
  quarantined,
  quarantineGroupId,
  quarantineGroups,
  runGroupId,
  runGroups,
} from './attention-groups.ts';
import type { BlockedRun, QuarantineGroup, RunGroup } from './attention-groups.ts';
import { entryItemName, keyOf, runItemName } from './attention-names.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { quarantineEntry } from './quarantine-queries.ts';
import { pageSize } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { redrivePreview } from './redrive-preview.ts';

/** Groups that are shown: the largest. */
const MOST_GROUPS = 200;

export function attention(context: ReadContext, tenant: TenantId): Attention {
  const tenantId = context.names.findId(tenant);
  if (tenantId === null) return { total: 0, more: false, groups: [] };
  const most = MOST_GROUPS + 1;
  const all = [
    ...runGroups(context, tenantId, most).map((group) => shownRuns(context, group)),
    ...quarantineGroups(context, tenantId, most).map((group) => shownQuarantine(context, group)),
  ].toSorted((a, b) => b.count - a.count);
  return {
    total: all.reduce((total, { count }) => total + count, 0),
    more: all.length > MOST_GROUPS,
    groups: all.slice(0, MOST_GROUPS),
  };
}

function shownRuns(context: ReadContext, group: RunGroup): AttentionGroup {
  const { code, effect, count } = group;
  const [oldest] = blockedRuns(context, group, FIRST);
  const [newest] = blockedRuns(context, group, LAST);
  const isDoubtful = code === IN_DOUBT;
  return {
    id: runGroupId(context, group),
    kind: isDoubtful ? 'doubtful' : 'blocked',
    reason: code ?? 'unknown',
    message: newest === undefined ? '' : (blockedByOf(newest).message ?? ''),
    saga: context.names.nameOf(group.saga),
    effect,
    release: context.names.nameOf(group.release),
    count,
    oldest: formatMicros(oldest?.at ?? 0),
    newest: formatMicros(newest?.at ?? 0),
    acts: isDoubtful ? ['redrive', 'resolve', 'cancel'] : ['redrive', 'cancel'],
  };
}

function shownQuarantine(context: ReadContext, group: QuarantineGroup): AttentionGroup {
  const { code, saga, count } = group;
  const [oldest] = quarantined(context, group, FIRST);
  const [newest] = quarantined(context, group, LAST);
  return {
    id: quarantineGroupId(group),
    kind: 'quarantine',
    reason: code,
    message: newest?.reason ?? '',
    saga: saga === '' ? null : saga,
    effect: null,
    release: null,
    count,
    oldest: formatMicros(oldest?.at ?? 0),
    newest: formatMicros(newest?.at ?? 0),
    acts: ['redrive', 'discard'],
  };
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
  const key = keyOf(context, tenant, group);
  const limit = pageSize(query);
  const after = decodeCursor('attention', query.cursor, ['number', 'number']);
  if (key === null) return { items: [], next: null };
  const stretch = { order: 'newest', after, limit } as const;
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
  return key.of === 'quarantine'
    ? pageFrom(quarantined(context, key, stretch), ({ id }) => quarantineItem(context, tenant, id))
    : pageFrom(blockedRuns(context, key, stretch), (row) => runItem(context, tenant, row));
}

function quarantineItem(context: ReadContext, tenant: TenantId, id: number): AttentionItem | null {
  const entry = quarantineEntry(context, tenant, id);
  if (entry === null) return null;
  const { context: said } = entry;
  const textIn = (name: string): string | null => {
    const has = typeof said === 'object' && said !== null && !Array.isArray(said);
    const value = has ? said[name] : null;
    return typeof value === 'string' ? value : null;
  };
  return {
    item: entryItemName(id),
    saga: textIn('saga'),
    key: null,
    run: null,
    commandId: entry.commandId,
    quarantineId: id,
    at: entry.at,
    message: entry.reason,
    next: entry.next,
    wouldFire: [],
    decides: entry.next === null ? null : { event: textIn('type'), step: null },
  };
}

function runItem(context: ReadContext, tenant: TenantId, row: BlockedRun): AttentionItem {
  const { commandId, message } = blockedByOf(row);
  return {
    item: runItemName(context, row),
    saga: context.names.nameOf(row.saga),
    key: row.key,
    run: row.run,
    commandId: commandId ?? null,
    quarantineId: null,
    at: formatMicros(row.at),
    message: message ?? '',
    ...redrivePreview(context, tenant, row),
  };
}
