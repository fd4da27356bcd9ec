/**
 * Workflow events name their addressee themselves: `SAGA/KEY` in the subject, run and step as extension attributes.
 * So the same reading serves a fact just made, one met again on recovery, and one taken up after having been parked,
 * and nothing but the journal is needed to find the way (I5: by stream and command, never by type alone).
 *
 * @module
 */
import {
  type CommandId,
  derivedEventId,
  type EventName,
  RESERVED_SOURCE_PREFIX,
  type EffectOutcomeKind,
  type TenantId,
  type JsonText,
  type ProgramEventKind,
  WORKFLOW_TYPES,
} from '@holdfast/core';
import type { ParentRef } from '@holdfast/store';
import type { UnnumberedEvent } from './fact.ts';

/** CloudEvents extension attributes of workflow events: scalars with lower-case names. */
interface Attributes {
  /** How many events stand between this one and the first of its chain. */
  readonly depth?: number;
  readonly run?: number;
  readonly step?: string;
  readonly parentid?: number;
  readonly parentsaga?: string;
  readonly parentkey?: string;
  readonly parentrun?: number;
  readonly parentstep?: string;
  /** Position and type of the event that this one is the same as, taken again by an operator's act. */
  readonly ofseq?: number;
  readonly oftype?: string;
}

export type Addressee =
  /** Told to whoever listens; no instance waits for it. */
  | { readonly to: 'nobody' }
  /** Given to a saga by an operator's act; its program names the instance, as it does for an event from outside. */
  | { readonly to: 'saga'; readonly saga: string }
  | {
      readonly to: 'instance';
      readonly saga: string;
      readonly key: string;
      readonly kind: ProgramEventKind;
      readonly step: string | null;
      readonly run: number | null;
      readonly opens: boolean;
      readonly parent: ParentRef | null;
    };

const KINDS: Readonly<Record<string, ProgramEventKind>> = {
  [WORKFLOW_TYPES.effectSucceeded]: 'effect',
  [WORKFLOW_TYPES.effectFailed]: 'effect',
  [WORKFLOW_TYPES.effectUnknown]: 'effect',
  [WORKFLOW_TYPES.timerFired]: 'timer',
  [WORKFLOW_TYPES.waitCompleted]: 'wait',
  [WORKFLOW_TYPES.waitFailed]: 'wait',
  [WORKFLOW_TYPES.waitExpired]: 'wait',
  [WORKFLOW_TYPES.childEnded]: 'child',
  [WORKFLOW_TYPES.childStart]: 'start',
  [WORKFLOW_TYPES.sagaContinued]: 'start',
  [WORKFLOW_TYPES.cancelAsked]: 'cancel',
  [WORKFLOW_TYPES.redriveAsked]: 'redrive',
  [WORKFLOW_TYPES.sagaRestarted]: 'start',
};

/** Events given to a saga again, or at last. */
const GIVEN_AGAIN: ReadonlySet<string> = new Set([
  WORKFLOW_TYPES.eventRedriven,
  WORKFLOW_TYPES.eventReprocessed,
]);

/** Of a person's acts on an instance. A parent's `saga.cancel` has its saga's. */
export const OPERATOR_SOURCE = `${RESERVED_SOURCE_PREFIX}operator`;

const NOBODY: Addressee = { to: 'nobody' };

export const OUTCOME_TYPES: Readonly<Record<EffectOutcomeKind, string>> = {
  succeeded: WORKFLOW_TYPES.effectSucceeded,
  failed: WORKFLOW_TYPES.effectFailed,
  unknown: WORKFLOW_TYPES.effectUnknown,
};

/** What the outcome of a work item is known by, before there is one. */
export function outcomeName(of: {
  readonly tenant: TenantId;
  readonly effect: string;
  readonly commandId: CommandId;
}): EventName {
  const { tenant, effect, commandId } = of;
  const source = `${RESERVED_SOURCE_PREFIX}effect/${effect}`;
  return { tenant, source, id: derivedEventId.outcome(commandId) };
}

