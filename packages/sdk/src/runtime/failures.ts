/**
 * What may go wrong in a saga. A `Failure` that nothing catches starts compensation; anything else thrown is a fault
 * of the program and blocks the instance (see `ProgramFailure` in core).
 *
 * @module
 */
import type { ProgramFailure } from '@holdfast/core';
import type { Made } from './active.ts';

/** Base of all failures that compensate. Extend `Undo` for your own. */
export abstract class Failure extends Error {
  /** Kind of the failure, as `ProgramFailure.code`. */
  abstract readonly kind: 'undo' | 'effect' | 'wait' | 'child';
  /** The step that failed; undefined where the saga itself gave up. */
  readonly step: string | undefined;

  constructor(message: string, step?: string) {
    super(message);
    this.step = step;
  }
}

/** Thrown by a saga to give up: everything done so far is undone, and the run ends as `compensated`. */
export class Undo extends Failure {
  override readonly name: string = 'Undo';
  override readonly kind = 'undo';
}

/** An effect was refused for good, or its outcome stayed unknown. */
export class EffectError extends Failure {
  override readonly name = 'EffectError';
  override readonly kind = 'effect';
  readonly effect: string;
  /** Short and stable, as the effect gave it: `http.402`, `card.declined`. */
  readonly code: string;
  /** True when nobody knows whether it took effect. */
  readonly doubtful: boolean;

  constructor(of: {
    effect: string;
    step: string;
    code: string;
    message: string;
    doubtful: boolean;
  }) {
    super(of.message, of.step);
    this.effect = of.effect;
    this.code = of.code;
    this.doubtful = of.doubtful;
  }
}

/** Whoever should have completed a wait said that it cannot be. */
export class WaitFailed extends Failure {
  override readonly name = 'WaitFailed';
  override readonly kind = 'wait';
}

/** A child saga ended otherwise than `completed`. */
export class ChildFailed extends Failure {
  override readonly name = 'ChildFailed';
  override readonly kind = 'child';
  readonly saga: string;
  /** How it ended: `compensated`, `failed`, `cancelled`. */
  readonly status: string;

  constructor(of: { saga: string; step: string; status: string; message: string }) {
    super(of.message, of.step);
    this.saga = of.saga;
    this.status = of.status;
  }
}

/**
 * A fault of the program that the runtime found. Thrown out of `decide`; no saga can catch it.
 * `operation`: what it is about; a second run then finds the place where that was made.
 */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly code: 'program.failed' | 'program.history';
  readonly operation: Made | undefined;

  constructor(code: ProgramError['code'], message: string, operation?: Made) {
    super(message);
    this.code = code;
    this.operation = operation;
  }
}

/** How a failure is recorded. */
export function recordedFailure(failure: Failure): ProgramFailure {
  const message =
    failure instanceof EffectError
      ? `${failure.effect} ${failure.doubtful ? 'has an unknown outcome' : 'failed'}: ${failure.code}: ${failure.message}`
      : failure.message;
  return {
    code: failure.kind,
    message,
    ...(failure.step === undefined ? {} : { step: failure.step }),
  };
}
