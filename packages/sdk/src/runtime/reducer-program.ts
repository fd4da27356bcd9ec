/**
 * A reducer as the engine sees it: `on_event(state, event) -> decision`, JSON text in and out (I6).
 *
 * @module
 */
import {
  type Json,
  type ProgramOutput,
  type ProgramTable,
  type SearchValues,
  WORKFLOW_TYPES,
} from '@holdfast/core';
import { active } from './active.ts';
import { ctx, type SagaContext } from './context.ts';
import { ProgramError } from './failures.ts';
import { keyOf, type ParsedInput } from './program-input.ts';
import type { Answer, AnyReducer, Outcome, ReducerState } from './reducer-definition.ts';
import { ReducerRun, stateText } from './reducer-run.ts';
import { SearchBook } from './search-book.ts';

const STATE_VERSION = 1;

export function reducerProgram(reducer: AnyReducer): ProgramTable {
  return {
    key: (type, data) => keyOf(reducer.name, reducer.options.key, type, data),
    decide: (text) => decide(reducer, text),
  };
}

function decide(reducer: AnyReducer, text: string): ProgramOutput {
  const { state, event, now, seed, trace, ...identity } = JSON.parse(text) as ParsedInput;
  const before = state === null ? null : readState(state);
  const opened = { ...identity, event: { type: event.type, id: event.id } };
  const run = new ReducerRun(reducer, opened, { now, seed, tracing: trace === true }, before);
  const outer = active.run;
  active.run = run;
  try {
    const current = before === null ? initialState(reducer) : migrated(reducer, before);
    const next = take(reducer, run, current, event, now);
    const ignored = next === IGNORED;
    const after = ignored ? current : (next ?? current);
    const decision = run.decision(ignored, searchOf(reducer, after));
    if (trace === true) return { decision, state: JSON.stringify(run.trace) };
    if (ignored) return { decision, state: JSON.stringify(state) };
    return { decision, state: stateText(run, reducer.options.version ?? 1, after) };
  } finally {
    active.run = outer;
  }
}

const IGNORED = Symbol('ignored');

/** The state after the event; undefined for "as it is", `IGNORED` when the event is for nothing that is asked. */
function take(
  { options }: AnyReducer,
  run: ReducerRun,
  current: unknown,
  event: ParsedInput['event'],
  now: number,
): unknown {
  const state = current as never;
  const context = run.context() as never;
  const step = event.step ?? '';
  switch (event.kind) {
    case 'start':
    case 'event': {
      const name = Object.keys(options.on).find((each) => options.on[each]?.type === event.type);
      const handler = name === undefined ? undefined : options.handlers[name];
      return handler === undefined ? IGNORED : handler(state, event.data as never, context);
    }
    case 'effect': {
      const name = run.calls[step];
      if (name === undefined) return IGNORED;
      delete run.calls[step];
      const outcome = outcomeOf(step, event.type, event.data);
      const handler = options.outcomes?.[name];
      if (handler !== undefined) return handler(state, outcome as never, context);
      if (outcome.kind !== 'succeeded') {
        run.log('error', `${name} ${outcome.kind}: ${outcome.code}: ${outcome.message}`, undefined);
      }
      return undefined;
    }
    case 'timer': {
      const dueAt = run.timers[step];
      const handler = options.timers?.[step];
      // One that was set anew after this firing was journaled fires again, at its new time.
      if (dueAt === undefined || now < dueAt || handler === undefined) return IGNORED;
      delete run.timers[step];
      return handler(state, context);
    }
    case 'wait': {
      const name = run.waits[step];
      if (name === undefined) return IGNORED;
      delete run.waits[step];
      return options.answers?.[name]?.(state, answerOf(event.type, event.data) as never, context);
    }
    case 'cancel': {
      const { reason } = (event.data ?? {}) as { reason?: string | null };
      const next = options.cancelled?.(state, (reason ?? 'cancelled') as never, context);
      const error = { code: 'cancel', message: reason ?? 'cancelled' };
      run.end({ as: 'cancelled', error }, error);
      return next;
    }
    case 'child':
    case 'redrive':
      return IGNORED;
  }
}

function searchOf({ name, options }: AnyReducer, state: unknown): SearchValues | undefined {
  return options.search === undefined
    ? undefined
    : new SearchBook(`reducer ${name}`, options.search, state).values;
}

function initialState({ options }: AnyReducer): unknown {
  const { initial } = options;
  if (typeof initial !== 'function') return initial;
  return (initial as (context: SagaContext) => unknown)(ctx);
}

function migrated({ name, options }: AnyReducer, { state, version }: ReducerState): unknown {
  const { version: current = 1, migrate } = options;
  if (version === current) return state;
  if (version < current && migrate !== undefined) return migrate(state, version);
  const why = version > current ? 'a newer one' : 'one that it cannot migrate';
  const message = `the state of ${name} has version ${version}; this is version ${current}, and that is ${why}`;
  throw new ProgramError('program.history', message);
}

function readState(state: Json): ReducerState {
  const read = state as Partial<ReducerState> | null;
  if (read?.v !== STATE_VERSION || read.counts === undefined || read.version === undefined) {
    const message = `the state was not written by a reducer of this SDK (version ${STATE_VERSION})`;
    throw new ProgramError('program.history', message);
  }
  return read as ReducerState;
}

function outcomeOf(step: string, type: string, data: Json): Outcome<Json> {
  if (type === WORKFLOW_TYPES.effectSucceeded) return { kind: 'succeeded', step, output: data };
  const { code = 'unknown', message = '' } = (data ?? {}) as { code?: string; message?: string };
  return {
    kind: type === WORKFLOW_TYPES.effectUnknown ? 'unknown' : 'failed',
    step,
    code,
    message,
  };
}

function answerOf(type: string, data: Json): Answer<Json> {
  if (type === WORKFLOW_TYPES.waitCompleted) return { kind: 'completed', payload: data };
  if (type === WORKFLOW_TYPES.waitExpired) return { kind: 'expired' };
  const { message = '' } = (data ?? {}) as { message?: string };
  return { kind: 'failed', message };
}