/** What the end of a wait is known by. */
export function waitEndName(of: {
  readonly tenant: TenantId;
  readonly commandId: CommandId;
}): EventName {
  const { tenant, commandId } = of;
  return { tenant, source: `${RESERVED_SOURCE_PREFIX}wait`, id: derivedEventId.wait(commandId) };
}

/** Where a workflow event goes. */
export function addressee(
  event: Pick<UnnumberedEvent, 'type' | 'subject' | 'extensions'>,
): Addressee {
  if (event.subject === null) return NOBODY;
  const slash = event.subject.indexOf('/');
  if (GIVEN_AGAIN.has(event.type)) return { to: 'saga', saga: event.subject.slice(0, slash) };
  const kind = KINDS[event.type];
  if (kind === undefined) return NOBODY;
  const attributes = event.extensions === null ? {} : (JSON.parse(event.extensions) as Attributes);
  return {
    to: 'instance',
    saga: event.subject.slice(0, slash),
    key: event.subject.slice(slash + 1),
    kind,
    step: attributes.step ?? null,
    run: attributes.run ?? null,
    opens: kind === 'start',
    parent: parentOf(attributes),
  };
}

export function instanceSubject(of: { readonly saga: string; readonly key: string }): string {
  return `${of.saga}/${of.key}`;
}

/** Attributes of an event that answers a step of a run. */
export function stepAttributes(run: number, step: string): JsonText {
  return JSON.stringify({ run, step } satisfies Attributes);
}

export function parentAttributes(parent: ParentRef, depth: number): JsonText {
  return JSON.stringify({
    depth,
    parentid: parent.instanceId,
    parentsaga: parent.saga,
    parentkey: parent.key,
    parentrun: parent.run,
    parentstep: parent.step,
  } satisfies Attributes);
}

/** Subject of an event that is given to a saga, whose program names the instance. */
export function sagaSubject(saga: string): string {
  return `${saga}/`;
}

/** Attributes of an event that is the one at `ofseq`, taken again. */
export function againAttributes(of: {
  readonly ofseq: number;
  readonly oftype: string;
  readonly depth: number;
}): JsonText {
  return JSON.stringify(of satisfies Attributes);
}

/** The type of an event as programs see it: where it is another one taken again, that one's. */
export function programType(
  event: Pick<UnnumberedEvent, 'stream' | 'type' | 'extensions'>,
): string {
  const { stream, type, extensions } = event;
  if (stream !== 'WORKFLOW_EVENTS' || extensions === null) return type;
  if (type !== WORKFLOW_TYPES.sagaRestarted && !GIVEN_AGAIN.has(type)) return type;
  return (JSON.parse(extensions) as Attributes).oftype ?? type;
}

/** Whether the event is given to a saga, which makes of it what it would of one from outside. */
export function isGivenAgain(event: Pick<UnnumberedEvent, 'stream' | 'type'>): boolean {
  return event.stream === 'WORKFLOW_EVENTS' && GIVEN_AGAIN.has(event.type);
}

export function depthAttributes(depth: number): JsonText {
  return JSON.stringify({ depth } satisfies Attributes);
}

/** Length of the chain of events that led to this one; 0 for one from outside. */
export function depthOf(event: Pick<UnnumberedEvent, 'extensions' | 'source'>): number {
  // From outside, an attribute of that name is the producer's own.
  if (event.extensions === null || !event.source.startsWith(RESERVED_SOURCE_PREFIX)) return 0;
  return (JSON.parse(event.extensions) as Attributes).depth ?? 0;
}

function parentOf(attributes: Attributes): ParentRef | null {
  const { parentid, parentsaga, parentkey, parentrun, parentstep } = attributes;
  if (parentid === undefined || parentsaga === undefined || parentkey === undefined) return null;
  if (parentrun === undefined || parentstep === undefined) return null;
  return {
    instanceId: parentid,
    saga: parentsaga,
    key: parentkey,
    run: parentrun,
    step: parentstep,
  };
}
