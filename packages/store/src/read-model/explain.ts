/**
 * Where a run stands, why, and what comes next: from the durable record alone. Lines of source are put to it by whoever
 * can make its decisions again (`Explained.ask`).
 */
import { formatMicros, isTerminal } from '@holdfast/core';
import type {
  ChildInstance,
  Explanation,
  Micros,
  OpenStep,
  ProgramFailure,
  SourcePlace,
  UndoLine,
} from '@holdfast/core';
import type { Explained } from '../read-port.ts';
import { type AnsweredItem, effectAnswers } from './effect-answers.ts';
import { type BlockedBy, type Pending, whatNext } from './explain-next.ts';
import {
  askedIn,
  countParked,
  lastError,
  type Made,
  namesOf,
  openTimers,
  openWaits,
  readDecision,
  type TimerRecord,
  type WaitRecord,
} from './explain-reads.ts';
import {
  compensationText,
  decisionText,
  endText,
  listText,
  statusOf,
  timeText,
} from './explain-words.ts';
import { causeOf, childrenOf, parentOf } from './instance-facts.ts';
import type { ReadContext } from './read-context.ts';
import type { InstanceRecord } from './instance-record.ts';
import { type Address, findInstance } from './saga-queries.ts';

/** @param version the decision to explain; undefined for where it stands now */
export function explain(context: ReadContext, of: Address, version?: number): Explained | null {
  const row = findInstance(context, of);
  if (row === null) return null;
  const made = readDecision(context, row, version ?? row.version);
  if (version !== undefined && made === null) return null;
  const common = {
    saga: of.saga,
    key: of.key,
    run: row.run,
    cause: causeOf(context, row),
    parent: parentOf(context, row),
    children: childrenOf(context, row),
    decision: made === null ? null : decisionOf(made),
    // Whoever makes the decision again knows.
    linesMissing: null,
  };
  const told =
    made === null || version === undefined || version === row.version
      ? tellNow(context, row, of.saga, common.children)
      : tellPast(context, row, made);
  const { steps, at, ...rest } = told;
  return {
    explanation: { ...common, version: made?.version ?? 0, ...rest },
    ask: {
      instanceId: row.id,
      // It stands in the program that it is pinned to, which may not be the one that decided last.
      release: told.current || made === null ? context.names.nameOf(row.release) : made.release,
      version: made?.version ?? 0,
      steps,
      at,
    },
  };
}

type Told = Pick<Explanation, 'current' | 'status' | 'summary' | 'open' | 'next' | 'parked'> &
  Pick<Explained['ask'], 'steps' | 'at'>;

function tellNow(
  context: ReadContext,
  row: InstanceRecord,
  saga: string,
  children: readonly ChildInstance[],
): Told {
  const blockedBy = parsed<BlockedBy>(row.blockedBy);
  const failure = parsed<ProgramFailure>(row.failure);
  const undo = JSON.parse(row.undo) as readonly UndoLine[];
  const pending = {
    items: effectAnswers(context, row).filter(({ item }) => item.state !== 'settled'),
    waits: openWaits(context, row),
    timers: openTimers(context, row),
    children: children.filter(({ status }) => !isTerminal(status)),
    undo,
    parked: countParked(context, row),
  };
  const asked = askedIn(context, row, namesOf(pending));
  const at = blockedBy?.at ?? null;
  const why = blockedBy ?? failure;
  const isHeld = heldAt(blockedBy, pending.items) !== null;
  const open: OpenStep[] = [
    // A held effect tells of itself below, with all that a failure would say.
    ...(why === null || isHeld ? [] : [failedAt(row, why, at)]),
    ...pending.items.map((each) => itemStep(context, each)),
    ...pending.waits.map(waitStep),
    ...pending.timers.map((timer) =>
      timerStep(timer, asked.get(timer.name)?.recordedAt ?? row.updatedAt),
    ),
    ...pending.children.map((child) =>
      childStep(child, asked.get(child.step)?.recordedAt ?? row.updatedAt),
    ),
  ];
  return {
    current: true,
    status: row.status,
    summary: summaryOf(row, blockedBy, failure, pending),
    open,
    next: whatNext(row, saga, blockedBy, pending),
    parked: pending.parked,
    steps: open.map(({ step }) => ({ step, version: asked.get(step)?.version ?? row.version })),
    at:
      at === null
        ? null
        : { release: blockedBy?.release ?? context.names.nameOf(row.release), place: at },
  };
}

