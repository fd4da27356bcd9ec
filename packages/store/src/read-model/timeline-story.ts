/** What the tables hold about a part of one run, read at one commit, with what belongs together tied together. */
import { MAX_TIMELINE_DECISIONS } from '@holdfast/core';
import type { Micros, Seq } from '@holdfast/core';
import { and, asc, desc, eq, gte, inArray, lt, lte } from 'drizzle-orm';

import {
  attempts,
  commits,
  dispositions,
  events,
  logs,
  transitions,
  waits,
  workItems,
} from '../schema.ts';
import type { TimelineSpan } from '../read-port.ts';
import type { ReadContext } from './read-context.ts';
import type { InstanceRecord } from './instance-record.ts';
import { messageOf, stepOf, textOr } from './timeline-texts.ts';
import type { KeptDecision } from './timeline-titles.ts';

/** Most rows of each other list than decisions; the latest are shown. */
const MOST = 1_000;

/** Where a part of a story begins or ends: at the first of a decision's own entries. */
export interface Bound {
  readonly version: number;
  /** When it was committed. */
  readonly at: Micros;
}

export interface StoryTransition {
  readonly version: number;
  readonly seq: Seq;
  /** When it was committed. */
  readonly at: Micros;
  readonly recordedAt: Micros;
  readonly release: string;
  readonly gasUsed: number;
  readonly decisionText: string;
  readonly decision: KeptDecision;
}

export interface StoryEvent {
  readonly seq: Seq;
  readonly receivedAt: Micros;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly data: string;
  /** The step that it says it answers. */
  readonly step: string | null;
  /** The message or reason that it brings. */
  readonly says: string | null;
  readonly disposition: { readonly status: string; readonly reason: string } | null;
  /** Whether it was parked when it came in, decided on since or not. */
  readonly wasParked: boolean;
}

export interface StoryItem {
  readonly id: number;
  readonly commandId: string;
  readonly step: string;
  readonly effect: string;
  readonly kind: 'effect' | 'command';
  readonly undoes: string | null;
  readonly state: string;
  readonly outcome: string | null;
  readonly outcomeSeq: Seq | null;
  readonly attempts: number;
  readonly doubtful: boolean;
  readonly createdAt: Micros;
  readonly input: string;
}

interface StoryAttempt {
  readonly itemId: number;
  readonly no: number;
  readonly ended: number;
  readonly at: Micros;
  readonly mode: string | null;
  readonly worker: string | null;
  readonly outcome: string | null;
  readonly error: string | null;
  readonly says: string | null;
}

interface StoryLog {
  readonly seq: Seq;
  readonly at: Micros;
  readonly level: string;
  readonly message: string;
  readonly line: string;
}

export type StoryWait = typeof waits.$inferSelect;

export interface Story {
  /** Where it begins; null: with the run. */
  readonly from: Bound | null;
  /** Where it ends; null: it goes up to now. */
  readonly to: Bound | null;
  readonly transitions: readonly StoryTransition[];
  readonly events: readonly StoryEvent[];
  readonly items: ReadonlyMap<number, StoryItem>;
  readonly attempts: readonly StoryAttempt[];
  readonly waits: readonly StoryWait[];
  readonly logs: readonly StoryLog[];
  readonly itemByOutcome: ReadonlyMap<Seq, StoryItem>;
  readonly effectOfStep: ReadonlyMap<string, string>;
  readonly waitOfStep: ReadonlyMap<string, StoryWait>;
  readonly transitionOfEvent: ReadonlyMap<Seq, StoryTransition>;
  readonly transitionOfItem: ReadonlyMap<string, StoryTransition>;
  readonly transitionOfWait: ReadonlyMap<string, StoryTransition>;
}

export function loadStory(
  context: ReadContext,
  { id }: InstanceRecord,
  { before, limit = MAX_TIMELINE_DECISIONS }: TimelineSpan,
): Story {
  const to = before === undefined ? null : readBound(context, id, before);
  const { decided, from } = readTransitions(context, id, to, limit);
  const items = readItems(context, id, to);
  const itemList = [...items.values()];
  const openedWaits = readWaits(context, id, to);
  return {
    from,
    to,
    transitions: decided,
    events: readEvents(context, id, { decided, items: itemList, to }),
    items,
    attempts: readAttempts(context, itemList, { from, to, most: MOST * 4 }),
    waits: openedWaits,
    logs: readLogs(context, id, to),
    itemByOutcome: new Map(
      itemList.flatMap((item) => (item.outcomeSeq === null ? [] : [[item.outcomeSeq, item]])),
    ),
    waitOfStep: new Map(openedWaits.map((wait) => [wait.step, wait])),
    effectOfStep: new Map(itemList.map((item) => [item.step, item.effect])),
    transitionOfEvent: new Map(decided.map((row) => [row.seq, row])),
    transitionOfItem: byStep(decided, ({ items: asked }) => asked),
    transitionOfWait: byStep(decided, ({ waits: asked }) => asked),
  };
}

