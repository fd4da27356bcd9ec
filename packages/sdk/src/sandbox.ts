/**
 * What stands in for `@holdfast/sdk` inside the sandbox: the same names, without settings, schemas or zod, and the
 * runtime that makes a definition a program. The builder aliases one to the other.
 *
 * @module
 */
export { Done, NotDone, Refused } from './authoring/effect-outcome.ts';
export { ctx } from './runtime/context.ts';
export { ChildFailed, EffectError, Failure, Undo, WaitFailed } from './runtime/failures.ts';
export { generatorProgram } from './runtime/generator-program.ts';
export { reducerProgram } from './runtime/reducer-program.ts';
export { command, effect, event, reducer, saga, wait } from './runtime/slim.ts';
export {
  all,
  child,
  continueAs,
  log,
  publish,
  race,
  sleep,
  waitFor,
  waitToken,
} from './runtime/verbs.ts';
