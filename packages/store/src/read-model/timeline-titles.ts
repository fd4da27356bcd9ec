/** One line for a person, for each kind of thing that happens to an instance. */
import { formatMicros, WORKFLOW_TYPES } from '@holdfast/core';
import type { Decision, InstanceStatusWire, Micros, ProgramFailure } from '@holdfast/core';

/** Decisions as they are kept: one made by an older release may lack what came later. */
export type KeptDecision = Partial<Decision>;

/** What an event answers, as far as the tables know. */
export interface Answered {
  /** The effect and how many tries it took, where the event is its outcome. */
  readonly effect: { readonly name: string; readonly attempts: number } | null;
  /** Name of the wait or timer, or the step, that it answers. */
  readonly name: string | null;
  /** Data of the event where it holds a message or a reason. */
  readonly says: string | null;
}

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  [WORKFLOW_TYPES.effectSucceeded, 'succeeded'],
  [WORKFLOW_TYPES.effectFailed, 'failed'],
  [WORKFLOW_TYPES.effectUnknown, 'ended with its outcome unknown'],
]);
const WAIT_ENDS: ReadonlyMap<string, string> = new Map([
  [WORKFLOW_TYPES.waitCompleted, 'completed'],
  [WORKFLOW_TYPES.waitFailed, 'failed'],
  [WORKFLOW_TYPES.waitExpired, 'expired'],
]);

const SUCCESSES: ReadonlySet<string> = new Set([
  WORKFLOW_TYPES.effectSucceeded,
  WORKFLOW_TYPES.waitCompleted,
]);

export function eventTitle(type: string, answered: Answered): string {
  const { effect, name, says } = answered;
  // An output or a payload may hold a message too; only a failure's is meant for this line.
  const why = says === null || SUCCESSES.has(type) ? '' : `: ${says}`;
  const outcome = OUTCOMES.get(type);
  if (outcome !== undefined) {
    if (effect === null) return `${name ?? 'effect'} ${outcome}${why}`;
    return `${effect.name} ${outcome} (attempt ${effect.attempts})${why}`;
  }
  const waitEnd = WAIT_ENDS.get(type);
  if (waitEnd !== undefined) return `${name ?? 'wait'} ${waitEnd}${why}`;
  switch (type) {
    case WORKFLOW_TYPES.timerFired:
      return name === null ? 'timer fired' : `timer ${name} fired`;
    case WORKFLOW_TYPES.childEnded:
      return name === null ? 'child ended' : `child ${name} ended`;
    case WORKFLOW_TYPES.childStart:
      return 'started by its parent';
    case WORKFLOW_TYPES.cancelAsked:
      return `cancel asked for${why}`;
    case WORKFLOW_TYPES.redriveAsked:
      return `redrive asked for${why}`;
    case WORKFLOW_TYPES.sagaRestarted:
      return 'restarted by an operator';
    case WORKFLOW_TYPES.eventRedriven:
      return 'an event of the quarantine, redriven by an operator';
    case WORKFLOW_TYPES.eventReprocessed:
      return 'an event, run again by an operator';
    default:
      return `${type} received`;
  }
}

export function transitionTitle(version: number, decision: KeptDecision): string {
  return `version ${version}: ${standing(decision)}`;
}

function standing({ ending, blocked, ignored, failure, status }: KeptDecision): string {
  if (ending !== undefined && ending !== null) {
    switch (ending.as) {
      case 'completed':
        return 'completed';
      case 'compensated':
        return `compensated (${failureText(ending.error)})`;
      case 'cancelled':
        return `cancelled (${failureText(ending.error)})`;
      case 'continued':
        return 'continues as the next run';
    }
  }
  if (blocked !== undefined && blocked !== null) return `blocked (${failureText(blocked)})`;
  if (ignored === true) return 'nothing to decide';
  if (failure !== undefined && failure !== null) return `compensating (${failureText(failure)})`;
  return status ?? 'running';
}

function failureText({ message, step }: ProgramFailure): string {
  return step === undefined ? message : `${step}: ${message}`;
}

/** `undoneEffect`: the effect of the step it undoes. */
export function itemTitle(effect: string, undoneEffect: string | null): string {
  return undoneEffect === null ? `${effect} requested` : `${effect} undoes ${undoneEffect}`;
}

export function attemptStartTitle(effect: string, no: number, mode: string | null): string {
  return mode === 'check'
    ? `${effect}: asked whether it took effect (attempt ${no})`
    : `${effect} called (attempt ${no})`;
}

const TRY_ENDS: ReadonlyMap<string, string> = new Map([
  ['not_done', 'did not take effect'],
  ['in_doubt', 'in doubt'],
  ['lost', 'in doubt: the process ended while it was out'],
]);

/** For a try that gave no outcome; null for one that did, which its outcome event tells. */
export function attemptEndTitle(
  effect: string,
  no: number,
  outcome: string,
  says: string | null,
): string | null {
  const how = TRY_ENDS.get(outcome);
  if (how === undefined) return null;
  return `${effect} ${how} (attempt ${no})${says === null || outcome === 'lost' ? '' : `: ${says}`}`;
}

export function waitTitle(name: string, expiresAt: Micros | null): string {
  return `waiting on ${name}${expiresAt === null ? '' : ` until ${formatMicros(expiresAt)}`}`;
}

export function statusTitle(
  status: InstanceStatusWire,
  blockedBy: { code?: string; message?: string } | null,
): string {
  if (blockedBy === null) return status;
  return `${status} by ${blockedBy.code ?? 'an error'}: ${blockedBy.message ?? 'no message'}`;
}
