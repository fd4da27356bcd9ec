/**
 * The things of an instance's story that take time, each with its beginning and its end: effects with their tries, undo,
 * waits, timers, children. Drawn by `chart.ts`, reasoned about by `explain-instance.ts`.
 *
 * What belongs together is told by the step: an effect's request, its tries and its outcome carry the same one.
 *
 * @module
 */
import type { Json, TimelineEntry } from '@holdfast/core';

export type LaneKind = 'effect' | 'undo' | 'wait' | 'timer' | 'child';
/** How it ended; `open` while it has not. */
export type LaneEnd = 'open' | 'done' | 'failed' | 'unknown' | 'expired' | 'closed';

/** One try of an effect. */
export interface LaneTry {
  readonly no: number;
  /** RFC 3339. */
  readonly from: string;
  /** Null while it is out. */
  to: string | null;
  /** How it ended: the outcome of the effect, or `not_done`, `in_doubt`, `lost`. */
  outcome: string | null;
  /** What was said about it. */
  says: string | null;
}

export interface Lane {
  readonly kind: LaneKind;
  /** The effect, wait, timer or child. */
  readonly name: string;
  readonly step: string;
  /** Of an undo: the effect that it undoes. */
  readonly undoes: string | null;
  /** RFC 3339. */
  readonly from: string;
  to: string | null;
  end: LaneEnd;
  /** When a wait expires or a timer fires; null where that is not set. */
  readonly dueAt: string | null;
  readonly commandId: string | null;
  /** State of the work item: `pending`, `leased`, `held`, `settled`. */
  readonly state: string | null;
  readonly tries: LaneTry[];
}

const ENDS: ReadonlyMap<string, LaneEnd> = new Map([
  ['effect.succeeded', 'done'],
  ['effect.failed', 'failed'],
  ['effect.unknown', 'unknown'],
  ['wait.completed', 'done'],
  ['wait.failed', 'failed'],
  ['wait.expired', 'expired'],
  ['timer.fired', 'done'],
  ['child.ended', 'done'],
]);

/** Lanes in the order in which they began. */
export function lanesOf(entries: readonly TimelineEntry[]): readonly Lane[] {
  const lanes: Lane[] = [];
  // A step may come again (a timer set anew): the last one that is open is meant.
  const openAt = (step: string | null): Lane | undefined =>
    lanes.findLast((lane) => lane.step === step && lane.to === null);
  for (const entry of entries) {
    const begun = beginning(entry);
    if (begun !== null) lanes.push(begun);
    else if (entry.kind === 'attempt') tryOf(openAt(entry.step), entry);
    else if (entry.kind === 'event' || entry.kind === 'wait' || entry.kind === 'schedule')
      endOf(openAt(entry.step), entry);
  }
  return lanes;
}

function beginning(entry: TimelineEntry): Lane | null {
  const { kind, step, title, detail, at } = entry;
  if (step === null) return null;
  const lane = (of: Pick<Lane, 'kind' | 'name'> & Partial<Lane>): Lane => ({
    step,
    undoes: null,
    from: at,
    to: null,
    end: 'open',
    dueAt: null,
    commandId: null,
    state: null,
    tries: [],
    ...of,
  });
  if (kind === 'effect') {
    const [name = title, undoes] = title.replace(/ requested$/, '').split(' undoes ');
    return lane({
      kind: undoes === undefined ? 'effect' : 'undo',
      name,
      undoes: undoes ?? null,
      commandId: textIn(detail, 'commandId'),
      state: textIn(detail, 'state'),
    });
  }
  if (kind === 'wait' && textIn(detail, 'state') !== null) {
    const dueAt = / until (\S+)$/.exec(title)?.[1] ?? null;
    return lane({ kind: 'wait', name: textIn(detail, 'name') ?? step, dueAt });
  }
  const dueAt = textIn(detail, 'dueAt');
  if (kind === 'schedule' && dueAt !== null) return lane({ kind: 'timer', name: step, dueAt });
  const saga = textIn(detail, 'saga');
  // Asking a child to stop names it too, and begins nothing.
  if (kind === 'event' && saga !== null && title.startsWith('starts child '))
    return lane({ kind: 'child', name: `${saga} ${textIn(detail, 'key') ?? ''}`.trim() });
  return null;
}

function tryOf(lane: Lane | undefined, { at, detail, title }: TimelineEntry): void {
  if (lane === undefined) return;
  const outcome = textIn(detail, 'outcome');
  const no = Number(memberOf(detail, 'attempt') ?? lane.tries.length + 1);
  if (outcome === null) {
    lane.tries.push({ no, from: at, to: null, outcome: null, says: null });
    return;
  }
  const out = lane.tries.findLast((one) => one.to === null && one.no === no);
  if (out === undefined) return;
  Object.assign(out, { to: at, outcome, says: saidIn(title) });
}

function endOf(lane: Lane | undefined, { kind, at, detail, title }: TimelineEntry): void {
  if (lane === undefined) return;
  const end =
    kind === 'event' ? ENDS.get(textIn(detail, 'type') ?? '') : ('closed' satisfies LaneEnd);
  if (end === undefined) return;
  Object.assign(lane, { to: at, end });
  const out = lane.tries.findLast((one) => one.to === null);
  if (out !== undefined) Object.assign(out, { to: at, outcome: end, says: saidIn(title) });
}

/** What stands after the first colon of a title: the reason, in somebody else's words. */
function saidIn(title: string): string | null {
  return /: (.+)$/s.exec(title)?.[1] ?? null;
}

function memberOf(value: Json, name: string): Json | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function textIn(value: Json, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : null;
}