function tellPast(context: ReadContext, row: InstanceRecord, made: Made): Told {
  const { decision, recordedAt, version } = made;
  const { schedules: set = [], children = [], publishes = [], waits: opened = [] } = decision;
  const since = formatMicros(recordedAt);
  const step = (kind: OpenStep['kind'], name: string, text: string): OpenStep => ({
    step: name,
    kind,
    since,
    text,
    at: null,
  });
  const answers = new Map(
    effectAnswers(context, row).map(({ answer }) => [answer.step, answer.text]),
  );
  const why = decision.blocked ?? decision.failure ?? null;
  const open: OpenStep[] = [
    ...(why === null ? [] : [step('failure', why.step ?? 'saga', why.message)]),
    ...(decision.items ?? []).map((item) =>
      step('effect', item.step, answers.get(item.step) ?? `${item.effect} was called`),
    ),
    ...opened.map(({ step: name, name: wait, expiresAt }) =>
      step(
        'wait',
        name,
        `waited for ${wait}${expiresAt === null ? '' : ` until ${timeText(expiresAt)}`}`,
      ),
    ),
    ...set.map(({ name, dueAt }) =>
      step('timer', name, `set the timer ${name} for ${timeText(dueAt)}`),
    ),
    ...children.map((child) => step('child', child.step, `started ${child.saga} ${child.key}`)),
    ...publishes.map((event) => step('publish', event.step, `published ${event.type}`)),
  ];
  const after = readDecision(context, row, version + 1);
  return {
    current: false,
    status: statusOf(decision),
    summary: decisionText(version, wordsOf(made), decision),
    open,
    next:
      after === null
        ? []
        : [
            `Version ${after.version} came next, on ${wordsOf(after)} at ${timeText(after.recordedAt)}.`,
          ],
    parked: 0,
    steps: open.map(({ step: name }) => ({ step: name, version })),
    at: null,
  };
}

function summaryOf(
  row: InstanceRecord,
  blockedBy: BlockedBy | null,
  failure: ProgramFailure | null,
  { items, waits: open, timers, children, undo }: Pending,
): string {
  const { status, updatedAt, version } = row;
  if (row.phase === 2) return endText(status, updatedAt, version, failure);
  if (blockedBy !== null) {
    const { message, code, at, event } = blockedBy;
    const where = at === undefined ? '' : ` at ${at}`;
    const on = event === undefined ? '' : ` It stands at the event ${event.type}.`;
    const held = heldAt(blockedBy, items);
    const why = held === null ? message : `nobody knows whether ${held} took effect`;
    return `It has been blocked since ${timeText(updatedAt)}${where} and needs a person: ${why} (${code}).${on}`;
  }
  const waiting = [
    ...items.map(({ answer }) => `the outcome of ${answer.effect}`),
    ...open.map(({ name, expiresAt }) =>
      expiresAt === null ? name : `${name} until ${timeText(expiresAt)}`,
    ),
    ...timers.map(({ name, dueAt }) => `the timer ${name} at ${timeText(dueAt)}`),
    ...children.map(({ saga, key }) => `its child ${saga} ${key}`),
  ];
  const forWhat = waiting.length === 0 ? 'the next event for its key' : listText(waiting);
  if (status === 'compensating') {
    const now = waiting.length === 0 ? '' : ` It waits for ${forWhat}.`;
    return compensationText(failure, undo) + now;
  }
  const how = status === 'retrying' ? 'It is trying again, and waits for' : 'It waits for';
  return `${how} ${forWhat}, since ${timeText(updatedAt)}.`;
}

/** The effect that is held for a person, where that is what it is blocked at. */
function heldAt(blockedBy: BlockedBy | null, items: Pending['items']): string | null {
  const held = items.find(({ item }) => item.commandId === blockedBy?.commandId);
  return held === undefined ? null : held.answer.effect;
}

function failedAt(
  row: InstanceRecord,
  { step, message }: ProgramFailure,
  at: string | null,
): OpenStep {
  return {
    step: step ?? 'saga',
    kind: 'failure',
    since: formatMicros(row.updatedAt),
    text: message,
    at: at === null ? null : placeOf(at),
  };
}

/** `file:line:column`, without the line's text. */
function placeOf(at: string): SourcePlace | null {
  const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(at) ?? [];
  if (file === undefined) return null;
  return { file, line: Number(line), column: Number(column), source: null };
}

function itemStep(context: ReadContext, { item, answer }: AnsweredItem): OpenStep {
  const last = lastError(context, item.id, item.attempts);
  return {
    step: item.step,
    kind: 'effect',
    since: formatMicros(item.createdAt),
    text: `${answer.text}${last === null ? '' : `; the last attempt said: ${last}`}`,
    at: null,
  };
}

function waitStep({ step, name, openedAt, expiresAt }: WaitRecord): OpenStep {
  const until = expiresAt === null ? ', without an end' : ` until ${timeText(expiresAt)}`;
  const who = 'whoever has its token, or a key that may operate, completes or fails it';
  return {
    step,
    kind: 'wait',
    since: formatMicros(openedAt),
    text: `waits for ${name}${until}; ${who}`,
    at: null,
  };
}

function timerStep({ name, dueAt }: TimerRecord, since: Micros): OpenStep {
  return {
    step: name,
    kind: 'timer',
    since: formatMicros(since),
    text: `waits for the timer ${name}, which fires at ${timeText(dueAt)}`,
    at: null,
  };
}

function childStep({ step, saga, key, run, status }: ChildInstance, since: Micros): OpenStep {
  return {
    step,
    kind: 'child',
    since: formatMicros(since),
    text: `waits for its child ${saga} ${key}${run === 1 ? '' : `, run ${run}`}, which is ${status}`,
    at: null,
  };
}

function wordsOf({ event, step }: Made): string {
  return step === null ? event : `${event} of ${step}`;
}

function decisionOf({ version, seq, event, release, recordedAt }: Made): Explanation['decision'] {
  return {
    version,
    seq,
    event,
    release,
    recordedAt: formatMicros(recordedAt),
    check: { state: 'not_made', reason: 'its release was not asked' },
  };
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