function byStep(
  decided: readonly StoryTransition[],
  asked: (decision: KeptDecision) => readonly { readonly step: string }[] | undefined,
): ReadonlyMap<string, StoryTransition> {
  return new Map(
    decided.flatMap((row) => (asked(row.decision) ?? []).map(({ step }) => [step, row])),
  );
}

/** Null for a version that there is not yet: the story up to now. */
function readBound({ db }: ReadContext, instanceId: number, version: number): Bound | null {
  const row = db
    .select({ version: transitions.version, at: commits.at })
    .from(transitions)
    .innerJoin(commits, eq(commits.no, transitions.commitNo))
    .where(and(eq(transitions.instanceId, instanceId), eq(transitions.version, version)))
    .get();
  return row ?? null;
}

interface Decided {
  readonly decided: readonly StoryTransition[];
  readonly from: Bound | null;
}

function readTransitions(
  { db, names }: ReadContext,
  instanceId: number,
  to: Bound | null,
  limit: number,
): Decided {
  const rows = db
    .select({
      version: transitions.version,
      seq: transitions.seq,
      at: commits.at,
      recordedAt: transitions.recordedAt,
      release: transitions.release,
      gasUsed: transitions.gasUsed,
      decisionText: transitions.decision,
    })
    .from(transitions)
    .innerJoin(commits, eq(commits.no, transitions.commitNo))
    .where(
      and(
        eq(transitions.instanceId, instanceId),
        to === null ? undefined : lt(transitions.version, to.version),
      ),
    )
    .orderBy(desc(transitions.version))
    // One more, to know whether there is more.
    .limit(limit + 1)
    .all()
    .toReversed();
  const first = rows.length > limit ? firstOfCommit(rows) : 0;
  const decided = rows.slice(first).map((row) => ({
    ...row,
    release: names.nameOf(row.release),
    decision: JSON.parse(row.decisionText) as KeptDecision,
  }));
  return { decided, from: first === 0 ? null : (decided[0] ?? null) };
}

/** What one commit holds stays in one part, unless it alone is more than a part. */
function firstOfCommit(rows: readonly { readonly at: Micros }[]): number {
  const first = rows.findIndex((row, index) => index > 0 && row.at !== rows[index - 1]?.at);
  return first === -1 ? 1 : first;
}

const ITEM = {
  id: workItems.id,
  commandId: workItems.commandId,
  step: workItems.step,
  effect: workItems.effect,
  kind: workItems.kind,
  undoes: workItems.undoes,
  state: workItems.state,
  outcome: workItems.outcome,
  outcomeSeq: workItems.outcomeSeq,
  attempts: workItems.attempts,
  doubtful: workItems.doubtful,
  createdAt: workItems.createdAt,
  input: workItems.input,
};
type ItemRow = Pick<typeof workItems.$inferSelect, keyof typeof ITEM>;

export function toStoryItem({ names }: ReadContext, row: ItemRow): StoryItem {
  return { ...row, effect: names.nameOf(row.effect), doubtful: row.doubtful === 1 };
}

function readItems(
  context: ReadContext,
  instanceId: number,
  to: Bound | null,
): ReadonlyMap<number, StoryItem> {
  const rows = context.db
    .select(ITEM)
    .from(workItems)
    .where(
      and(
        eq(workItems.instanceId, instanceId),
        to === null ? undefined : lte(workItems.createdAt, to.at),
      ),
    )
    .orderBy(desc(workItems.id))
    .limit(MOST)
    .all()
    .toReversed();
  return new Map(rows.map((row) => [row.id, toStoryItem(context, row)]));
}

