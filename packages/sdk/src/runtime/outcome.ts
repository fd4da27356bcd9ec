/**
 * What an arrival means to the step it answers.
 *
 * @module
 */
import { WORKFLOW_TYPES } from '@holdfast/core';
import { ChildFailed, EffectError, WaitFailed } from './failures.ts';
import type { Asked, Resumption } from './fiber.ts';
import type { Arrival } from './history.ts';

/** `took`: whether a call took effect: surely, surely not, or nobody knows. */
export interface Outcome {
  readonly took: 'yes' | 'no' | 'doubtful';
  readonly resumption: Resumption;
}

/** Null for a type of event that answers no step of that kind. */
export function outcomeOf(asked: Asked, { type, data }: Arrival): Outcome | null {
  if (asked.kind === 'effect' && type === WORKFLOW_TYPES.effectSucceeded) {
    return { took: 'yes', resumption: { value: data } };
  }
  const yes = (value: unknown): Outcome => ({ took: 'yes', resumption: { value } });
  const no = (error: Error): Outcome => ({ took: 'no', resumption: { error } });
  const told = (data ?? {}) as { code?: string; message?: string };
  const name = asked.operation.request.name;
  const step = asked.id;
  switch (asked.kind) {
    case 'effect': {
      const doubtful = type === WORKFLOW_TYPES.effectUnknown;
      if (!doubtful && type !== WORKFLOW_TYPES.effectFailed) return null;
      const { code = 'unknown', message = '' } = told;
      const error = new EffectError({ effect: name, step, code, message, doubtful });
      return doubtful ? { took: 'doubtful', resumption: { error } } : no(error);
    }
    case 'wait':
      if (type === WORKFLOW_TYPES.waitCompleted) return yes(data);
      if (type === WORKFLOW_TYPES.waitExpired) return yes(undefined);
      if (type !== WORKFLOW_TYPES.waitFailed) return null;
      return no(new WaitFailed(`${name} failed: ${told.message ?? ''}`, step));
    case 'sleep':
      return type === WORKFLOW_TYPES.timerFired ? yes(undefined) : null;
    case 'child': {
      if (type !== WORKFLOW_TYPES.childEnded) return null;
      const ended = data as {
        status: string;
        result?: unknown;
        error?: { message?: string } | null;
      };
      if (ended.status === 'completed') return yes(ended.result ?? null);
      const why = ended.error?.message ?? 'no reason given';
      const message = `${name} ended ${ended.status}: ${why}`;
      return no(new ChildFailed({ saga: name, step, status: ended.status, message }));
    }
    case 'publish':
      return null;
  }
}
