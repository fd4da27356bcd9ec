/** What happened to a run, entry by entry, each with its place in the order of the whole (`timeline.ts`). */
import { formatMicros } from '@holdfast/core';
import type { Micros, TimelineEntry } from '@holdfast/core';

import type { InstanceRecord } from './instance-record.ts';
import { parseJson, parseOptional } from './read-context.ts';
import type { Story, StoryEvent, StoryItem, StoryTransition, StoryWait } from './timeline-story.ts';
import {
  attemptEndTitle,
  attemptStartTitle,
  eventTitle,
  itemTitle,
  statusTitle,
  transitionTitle,
  waitTitle,
} from './timeline-titles.ts';

/** Order of what has one time. */
const RANK = {
  tryEnd: 0,
  event: 1,
  transition: 2,
  log: 3,
  asked: 4,
  waitEnd: 5,
  tryStart: 6,
  status: 7,
} as const;

/** Where something stands among what has the same time: with a decision's version, before all, or after all. */
const BEFORE_ALL = 0;
const AFTER_ALL = Number.MAX_SAFE_INTEGER;

export interface Ordered {
  readonly at: Micros;
  readonly group: number;
  readonly rank: number;
  readonly entry: Omit<TimelineEntry, 'at'>;
}

/** The sort is stable: what ties keeps the order in which its own list is. */
export function inOrder(told: readonly Ordered[]): TimelineEntry[] {
  return told
    .toSorted((a, b) => a.at - b.at || a.group - b.group || a.rank - b.rank)
    .map(({ at, entry }) => ({ at: formatMicros(at), ...entry }));
}

export function transitionEntries(row: StoryTransition): readonly Ordered[] {
  const { at, seq, version, decision } = row;
  const asked = (entry: Pick<TimelineEntry, 'kind' | 'title' | 'step' | 'detail'>): Ordered => ({
    at,
    group: version,
    rank: RANK.asked,
    entry: { seq, version, ...entry },
  });
  return [
    {
      at,
      group: version,
      rank: RANK.transition,
      entry: {
        kind: 'transition',
        title: transitionTitle(version, decision),
        seq,
        version,
        step: null,
        detail: {
          recordedAt: formatMicros(row.recordedAt),
          release: row.release,
          gasUsed: row.gasUsed,
          decision: parseJson(row.decisionText),
        },
      },
    },
    ...(decision.schedules ?? []).map(({ name, dueAt }) =>
      asked({
        kind: 'schedule',
        title: `timer ${name} set for ${formatMicros(dueAt)}`,
        step: name,
        detail: { dueAt: formatMicros(dueAt) },
      }),
    ),
    ...(decision.cancelSchedules ?? []).map((name) =>
      asked({ kind: 'schedule', title: `timer ${name} cancelled`, step: name, detail: null }),
    ),
    ...(decision.children ?? []).map(({ step, saga, key }) =>
      asked({ kind: 'event', title: `starts child ${saga}/${key}`, step, detail: { saga, key } }),
    ),
    ...(decision.cancelChildren ?? []).map(({ step, saga, key }) =>
      asked({
        kind: 'event',
        title: `asks child ${saga}/${key} to stop`,
        step,
        detail: { saga, key },
      }),
    ),
    ...(decision.publishes ?? []).map(({ step, type }) =>
      asked({ kind: 'event', title: `publishes ${type}`, step, detail: { type } }),
    ),
  ];
}

export function eventEntry(
  event: StoryEvent,
  story: Pick<Story, 'itemByOutcome' | 'waitOfStep' | 'transitionOfEvent'>,
): Ordered {
  const item = story.itemByOutcome.get(event.seq);
  const step = item?.step ?? event.step;
  const wait = step === null ? undefined : story.waitOfStep.get(step);
  const title = eventTitle(event.type, {
    effect: item === undefined ? null : { name: item.effect, attempts: item.attempts },
    name: wait?.name ?? step,
    says: event.says,
  });
  const { disposition } = event;
  const suffix = disposition === null ? '' : ` (${disposition.status}: ${disposition.reason})`;
  // Decided on as it came in: it stands right before its decision.
  const by = event.wasParked ? undefined : story.transitionOfEvent.get(event.seq);
  return {
    at: by?.at ?? event.receivedAt,
    group: by?.version ?? BEFORE_ALL,
    rank: RANK.event,
    entry: {
      kind: 'event',
      title: title + suffix,
      seq: event.seq,
      version: null,
      step,
      detail: {
        id: event.id,
        type: event.type,
        source: event.source,
        receivedAt: formatMicros(event.receivedAt),
        data: parseJson(event.data),
        disposition: disposition === null ? null : { ...disposition },
      },
    },
  };
}

