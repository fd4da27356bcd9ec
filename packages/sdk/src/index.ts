/**
 * What an author of sagas imports.
 *
 * ```ts
 * import { effect, event, saga, Undo, wait, waitFor } from '@holdfast/sdk';
 * ```
 *
 * @module
 */
export type { EffectOptions, ProviderOptions } from '@holdfast/core';
export type { CheckAnswer } from './authoring/effect-outcome.ts';
export { Done, NotDone, Refused } from './authoring/effect-outcome.ts';
export type { CommandSettingsInCode } from './authoring/command.ts';
export { command } from './authoring/command.ts';
export type { EffectSettingsInCode } from './authoring/effect.ts';
export { effect } from './authoring/effect.ts';
export { event } from './authoring/event.ts';
export { reducer } from './authoring/reducer.ts';
export type { InputOf } from './authoring/saga.ts';
export { saga } from './authoring/saga.ts';
export type { EffectContext } from './authoring/sources.ts';
export { wait } from './authoring/wait.ts';
export type { SagaContext } from './runtime/context.ts';
export { ctx } from './runtime/context.ts';
export type {
  AnySaga,
  CallOptions,
  DataOf,
  EffectDefinition,
  EventDefinition,
  SagaDefinition,
  SagaOptions,
  WaitDefinition,
} from './runtime/definitions.ts';
export { ChildFailed, EffectError, Failure, Undo, WaitFailed } from './runtime/failures.ts';
export type { Branch, Operation, Saga, Step, Steps, UndoOf } from './runtime/operation.ts';
export type {
  Answer,
  AnyReducer,
  Next,
  Outcome,
  ReducerContext,
  ReducerDefinition,
  ReducerOptions,
} from './runtime/reducer-definition.ts';
export type { SearchValue } from './runtime/search-book.ts';
export type { BranchResult } from './runtime/verbs.ts';
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