/** Of items, the newest: beginnings and ends, in order. */
export function readAttempts(
  { db, names }: ReadContext,
  items: readonly StoryItem[],
  { from, to, most }: Pick<Story, 'from' | 'to'> & { readonly most: number },
): readonly StoryAttempt[] {
  return db
    .select({
      itemId: attempts.itemId,
      no: attempts.no,
      ended: attempts.ended,
      at: commits.at,
      mode: attempts.mode,
      worker: attempts.worker,
      outcome: attempts.outcome,
      error: attempts.error,
    })
    .from(attempts)
    .innerJoin(commits, eq(commits.no, attempts.commitNo))
    .where(
      and(
        inArray(
          attempts.itemId,
          items.map(({ id }) => id),
        ),
        from === null ? undefined : gte(commits.at, from.at),
        to === null ? undefined : lte(commits.at, to.at),
      ),
    )
    .orderBy(desc(attempts.itemId), desc(attempts.no), desc(attempts.ended))
    .limit(most)
    .all()
    .toReversed()
    .map((row) => ({
      ...row,
      worker: row.worker === null ? null : names.nameOf(row.worker),
      says: row.error === null ? null : messageOf(row.error),
    }));
}

interface EventsOf extends Pick<Story, 'to'> {
  readonly decided: readonly StoryTransition[];
  readonly items: readonly StoryItem[];
}

/** Events that were decided on, that were not, and in the newest part outcomes still to be decided on. */
function readEvents(
  context: ReadContext,
  instanceId: number,
  { decided, items, to }: EventsOf,
): readonly StoryEvent[] {
  const disposed = new Map(
    context.db
      .select({ seq: dispositions.seq, status: dispositions.status, reason: dispositions.reason })
      .from(dispositions)
      .innerJoin(events, eq(events.seq, dispositions.seq))
      .where(
        and(
          eq(dispositions.instanceId, instanceId),
          to === null ? undefined : lte(events.receivedAt, to.at),
        ),
      )
      .orderBy(desc(dispositions.seq))
      .limit(MOST)
      .all()
      .map((row) => [row.seq, row]),
  );
  const applied = new Set(decided.map(({ seq }) => seq));
  const outcomes =
    to === null ? items.flatMap(({ outcomeSeq }) => (outcomeSeq === null ? [] : [outcomeSeq])) : [];
  const wanted = new Set([...applied, ...outcomes, ...disposed.keys()]);
  return eventsOf(context, [...wanted]).map((event) => {
    const disposition = disposed.get(event.seq);
    return {
      ...event,
      // Parked and later decided on: the decision tells.
      disposition: disposition === undefined || applied.has(event.seq) ? null : disposition,
      wasParked: disposition?.status === 'parked',
    };
  });
}

/** By position, as they came in: nothing is said of what became of them. */
export function eventsOf(
  { db, names }: ReadContext,
  positions: readonly Seq[],
): readonly StoryEvent[] {
  return db
    .select({
      seq: events.seq,
      receivedAt: events.receivedAt,
      id: events.id,
      type: events.type,
      source: events.source,
      data: events.data,
      extensions: events.extensions,
    })
    .from(events)
    .where(inArray(events.seq, [...positions]))
    .orderBy(asc(events.seq))
    .all()
    .map(({ extensions, ...row }) => ({
      ...row,
      type: names.nameOf(row.type),
      step: extensions === null ? null : stepOf(extensions),
      says: messageOf(row.data),
      disposition: null,
      wasParked: false,
    }));
}

function readWaits(
  { db }: ReadContext,
  instanceId: number,
  to: Bound | null,
): readonly StoryWait[] {
  return db
    .select()
    .from(waits)
    .where(
      and(eq(waits.instanceId, instanceId), to === null ? undefined : lte(waits.openedAt, to.at)),
    )
    .orderBy(desc(waits.id))
    .limit(MOST)
    .all()
    .toReversed();
}

function readLogs({ db }: ReadContext, instanceId: number, to: Bound | null): readonly StoryLog[] {
  return db
    .select({ seq: logs.seq, at: logs.at, line: logs.line })
    .from(logs)
    .where(and(eq(logs.instanceId, instanceId), to === null ? undefined : lte(logs.at, to.at)))
    .orderBy(desc(logs.id))
    .limit(MOST)
    .all()
    .toReversed()
    .map((row) => {
      const line = JSON.parse(row.line) as { level?: unknown; message?: unknown };
      return { ...row, level: textOr(line.level, 'info'), message: textOr(line.message, row.line) };
    });
}
