/**
 * The port to where effect functions run: a process of their own, supervised by the server.
 */
import type { EffectCall, EffectResult } from '@holdfast/core';

/** What an effect function may read. The same object stands for the same values, so that a host sends them once. */
export interface FunctionValues {
  readonly config: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface FunctionHost {
  /** Runs `call.effect` of `call.release`. Never rejects. Answers at once when `signal` fires. */
  execute(call: EffectCall, values: FunctionValues, signal: AbortSignal): Promise<EffectResult>;
}
