/**
 * The generators that fibers run, and what they may yield.
 *
 * @module
 */
import { nameOf } from './active.ts';
import { ProgramError } from './failures.ts';
import { type Branch, Operation, type Saga, Step, type Steps } from './operation.ts';
import type { Entry } from './undo-ledger.ts';

/** The operation behind what a generator yielded. @throws ProgramError for anything that `yield*` did not make. */
export function operationOf(yielded: unknown): Operation<unknown> {
  if (yielded instanceof Step) return yielded.operation;
  if (yielded instanceof Operation) {
    throw new ProgramError(
      'program.failed',
      `${nameOf(yielded)} was given to \`yield\`; write \`yield*\``,
      yielded,
    );
  }
  const hint = isPromise(yielded)
    ? '; a saga cannot wait for promises: put the work into an effect'
    : '';
  throw new ProgramError(
    'program.failed',
    `a saga may only \`yield*\` its steps, not yield ${kindOf(yielded)}${hint}`,
  );
}

/** Runs a saga's body. @throws ProgramError when it is no generator. */
export function bodySteps(made: unknown): Iterator<Step, unknown, unknown> {
  const steps = made as Partial<Iterator<Step, unknown, unknown>> & object;
  if (
    made === null ||
    typeof made !== 'object' ||
    Symbol.asyncIterator in made ||
    typeof steps.next !== 'function'
  ) {
    throw new ProgramError(
      'program.failed',
      `the body of a saga must be a generator, \`function* (input) { … }\`; it gave ${kindOf(made)}`,
    );
  }
  return made as Iterator<Step, unknown, unknown>;
}

/** Runs a branch of `all` or `race`. */
export function* branchSteps(branch: Branch<unknown>, name: string): Saga<unknown> {
  const steps: unknown = typeof branch === 'function' ? branch() : branch;
  return yield* stepsOf(steps, name);
}

/** Runs the undo of a call that took effect, or may have. */
export function* undoSteps({ undo, step, output }: Entry): Saga<unknown> {
  const steps: unknown = undo(output as never);
  if (steps === undefined || steps === null) return undefined;
  return yield* stepsOf(steps, `the undo of ${step}`);
}

function stepsOf(value: unknown, name: string): Steps<unknown> {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) {
    return value as Steps<unknown>;
  }
  throw new ProgramError(
    'program.failed',
    `${name} must be an operation or a generator, not ${kindOf(value)}`,
  );
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}

function kindOf(value: unknown): string {
  if (isPromise(value)) return 'a Promise';
  if (value === null) return 'null';
  if (typeof value === 'object') {
    return Symbol.asyncIterator in value ? 'an async generator' : 'an object';
  }
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}
