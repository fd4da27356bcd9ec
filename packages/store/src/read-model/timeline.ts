/**
 * The whole story of one run in true order.
 *
 * The time of the commit orders, which never goes back. What one commit holds is told decision by decision, and within a
 * decision by what causes what: a try's end, the event it became, the decision on that event, what it asked for, the tries
 * that started. An event that was parked stands where it came in, and its decision where it was taken up.
 */
import { formatMicros } from '@holdfast/core';
import type { Micros, Timeline, TimelineEntry } from '@holdfast/core';

import { parseJson, parseOptional } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { findInstance } from './saga-queries.ts';
import type { InstanceRecord } from './instance-record.ts';
import type { Address } from './saga-queries.ts';
import {
  attemptEndTitle,
  attemptStartTitle,
  eventTitle,
  itemTitle,
  statusTitle,
  transitionTitle,
  waitTitle,
} from './timeline-titles.ts';
import { loadStory } from './timeline-story.ts';
import type { Story, StoryEvent, StoryTransition } from './timeline-story.ts';

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

interface Ordered {
  readonly at: Micros;
  readonly group: number;
  readonly rank: number;
  readonly entry: Omit<TimelineEntry, 'at'>;
}

/** The story of the current run, or of run `of.run`; null where there is no such instance. */
export function timeline(context: ReadContext, of: Address): Timeline | null {
  const instance = findInstance(context, of);
  if (instance === null) return null;
  const story = loadStory(context, instance);
  const entries = [
    ...leftOut(story),
    ...story.transitions.flatMap(transitionEntries),
    ...story.events.map((event) => eventEntry(event, story)),
    ...itemEntries(story),
    ...attemptEntries(story),
    ...waitEntries(story),
    ...logEntries(story),
    ...statusEntries(instance),
  ];
  // The sort is stable: what ties keeps the order in which its own list is.
  entries.sort((a, b) => a.at - b.at || a.group - b.group || a.rank - b.rank);
  return {
    saga: of.saga,
    key: of.key,
    run: instance.run,
    status: instance.status,
    entries: entries.map(({ at, entry }) => ({ at: formatMicros(at), ...entry })),
  };
}

function leftOut(story: Story): readonly Ordered[] {
  const first = story.transitions[0];
  if (first === undefined || first.version <= 1) return [];
  const title = `the ${first.version - 1} decisions before version ${first.version} are left out`;
  return [
    {
      at: first.at,
      group: BEFORE_ALL,
      rank: RANK.tryEnd,
      entry: {
        kind: 'status',
        title,
        seq: null,
        version: null,
        step: null,
        detail: { firstVersion: first.version },
      },
    },
  ];
}

function transitionEntries(row: StoryTransition): readonly Ordered[] {
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

function eventEntry(event: StoryEvent, story: Story): Ordered {
  const item = story.itemByOutcome.get(event.seq);
  const step = item?.step ?? event.step;
  const wait = step === null ? undefined : story.waits.find((one) => one.step === step);
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

function itemEntries(story: Story): readonly Ordered[] {
  return [...story.items.values()].map((item) => {
    const by = story.transitionOfItem.get(item.step);
    const undone =
      item.undoes === null ? null : (story.effectOfStep.get(item.undoes) ?? item.undoes);
    return {
      at: by?.at ?? item.createdAt,
      group: by?.version ?? AFTER_ALL,
      rank: RANK.asked,
      entry: {
        kind: 'effect',
        title: itemTitle(item.effect, undone),
        seq: by?.seq ?? null,
        version: by?.version ?? null,
        step: item.step,
        detail: {
          commandId: item.commandId,
          kind: item.kind,
          state: item.state,
          outcome: item.outcome,
          attempts: item.attempts,
          doubtful: item.doubtful,
          input: parseJson(item.input),
        },
      },
    };
  });
}

function attemptEntries(story: Story): readonly Ordered[] {
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

function waitEntries(story: Story): readonly Ordered[] {
  return story.waits.flatMap((wait) => {
    const by = story.transitionOfWait.get(wait.step);
    const common = { kind: 'wait', step: wait.step } as const;
    const opened: Ordered = {
      at: by?.at ?? wait.openedAt,
      group: by?.version ?? AFTER_ALL,
      rank: RANK.asked,
      entry: {
        ...common,
        title: waitTitle(wait.name, wait.expiresAt),
        seq: by?.seq ?? null,
        version: by?.version ?? null,
        detail: { name: wait.name, definition: wait.definition, state: wait.state },
      },
    };
    // Completed, failed and expired are told by their events.
    if (wait.state !== 'closed' || wait.closedAt === null) return [opened];
    const title = `no longer waiting on ${wait.name}`;
    const closed: Ordered = {
      at: wait.closedAt,
      group: AFTER_ALL,
      rank: RANK.waitEnd,
      entry: { ...common, title, seq: null, version: null, detail: { name: wait.name } },
    };
    return [opened, closed];
  });
}

function logEntries(story: Story): readonly Ordered[] {
  return story.logs.map((log) => {
    const by = story.transitionOfEvent.get(log.seq);
    return {
      at: by?.at ?? log.at,
      group: by?.version ?? AFTER_ALL,
      rank: RANK.log,
      entry: {
        kind: 'log',
        title: `${log.level}: ${log.message}`,
        seq: log.seq,
        version: by?.version ?? null,
        step: null,
        detail: parseJson(log.line),
      },
    };
  });
}

/** What no decision tells: why it stands still now. */
function statusEntries(instance: InstanceRecord): readonly Ordered[] {
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
