/**
 * One call of a reducer: the state before, one event, and what the handler asks for.
 *
 * 1. A step id is the name and its occurrence within the run, counted in the state; it never repeats (I4).
 * 2. An outcome, answer or firing of what is no longer asked is ignored and changes nothing.
 *
 * @module
 */
import {
  type DecisionTrace,
  type Duration,
  type Ending,
  type Json,
  type JsonText,
  type LogLine,
  type Micros,
  MICROS_PER_MILLI,
  parseDuration,
  type ProgramFailure,
  type SearchValues,
} from '@holdfast/core';
import type { ActiveRun, Made, RunIdentity } from './active.ts';
import { ctx } from './context.ts';
import type { EventDefinition } from './definitions.ts';
import { decisionText, type Draft, emptyDraft, itemText, toJson, toJsonText } from './draft.ts';
import { ProgramError } from './failures.ts';
import { seededRandom } from './random.ts';
import type { AnyReducer, ReducerContext, ReducerState } from './reducer-definition.ts';
import { log } from './verbs.ts';

type Names = Record<string, string>;

export class ReducerRun implements ActiveRun {
  readonly identity: RunIdentity;
  readonly now: Micros;
  readonly operations: Made[] = [];
  readonly owner = null;
  readonly tracing: boolean;
  readonly counts: Record<string, number>;
  readonly calls: Names;
  readonly waits: Names;
  readonly timers: Record<string, number>;
  readonly #options: AnyReducer['options'];
  readonly #seed: string;
  readonly #draft: Draft = emptyDraft();
  readonly #made: { step: string; stack: string }[] = [];
  #random: (() => number) | null = null;
  #ending: Ending | null = null;
  #failure: ProgramFailure | null = null;

  constructor(
    { options }: AnyReducer,
    identity: RunIdentity,
    moment: { readonly now: Micros; readonly seed: string; readonly tracing: boolean },
    before: ReducerState | null,
  ) {
    this.#options = options;
    this.identity = identity;
    this.now = moment.now;
    this.#seed = moment.seed;
    this.tracing = moment.tracing;
    this.counts = { ...before?.counts };
    this.calls = { ...before?.calls };
    this.waits = { ...before?.waits };
    this.timers = { ...before?.timers };
  }

  random(): number {
    this.#random ??= seededRandom(this.#seed);
    return this.#random();
  }

