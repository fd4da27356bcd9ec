/**
 * From a decision to what will be written: everything a transition asks for, checked and numbered (I2, I4).
 * Nothing here touches the store or the instance, so a decision that asks for something impossible is refused whole.
 *
 * @module
 */
import { createHmac } from 'node:crypto';
import {
  canonicalJson,
  commandId,
  compose,
  type Decision,
  type Fault,
  type InstanceKey,
  type JsonText,
  type Micros,
  WAIT_TIMER_PREFIX,
} from '@holdfast/core';
import type { InstanceRow, ScheduleRow, WaitRow, WorkItemRow } from '@holdfast/store';
import type { Numbering } from './numbering.ts';
import type { LoadedEffect } from './releases/loaded-release.ts';
import type { ReleaseRegistry } from './releases/registry.ts';
import type { ProgramFault } from './sandbox-port.ts';
import { sha256 } from './sha256.ts';

/** A work item with the settings in force when it was decided. */
interface NewItem {
  readonly row: WorkItemRow;
  readonly effect: LoadedEffect;
}

export interface Decided {
  readonly decision: Decision;
  readonly items: readonly NewItem[];
  readonly schedules: readonly ScheduleRow[];
  readonly waits: readonly WaitRow[];
}

export interface PlanContext {
  readonly registry: ReleaseRegistry;
  readonly numbering: Numbering;
  /** Key of wait tokens. */
  readonly tokenKey: Buffer;
}

/** Digest of a request, kept with its command id (I4). */
export function requestDigest(effect: string, input: JsonText): string {
  return sha256(`${effect}\u0000${input}`).slice(0, 32);
}

/**
 * The token of a wait: an HMAC of what addresses it, so that it need not be kept (DESIGN, Decided). It can be made
 * before the wait opens, so that a message may carry it on the way there; a name used again in the run has the same.
 */
export function waitToken(
  tokenKey: Buffer,
  of: InstanceKey & { readonly run: number },
  name: string,
): string {
  const address = compose('wait', of.tenant, of.saga, of.key, of.run, name);
  return createHmac('sha256', tokenKey).update(address).digest('base64url');
}

/**
 * Plans a decision of the instance. Answers a fault where the decision asks for what cannot be: an effect nobody
 * declares, input that violates its schema, a step asked for twice.
 */
export function planDecision(
  context: PlanContext,
  row: InstanceRow,
  steps: ReadonlyMap<string, string>,
  decision: Decision,
  at: Micros,
): Decided | ProgramFault {
  const items: NewItem[] = [];
  for (const spec of decision.items) {
    const effect = context.registry.effect(row.app, row.release, spec.effect);
    if (effect === undefined) {
      return fault(
        'program.failed',
        `step ${spec.step} asks for the effect ${spec.effect}, which release ${row.release} does not declare`,
      );
    }
    const faults = effect.input.faults(spec.input);
    if (faults.length > 0) return inputFault(spec.step, spec.effect, faults);
    const input = canonicalJson(spec.input);
    if (steps.has(spec.step)) {
      return fault(
        'program.history',
        `step ${spec.step} was asked for before; a step's id names one request of a run`,
      );
    }
    const kind = effect.settings.provider.kind === 'gateway' ? 'command' : 'effect';
    items.push({ effect, row: newItem(context, row, { ...spec, kind }, input, at) });
  }
  const waits = decision.waits.map((spec): WaitRow => {
    const command = commandId(sha256, { ...row, step: spec.step });
    return {
      id: context.numbering.nextWait(),
      commandId: command,
      instanceId: row.id,
      tenant: row.tenant,
      saga: row.saga,
      key: row.key,
      run: row.run,
      step: spec.step,
      name: spec.name,
      definition: spec.definition,
      tokenHash: sha256(waitToken(context.tokenKey, row, spec.name)),
      state: 'open',
      openedAt: at,
      expiresAt: spec.expiresAt,
    };
  });
  return { decision, items, waits, schedules: planSchedules(context, row, decision) };
}

function newItem(
  context: PlanContext,
  row: InstanceRow,
  spec: Decision['items'][number] & Pick<WorkItemRow, 'kind'>,
  input: JsonText,
  at: Micros,
): WorkItemRow {
  return {
    id: context.numbering.nextItem(),
    commandId: commandId(sha256, { ...row, step: spec.step }),
    instanceId: row.id,
    tenant: row.tenant,
    app: row.app,
    saga: row.saga,
    key: row.key,
    run: row.run,
    step: spec.step,
    kind: spec.kind,
    effect: spec.effect,
    input,
    digest: requestDigest(spec.effect, input),
    undoes: spec.undoes ?? null,
    correlationId: row.correlationId,
    traceparent: row.traceparent,
    createdAt: at,
    attempts: 0,
    firstAttemptAt: null,
    state: 'pending',
    dueAt: at,
    leaseUntil: null,
    doubtful: false,
    spared: 0,
  };
}

/** Named timers, and the timeouts of waits as schedules of their own. */
function planSchedules(context: PlanContext, row: InstanceRow, decision: Decision): ScheduleRow[] {
  const schedules: ScheduleRow[] = [];
  const { id: instanceId, tenant, saga, key, run } = row;
  const add = (name: string, kind: ScheduleRow['kind'], dueAt: Micros): void => {
    schedules.push({
      id: context.numbering.nextSchedule(),
      tenant,
      saga,
      key,
      run,
      instanceId,
      name,
      kind,
      dueAt,
    });
  };
  for (const spec of decision.schedules) add(spec.name, 'timer', spec.dueAt);
  for (const spec of decision.waits) {
    if (spec.expiresAt !== null) add(waitScheduleName(spec.name), 'wait', spec.expiresAt);
  }
  return schedules;
}

/** Name of the schedule that ends the wait of that name. */
export function waitScheduleName(wait: string): string {
  return WAIT_TIMER_PREFIX + wait;
}

export function isFault(planned: Decided | ProgramFault): planned is ProgramFault {
  return 'code' in planned;
}

function inputFault(step: string, effect: string, faults: readonly Fault[]): ProgramFault {
  const list = faults.map((each) => `${each.at} ${each.message}`).join('; ');
  return fault(
    'program.input',
    `step ${step} gives ${effect} input that its schema refuses: ${list}`,
  );
}

function fault(code: ProgramFault['code'], message: string): ProgramFault {
  return { code, message, at: null, stack: null };
}