/** What was asked for is told with the decision that asked: in another part where that is. */
export function itemEntries(story: Story): readonly Ordered[] {
  return [...story.items.values()].flatMap((item) => {
    const by = story.transitionOfItem.get(item.step);
    const undone =
      item.undoes === null ? null : (story.effectOfStep.get(item.undoes) ?? item.undoes);
    return by === undefined ? [] : [itemEntry(item, undone, by)];
  });
}

/**
 * @param undone name of the effect that it undoes
 * @param by the decision that asked for it; null where that is not read
 */
export function itemEntry(
  item: StoryItem,
  undone: string | null,
  by: StoryTransition | null,
): Ordered {
  const { commandId, kind, state, outcome, attempts, doubtful, step } = item;
  return {
    at: by?.at ?? item.createdAt,
    group: by?.version ?? BEFORE_ALL,
    rank: RANK.asked,
    entry: {
      kind: 'effect',
      title: itemTitle(item.effect, undone),
      seq: by?.seq ?? null,
      version: by?.version ?? null,
      step,
      detail: {
        commandId,
        kind,
        state,
        outcome,
        attempts,
        doubtful,
        input: parseJson(item.input),
      },
    },
  };
}

export function attemptEntries(
  story: Pick<Story, 'attempts' | 'items' | 'transitionOfItem'>,
): readonly Ordered[] {
  return story.attempts.flatMap((row): readonly Ordered[] => {
    const item = story.items.get(row.itemId);
    if (item === undefined) return [];
    const common = { seq: null, version: null, step: item.step, kind: 'attempt' } as const;
    if (row.ended === 0) {
      const title = attemptStartTitle(item.effect, row.no, row.mode);
      const detail = {
        commandId: item.commandId,
        attempt: row.no,
        mode: row.mode,
        ...(row.worker === null ? {} : { worker: row.worker }),
      };
      const by = story.transitionOfItem.get(item.step);
      const group = by?.at === row.at ? by.version : AFTER_ALL;
      return [{ at: row.at, group, rank: RANK.tryStart, entry: { ...common, title, detail } }];
    }
    const title = attemptEndTitle(item.effect, row.no, row.outcome ?? '', row.says);
    if (title === null) return [];
    const detail = {
      commandId: item.commandId,
      attempt: row.no,
      outcome: row.outcome,
      error: parseOptional(row.error),
    };
    return [
      { at: row.at, group: BEFORE_ALL, rank: RANK.tryEnd, entry: { ...common, title, detail } },
    ];
  });
}

export function waitEntries(story: Story): readonly Ordered[] {
  return story.waits.flatMap((wait) => {
    const by = story.transitionOfWait.get(wait.step);
    const common = { kind: 'wait', step: wait.step } as const;
    const opened = by === undefined ? [] : [openedEntry(wait, by)];
    // Completed, failed and expired are told by their events.
    if (wait.state !== 'closed' || wait.closedAt === null) return opened;
    const title = `no longer waiting on ${wait.name}`;
    const closed: Ordered = {
      at: wait.closedAt,
      group: AFTER_ALL,
      rank: RANK.waitEnd,
      entry: { ...common, title, seq: null, version: null, detail: { name: wait.name } },
    };
    return [...opened, closed];
  });
}

function openedEntry({ step, name, definition, state, expiresAt }: StoryWait, by: StoryTransition) {
  const { at, seq, version } = by;
  const title = waitTitle(name, expiresAt);
  const detail = { name, definition, state };
  const entry = { kind: 'wait', title, seq, version, step, detail } as const;
  return { at, group: version, rank: RANK.asked, entry };
}

export function logEntries(story: Story): readonly Ordered[] {
  return story.logs.flatMap(({ seq, level, message, line }): readonly Ordered[] => {
    const by = story.transitionOfEvent.get(seq);
    if (by === undefined) return [];
    const { at, version } = by;
    const title = `${level}: ${message}`;
    const entry = {
      kind: 'log',
      title,
      seq,
      version,
      step: null,
      detail: parseJson(line),
    } as const;
    return [{ at, group: version, rank: RANK.log, entry }];
  });
}

/** What no decision tells: why it stands still now. */
export function statusEntries(instance: InstanceRecord): readonly Ordered[] {
  if (instance.blockedBy === null) return [];
  const blockedBy = JSON.parse(instance.blockedBy) as {
    code?: string;
    message?: string;
    step?: string;
  };
  return [
    {
      at: instance.updatedAt,
      group: AFTER_ALL,
      rank: RANK.status,
      entry: {
        kind: 'status',
        title: statusTitle(instance.status, blockedBy),
        seq: null,
        version: instance.version,
        step: blockedBy.step ?? null,
        detail: parseJson(instance.blockedBy),
      },
    },
  ];
}
