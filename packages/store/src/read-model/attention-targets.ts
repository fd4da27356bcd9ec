/** What of a group an act is about. */
import type { TenantId } from '@holdfast/core';

import type { AttentionPage, AttentionTarget, AttentionWanted } from '../read-port.ts';
import {
  blockedByOf,
  blockedRuns,
  countEntries,
  countRuns,
  entriesInGroup,
  IN_DOUBT,
  isInGroup,
  LAST,
  quarantined,
  runInGroup,
  runsInGroup,
} from './attention-groups.ts';
import type { BlockedRun } from './attention-groups.ts';
import { entryItemName, keyOf, readParts, runItemName } from './attention-names.ts';
import type { GroupKey } from './attention-names.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ReadContext } from './read-context.ts';

/** Members of a stretch that are counted. */
const MOST_LEFT = 1_000_000;

/**
 * What of a group an act is about: some that are named, or a stretch of all, the oldest first.
 *
 * @throws HoldfastError `not_found` for what is no group's id, `request.invalid` for a place that is none
 */
export function attentionTargets(
  context: ReadContext,
  tenant: TenantId,
  group: string,
  wanted: AttentionWanted,
): AttentionPage {
  const key = keyOf(context, tenant, group);
  if (key === null) return { kind: 'blocked', count: 0, left: 0, targets: [] };
  const kind =
    key.of === 'quarantine' ? 'quarantine' : key.code === IN_DOUBT ? 'doubtful' : 'blocked';
  const count = key.of === 'quarantine' ? entriesInGroup(context, key) : runsInGroup(context, key);
  if ('items' in wanted) {
    const targets = wanted.items.flatMap((item) => targetNamed(context, key, item) ?? []);
    return { kind, count, left: targets.length, targets };
  }
  const place = decodeCursor('attention act', wanted.after ?? undefined, [
    'number',
    'number',
    'number',
  ]);
  const stretch = {
    order: 'oldest',
    after: place === null ? null : ([place[0], place[1]] as const),
    until: place === null ? untilNow(context, key) : place[2],
    limit: wanted.limit,
  } as const;
  const placeOf = (at: number, id: number): string =>
    encodeCursor('attention act', [at, id, stretch.until]);
  const targets =
    key.of === 'quarantine'
      ? quarantined(context, key, stretch).map(({ at, id }): AttentionTarget => ({
          ...entryTarget(id),
          place: placeOf(at, id),
        }))
      : blockedRuns(context, key, stretch).map((row): AttentionTarget => ({
          ...runTarget(context, row),
          place: placeOf(row.at, row.id),
        }));
  const all = { ...stretch, limit: MOST_LEFT };
  const left =
    key.of === 'quarantine' ? countEntries(context, key, all) : countRuns(context, key, all);
  return { kind, count, left, targets };
}

/** The newest of a group as it is now: what joins later, or comes back, is not meant by an act that has begun. */
function untilNow(context: ReadContext, key: GroupKey): number {
  const [newest] =
    key.of === 'quarantine' ? quarantined(context, key, LAST) : blockedRuns(context, key, LAST);
  return newest?.at ?? 0;
}

/** The member of the group that an item names; null where it is none, or is not in the group any longer. */
function targetNamed(context: ReadContext, group: GroupKey, item: string): AttentionTarget | null {
  const [of, first, key, run] = readParts(item) ?? [];
  if (group.of === 'quarantine') {
    if (of !== 'q' || typeof first !== 'number' || !isInGroup(context, group, first)) return null;
    return entryTarget(first);
  }
  if (of !== 'r' || typeof key !== 'string' || typeof run !== 'number') return null;
  if (first !== context.names.nameOf(group.saga)) return null;
  const row = runInGroup(context, group, { key, run });
  return row === null ? null : runTarget(context, row);
}

function runTarget(context: ReadContext, row: BlockedRun): AttentionTarget {
  return {
    item: runItemName(context, row),
    saga: context.names.nameOf(row.saga),
    key: row.key,
    commandId: blockedByOf(row).commandId ?? null,
  };
}

function entryTarget(id: number): AttentionTarget {
  return { item: entryItemName(id), quarantineId: id };
}