  log(level: LogLine['level'], message: string, data: unknown): void {
    this.#draft.logs.push({
      level,
      message,
      ...(data === undefined ? {} : { data: toJson(data, 'data of a log line') }),
    });
  }

  search(): never {
    throw new TypeError(
      'the search fields of a reducer come from its state: see its option `search`',
    );
  }

  /** Where this call's steps were made; only of a run that traces. */
  get trace(): DecisionTrace {
    return { trace: 1, steps: this.#made, failedAt: null };
  }

  /** What handlers are given. */
  context(): ReducerContext<Record<string, never>, Record<string, never>> {
    return Object.create(
      ctx,
      Object.getOwnPropertyDescriptors({
        log,
        call: (name: string, input: unknown) => this.#call(name, input),
        setTimer: (name: string, after: Duration) => this.#setTimer(name, after),
        cancelTimer: (name: string) => this.#cancelTimer(name),
        openWait: (name: string, options?: { readonly timeout?: Duration | undefined }) =>
          this.#openWait(name, options?.timeout),
        closeWait: (name: string) => this.#closeWait(name),
        publish: (event: EventDefinition<unknown>, data: unknown, options?: { subject?: string }) =>
          this.#publish(event.type, data, options?.subject),
        complete: (result?: unknown) =>
          this.end({ as: 'completed', result: toJson(result, 'the result') }),
      }),
    ) as ReducerContext<Record<string, never>, Record<string, never>>;
  }

  /** Ends the run with this decision, and lets go of what is still asked. */
  end(ending: Ending, failure: ProgramFailure | null = null): void {
    this.#ending = ending;
    this.#failure = failure;
  }

  decision(ignored: boolean, search?: SearchValues): JsonText {
    if (this.#ending !== null) {
      for (const name of Object.keys(this.timers)) this.#cancelTimer(name);
      for (const name of Object.values(this.waits)) this.#closeWait(name);
    }
    return decisionText(this.#draft, {
      status: Object.keys(this.calls).length > 0 ? 'running' : 'waiting',
      undo: [],
      failure: this.#failure,
      blocked: null,
      ending: this.#ending,
      ignored,
      ...(search !== undefined && { search }),
    });
  }

  #step(name: string): string {
    const count = (this.counts[name] ?? 0) + 1;
    this.counts[name] = count;
    return this.#noted(`${name}#${count}`);
  }

  #noted(step: string): string {
    if (this.tracing) this.#made.push({ step, stack: new Error(step).stack ?? '' });
    return step;
  }

  #call(name: string, input: unknown): string {
    const effect = this.#options.effects?.[name];
    if (effect === undefined) throw unknownName('effect', name, this.#options.effects);
    const step = this.#step(name);
    const text = toJsonText(input, `the input of ${name}`);
    this.#draft.items.push(itemText(step, effect.name, text));
    this.calls[step] = name;
    return step;
  }

  #setTimer(name: string, after: Duration): void {
    if (this.#options.timers?.[name] === undefined) {
      throw unknownName('timer', name, this.#options.timers);
    }
    const dueAt = this.now + parseDuration(after) * MICROS_PER_MILLI;
    this.#unset(name);
    this.#draft.schedules.push({ name: this.#noted(name), dueAt });
    this.timers[name] = dueAt;
  }

  #cancelTimer(name: string): void {
    if (this.timers[name] === undefined) return;
    delete this.timers[name];
    this.#unset(name);
    this.#draft.cancelSchedules.push(name);
  }

  /** Forgets what this decision said of the timer so far; the last word counts. */
  #unset(name: string): void {
    const { schedules, cancelSchedules } = this.#draft;
    this.#draft.schedules = schedules.filter((schedule) => schedule.name !== name);
    this.#draft.cancelSchedules = cancelSchedules.filter((cancelled) => cancelled !== name);
  }

  #openWait(name: string, timeout: Duration | undefined): void {
    const definition = this.#options.waits?.[name];
    if (definition === undefined) throw unknownName('wait', name, this.#options.waits);
    if (Object.values(this.waits).includes(name)) {
      throw new ProgramError('program.failed', `wait ${name} is open already`);
    }
    const step = this.#step(name);
    const expiresAt =
      timeout === undefined ? null : this.now + parseDuration(timeout) * MICROS_PER_MILLI;
    this.#draft.waits.push({ step, name, definition: definition.name, expiresAt });
    this.waits[step] = name;
  }

  #closeWait(name: string): void {
    for (const [step, open] of Object.entries(this.waits)) {
      if (open !== name) continue;
      delete this.waits[step];
      const opened = this.#draft.waits.length;
      this.#draft.waits = this.#draft.waits.filter((wait) => wait.step !== step);
      if (this.#draft.waits.length === opened) this.#draft.closeWaits.push(step);
    }
  }

  #publish(type: string, data: unknown, subject: string | undefined): void {
    this.#draft.publishes.push({
      step: this.#step(type),
      type,
      ...(subject === undefined ? {} : { subject }),
      data: toJson(data, `the data of ${type}`),
    });
  }
}

function unknownName(what: string, name: string, known: object | undefined): ProgramError {
  const names = Object.keys(known ?? {});
  const list = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return new ProgramError('program.failed', `the reducer has no ${what} ${name}; ${list}`);
}

/** The state as text; the author's part is taken as it stands after the handler. */
export function stateText(run: ReducerRun, version: number, state: unknown): string {
  const { counts, calls, waits, timers } = run;
  const json: Json = toJson(state, 'the state');
  const kept: ReducerState = { v: 1, version, state: json, counts, calls, waits, timers };
  return JSON.stringify(kept);
}
