/** What an explanation reads of one run: its decisions, and what is open. */
import type { ChildInstance, Decision, Micros } from '@holdfast/core';
import { and, asc, count, desc, eq, lte } from 'drizzle-orm';

import { attempts, events, parked, schedules, transitions, waits } from '../schema.ts';
import type { AnsweredItem } from './effect-answers.ts';
import type { InstanceRecord } from './instance-record.ts';
import type { ReadContext } from './read-context.ts';
import { messageOf, stepOf } from './timeline-texts.ts';

/** Open steps of each kind that are told of. */
const SHOWN_OPEN = 100;
/** Decisions that are looked through for those that asked for what is open, and how many at a time. */
const LOOKED_DECISIONS = 1_000;
const DECISION_BATCH = 50;

export type WaitRecord = typeof waits.$inferSelect;
export type TimerRecord = typeof schedules.$inferSelect;

/** A decision with what it was made on. */
export interface Made {
  readonly version: number;
  readonly seq: number;
  readonly event: string;
  /** The step that the event answers; null where it answers none. */
  readonly step: string | null;
  readonly recordedAt: Micros;
  readonly release: string;
  readonly decision: Partial<Decision>;
}

export function lastError({ db }: ReadContext, itemId: number, no: number): string | null {
  if (no === 0) return null;
  const row = db
    .select({ error: attempts.error })
    .from(attempts)
    .where(and(eq(attempts.itemId, itemId), lte(attempts.no, no), eq(attempts.ended, 1)))
    .orderBy(desc(attempts.no))
    .limit(1)
    .get();
  return row?.error === undefined || row.error === null ? null : messageOf(row.error);
}

export function openWaits({ db }: ReadContext, { id }: InstanceRecord): WaitRecord[] {
  return db
    .select()
    .from(waits)
    .where(and(eq(waits.instanceId, id), eq(waits.state, 'open')))
    .orderBy(asc(waits.id))
    .limit(SHOWN_OPEN)
    .all();
}

/** Those of waits are told with their waits. */
export function openTimers({ db }: ReadContext, { id }: InstanceRecord): TimerRecord[] {
  return db
    .select()
    .from(schedules)
    .where(and(eq(schedules.instanceId, id), eq(schedules.kind, 'timer')))
    .orderBy(asc(schedules.dueAt), asc(schedules.id))
    .limit(SHOWN_OPEN)
    .all();
}

export function countParked({ db }: ReadContext, { id }: InstanceRecord): number {
  return db.select({ n: count() }).from(parked).where(eq(parked.instanceId, id)).get()?.n ?? 0;
}

export function namesOf({
  items,
  waits: open,
  timers,
  children,
}: {
  readonly items: readonly AnsweredItem[];
  readonly waits: readonly WaitRecord[];
  readonly timers: readonly TimerRecord[];
  readonly children: readonly ChildInstance[];
}): ReadonlySet<string> {
  return new Set([
    ...items.map(({ item }) => item.step),
    ...open.map(({ step }) => step),
    ...timers.map(({ name }) => name),
    ...children.map(({ step }) => step),
  ]);
}

interface AskedIn {
  readonly version: number;
  readonly recordedAt: Micros;
}

/** The latest decision that asked for each of some steps, or set the timer of that name. */
export function askedIn(
  { db }: ReadContext,
  { id, version }: InstanceRecord,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, AskedIn> {
  const found = new Map<string, AskedIn>();
  let from = version;
  const last = Math.max(0, version - LOOKED_DECISIONS);
  while (found.size < wanted.size && from > last) {
    const rows = db
      .select({
        version: transitions.version,
        recordedAt: transitions.recordedAt,
        decision: transitions.decision,
      })
      .from(transitions)
      .where(and(eq(transitions.instanceId, id), lte(transitions.version, from)))
      .orderBy(desc(transitions.version))
      .limit(DECISION_BATCH)
      .all();
    for (const { decision, ...made } of rows) {
      const asked = JSON.parse(decision) as Partial<Decision>;
      const steps = [...(asked.items ?? []), ...(asked.waits ?? []), ...(asked.children ?? [])];
      const names = [
        ...steps.map(({ step }) => step),
        ...(asked.schedules ?? []).map(({ name }) => name),
      ];
      for (const name of names) if (wanted.has(name) && !found.has(name)) found.set(name, made);
    }
    if (rows.length < DECISION_BATCH) break;
    from -= DECISION_BATCH;
  }
  return found;
}

export function readDecision(
  { db, names }: ReadContext,
  { id }: InstanceRecord,
  version: number,
): Made | null {
  const row = db
    .select({
      version: transitions.version,
      seq: transitions.seq,
      type: events.type,
      extensions: events.extensions,
      recordedAt: transitions.recordedAt,
      release: transitions.release,
      decision: transitions.decision,
    })
    .from(transitions)
    .innerJoin(events, eq(events.seq, transitions.seq))
    .where(and(eq(transitions.instanceId, id), eq(transitions.version, version)))
    .get();
  if (row === undefined) return null;
  const { type, extensions, release, decision, ...rest } = row;
  return {
    ...rest,
    step: extensions === null ? null : stepOf(extensions),
    event: names.nameOf(type),
    release: names.nameOf(release),
    decision: JSON.parse(decision) as Partial<Decision>,
  };
}
