/**
 * How an effect function says what came of its try (I4). Returning is success. Whatever else it throws leaves the try in
 * doubt: it may have acted.
 *
 * @module
 */

/** Throw it for a definite refusal: the effect did not happen and trying again would not help. The saga gets `EffectError`. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Short and stable, for example `card.declined`. */
  readonly code: string;

  constructor(code: string, message: string = code, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Throw it when the effect certainly did not happen and may be tried again: nothing was sent, or the target said "later".
 * From `check`, thrown or returned: no earlier try took effect.
 */
export class NotDone extends Error {
  override readonly name = 'NotDone';
  /** Earliest time of the next try, in milliseconds from now. */
  readonly retryAfter: number | undefined;

  constructor(message = 'not done', options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfter = options.retryAfter;
  }
}

/** What a `check` answers when an earlier try took effect. */
export class DoneAnswer<Output> {
  readonly output: Output;

  constructor(output: Output) {
    this.output = output;
  }
}

/** `check` found that an earlier try took effect; `output` is what that try would have returned. */
export function Done<Output>(output: Output): DoneAnswer<Output> {
  return new DoneAnswer(output);
}

/** What `check` may answer. */
export type CheckAnswer<Output> = DoneAnswer<Output> | NotDone | typeof NotDone;
