import type { Millis } from '@holdfast/core';
import type { Answer } from './protocol.ts';

/** A failure that costs less harms nobody. */
const COSTLY_MS: Millis = 2;

/** Whether a program's call used up a limit, or much time, for nothing: others should not wait behind the next one. */
export function isCostlyFailure(answer: Answer, cost: Millis): boolean {
  if (answer.ok)
    return 'decided' in answer && answer.decided !== null && isCostlyFailure(answer.decided, cost);
  const { code } = answer.failure;
  return code === 'program.gas' || code === 'program.stuck' || cost >= COSTLY_MS;
}
