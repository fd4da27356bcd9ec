/** Everything the tables hold about one run, read at one commit, with what belongs together tied together. */
import type { Micros, Seq } from '@holdfast/core';
import { and, asc, desc, eq, inArray } from 'drizzle-orm';

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
import type { ReadContext } from './read-context.ts';
import type { InstanceRecord } from './instance-record.ts';
import { messageOf, stepOf, textOr } from './timeline-texts.ts';
import type { KeptDecision } from './timeline-titles.ts';

/** Most decisions, and for each other list most rows, of one story; the latest are shown. */
const MOST = 1_000;

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

interface StoryItem {
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

type WaitRecord = typeof waits.$inferSelect;

export interface Story {
  readonly transitions: readonly StoryTransition[];
  readonly events: readonly StoryEvent[];
  readonly items: ReadonlyMap<number, StoryItem>;
  readonly attempts: readonly StoryAttempt[];
  readonly waits: readonly WaitRecord[];
  readonly logs: readonly StoryLog[];
  readonly itemByOutcome: ReadonlyMap<Seq, StoryItem>;
  readonly effectOfStep: ReadonlyMap<string, string>;
  readonly transitionOfEvent: ReadonlyMap<Seq, StoryTransition>;
  readonly transitionOfItem: ReadonlyMap<string, StoryTransition>;
  readonly transitionOfWait: ReadonlyMap<string, StoryTransition>;
}

export function loadStory(context: ReadContext, instance: InstanceRecord): Story {
  const decided = readTransitions(context, instance.id);
  const items = readItems(context, instance.id);
  const itemList = [...items.values()];
  return {
    transitions: decided,
    events: readEvents(context, instance.id, decided, itemList),
    items,
    attempts: readAttempts(context, itemList),
    waits: readWaits(context, instance.id),
    logs: readLogs(context, instance.id),
    itemByOutcome: new Map(
      itemList.flatMap((item) => (item.outcomeSeq === null ? [] : [[item.outcomeSeq, item]])),
    ),
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

function readTransitions(
  { db, names }: ReadContext,
  instanceId: number,
): readonly StoryTransition[] {
  return db
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
    .where(eq(transitions.instanceId, instanceId))
    .orderBy(desc(transitions.version))
    .limit(MOST)
    .all()
    .toReversed()
    .map((row) => ({
      ...row,
      release: names.nameOf(row.release),
      decision: JSON.parse(row.decisionText) as KeptDecision,
    }));
}

function readItems({ db, names }: ReadContext, instanceId: number): ReadonlyMap<number, StoryItem> {
  const rows = db
    .select({
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
    })
    .from(workItems)
    .where(eq(workItems.instanceId, instanceId))
    .orderBy(desc(workItems.id))
    .limit(MOST)
    .all()
    .toReversed();
  return new Map(
    rows.map((row) => [
      row.id,
      { ...row, effect: names.nameOf(row.effect), doubtful: row.doubtful === 1 },
    ]),
  );
}

function readAttempts(
  { db, names }: ReadContext,
  items: readonly StoryItem[],
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
      inArray(
        attempts.itemId,
        items.map(({ id }) => id),
      ),
    )
    .orderBy(asc(attempts.itemId), asc(attempts.no), asc(attempts.ended))
    .limit(MOST * 4)
    .all()
    .map((row) => ({
      ...row,
      worker: row.worker === null ? null : names.nameOf(row.worker),
      says: row.error === null ? null : messageOf(row.error),
    }));
}

/** Events that were decided on, that were not, and outcomes still to be decided on. */
function readEvents(
  { db, names }: ReadContext,
  instanceId: number,
  decided: readonly StoryTransition[],
  items: readonly StoryItem[],
): readonly StoryEvent[] {
  const disposed = new Map(
    db
      .select({ seq: dispositions.seq, status: dispositions.status, reason: dispositions.reason })
      .from(dispositions)
      .where(eq(dispositions.instanceId, instanceId))
      .orderBy(desc(dispositions.seq))
      .limit(MOST)
      .all()
      .map((row) => [row.seq, row]),
  );
  const applied = new Set(decided.map(({ seq }) => seq));
  const outcomes = items.flatMap(({ outcomeSeq }) => (outcomeSeq === null ? [] : [outcomeSeq]));
  const wanted = new Set([...applied, ...outcomes, ...disposed.keys()]);
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
    .where(and(inArray(events.seq, [...wanted])))
    .orderBy(asc(events.seq))
    .all()
    .map(({ extensions, ...row }) => {
      const disposition = disposed.get(row.seq);
      return {
        ...row,
        type: names.nameOf(row.type),
        step: extensions === null ? null : stepOf(extensions),
        says: messageOf(row.data),
        // Parked and later decided on: the decision tells.
        disposition: disposition === undefined || applied.has(row.seq) ? null : disposition,
        wasParked: disposition?.status === 'parked',
      };
    });
}

function readWaits({ db }: ReadContext, instanceId: number): readonly WaitRecord[] {
  return db
    .select()
    .from(waits)
    .where(eq(waits.instanceId, instanceId))
    .orderBy(desc(waits.id))
    .limit(MOST)
    .all()
    .toReversed();
}

function readLogs({ db }: ReadContext, instanceId: number): readonly StoryLog[] {
  return db
    .select({ seq: logs.seq, at: logs.at, line: logs.line })
    .from(logs)
    .where(eq(logs.instanceId, instanceId))
    .orderBy(desc(logs.id))
    .limit(MOST)
    .all()
    .toReversed()
    .map((row) => {
      const line = JSON.parse(row.line) as { level?: unknown; message?: unknown };
      return { ...row, level: textOr(line.level, 'info'), message: textOr(line.message, row.line) };
    });
}
