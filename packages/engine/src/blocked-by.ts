import type { JsonText, ProgramFailure } from '@holdfast/core';

/** The last part of a step's id is the name it was asked for by, and its number: names hold neither "/" nor "#". */
const NAME_OF_STEP = /([^/#]+)#\d+$/;

/**
 * What blocks an instance that its own decision blocks, at an undo that failed: where the step at fault is an effect, it is
 * named, so that what broke stands in the group of that effect and can be found by it.
 *
 * @param isEffect whether a step of the run asked for an effect
 */
export function blockedByDecision(
  failure: ProgramFailure,
  isEffect: (step: string) => boolean,
): JsonText {
  const { step } = failure;
  const effect =
    step !== undefined && isEffect(step) ? (NAME_OF_STEP.exec(step)?.[1] ?? null) : null;
  return JSON.stringify(effect === null ? failure : { ...failure, effect });
}
