/** Sentences for a person: where a run stands, and what comes next. */
import { formatMicros } from '@holdfast/core';
import type {
  Decision,
  InstanceStatusWire,
  Micros,
  ProgramFailure,
  UndoLine,
} from '@holdfast/core';

/** To the second: the record has the microseconds. */
export function timeText(at: Micros): string {
  return formatMicros(at).replace(/\.\d+/, '');
}

/** `a, b and c`. */
export function listText(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length <= 1 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}

export function countText(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}

/** How an ended run ended. */
export function endText(
  status: InstanceStatusWire,
  at: Micros,
  decisions: number,
  failure: ProgramFailure | null,
): string {
  const why = failure === null ? '' : ` because ${failureText(failure)}`;
  const when = `at ${timeText(at)}, after ${countText(decisions, 'decision')}`;
  switch (status) {
    case 'completed':
      return `It completed ${when}.`;
    case 'compensated':
      return `It gave up${why}; what it had done was undone. It ended ${when}.`;
    case 'cancelled':
      return `It was cancelled${why}; what it had done was undone. It ended ${when}.`;
    default:
      return `It ended as ${status}${why}, ${when}.`;
  }
}

function failureText({ message, step }: ProgramFailure): string {
  return step === undefined ? message : `${step}: ${message}`;
}

/** Why a run compensates, and how far it has come. */
export function compensationText(
  failure: ProgramFailure | null,
  undo: readonly UndoLine[],
): string {
  const why = failure === null ? '' : ` because ${failureText(failure)}`;
  const undone = undo.filter(({ state }) => state === 'undone').length;
  const progress = undo.length === 0 ? '' : ` ${undone} of ${undo.length} steps are undone.`;
  return `It gives up${why}, and undoes what it has done.${progress}`;
}

/** What a decision asked for or said, in one sentence. */
export function decisionText(version: number, event: string, decision: Partial<Decision>): string {
  const { items = [], waits = [], schedules = [], children = [], publishes = [] } = decision;
  const parts = [
    ...items.map(({ effect, undoes }) =>
      undoes === undefined ? `called ${effect}` : `called ${effect} to undo ${undoes}`,
    ),
    ...waits.map(({ name }) => `waited for ${name}`),
    ...schedules.map(({ name }) => `set the timer ${name}`),
    ...children.map(({ saga, key }) => `started ${saga} ${key}`),
    ...publishes.map(({ type }) => `published ${type}`),
    ...standing(decision),
  ];
  const did = parts.length === 0 ? 'asked for nothing new' : listText(parts);
  return `Version ${version} decided on ${event}: it ${did}.`;
}

function standing({ ending = null, blocked = null, failure = null }: Partial<Decision>): string[] {
  if (ending !== null) {
    switch (ending.as) {
      case 'completed':
        return ['completed'];
      case 'continued':
        return ['went on as another run'];
      case 'compensated':
      case 'cancelled':
        return [`ended as ${ending.as} because ${failureText(ending.error)}`];
    }
  }
  if (blocked !== null) return [`was blocked because ${failureText(blocked)}`];
  return failure === null ? [] : [`gave up because ${failureText(failure)}`];
}

/** Status that a decision left its instance with. */
export function statusOf({
  ending = null,
  blocked = null,
  status = 'running',
}: Partial<Decision>): InstanceStatusWire {
  if (blocked !== null) return 'blocked';
  if (ending === null) return status;
  return ending.as === 'continued' ? 'completed' : ending.as;
}
