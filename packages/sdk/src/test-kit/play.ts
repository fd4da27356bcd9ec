/**
 * Plays a saga through by hand: one event after the other, with assertions in between.
 *
 * ```ts
 * play(order)
 *   .start({ orderId: 'o1', amount: 20_000 })
 *   .asks(reserve).succeed(reserve, { ticket: 't1' })
 *   .asks(charge, { orderId: 'o1', amount: 20_000 }).fail(charge, 'card.declined')
 *   .asks(release, { ticket: 't1' }).succeed(release)
 *   .ends('compensated');
 * ```
 *
 * @module
 */
import {
  type Duration,
  type Json,
  type LogLine,
  MICROS_PER_MILLI,
  parseDuration,
  type ProgramEventKind,
  type ProgramFailure,
  type PublishSpec,
  type SearchValues,
  type UndoLine,
  WORKFLOW_TYPES,
  type WorkItemSpec,
} from '@holdfast/core';
import type { SagaContext } from '../runtime/context.ts';
import type {
  AnySaga,
  EffectDefinition,
  EventDefinition,
  SagaDefinition,
  WaitDefinition,
} from '../runtime/definitions.ts';
import type { Saga } from '../runtime/operation.ts';
import type { Effects, Events, ReducerDefinition, Waits } from '../runtime/reducer-definition.ts';
import { only, same, throughJson } from './assertions.ts';
import { type Definition, Instance, type InstanceOptions, type Status } from './instance.ts';

/** An effect, or the step id of one call where several are open. */
export type CallRef<Output> = EffectDefinition<never, Output> | string;
/** What a call succeeds with; nothing need be given where null will do. */
export type OutputArgument<Output> = null extends Output ? [output?: Output] : [output: Output];
/** A child saga, or the step id of one where several are open. */
type ChildRef<Output> =
  | (Pick<AnySaga, 'kind' | 'name'> & {
      readonly body: (input: never, ctx: SagaContext) => Saga<Output>;
    })
  | string;

/** Starts a test of a saga. */
export function play<Input, Output>(
  saga: SagaDefinition<Input, Output>,
  options?: InstanceOptions,
): Play<Input, Output>;
/** Starts a test of a reducer. */
export function play<State, On extends Events, E extends Effects, W extends Waits>(
  reducer: ReducerDefinition<State, On, E, W>,
  options?: InstanceOptions,
): Play<never, unknown>;
export function play(definition: Definition, options?: InstanceOptions): Play<never, unknown> {
  return new Play(definition, options);
}

export class Play<Input, Output> {
  /** All that is known of the instance. */
  readonly instance: Instance;

  constructor(definition: Definition, options?: InstanceOptions) {
    this.instance = new Instance(definition, options);
  }

  get status(): Status {
    return this.instance.status;
  }

  /** What it completed with; undefined before that. */
  get result(): Output | undefined {
    const { ending } = this.instance;
    return ending?.as === 'completed' ? (ending.result as Output) : undefined;
  }

  /** Why it compensates or was cancelled. */
  get failure(): ProgramFailure | null {
    return this.instance.failure;
  }

  /** Calls that have no outcome yet, in the order they were asked for. */
  get calls(): readonly WorkItemSpec[] {
    return [...this.instance.calls.values()];
  }

  get logs(): readonly LogLine[] {
    return this.instance.logs;
  }

  get published(): readonly PublishSpec[] {
    return this.instance.published;
  }

  get undo(): readonly UndoLine[] {
    return this.instance.undo;
  }

  /** What operators find it by: its search fields that hold something. */
  get search(): SearchValues {
    return this.instance.search;
  }

  /** Author's part of a reducer's state. */
  get state(): Json {
    const { state, definition } = this.instance;
    return definition.kind === 'reducer'
      ? ((state as { state?: Json } | null)?.state ?? null)
      : state;
  }

  /** Opens the run with an event's data. `type`: which event, where several start it; default the first. */
  start(input: Input, { type }: { readonly type?: string } = {}): this {
    const [first = ''] = this.instance.startTypes;
    return this.#send('start', type ?? first, null, input);
  }

  /** Sends an event, as to a reducer. The first opens the instance. */
  event<Data>({ type }: EventDefinition<Data>, data: Data): this {
    return this.#send(this.status === 'new' ? 'start' : 'event', type, null, data);
  }

  /** The call succeeds. */
  succeed<Out>(call: CallRef<Out>, ...output: OutputArgument<Out>): this {
    return this.#send(
      'effect',
      WORKFLOW_TYPES.effectSucceeded,
      this.#call(call),
      output[0] ?? null,
    );
  }

  /** The call is refused for good. */
  fail(call: CallRef<unknown>, code = 'refused', message = code): this {
    return this.#send('effect', WORKFLOW_TYPES.effectFailed, this.#call(call), { code, message });
  }

  /** Nobody can tell whether the call took effect. */
  unknown(call: CallRef<unknown>, code = 'timeout', message = code): this {
    return this.#send('effect', WORKFLOW_TYPES.effectUnknown, this.#call(call), { code, message });
  }

  /** Somebody completes the wait, by definition or by name. */
  complete<Payload>(wait: WaitDefinition<Payload> | string, payload: Payload): this {
    return this.#send('wait', WORKFLOW_TYPES.waitCompleted, this.#wait(wait), payload);
  }

  failWait(wait: WaitDefinition<unknown> | string, message = 'failed'): this {
    return this.#send('wait', WORKFLOW_TYPES.waitFailed, this.#wait(wait), { message });
  }

  /** A child saga completes, by definition or step id. */
  completeChild<Out>(saga: ChildRef<Out>, ...result: OutputArgument<Out>): this {
    const data = { status: 'completed', result: result[0] ?? null, error: null };
    return this.#send('child', WORKFLOW_TYPES.childEnded, this.#child(saga), data);
  }

  failChild(
    saga: ChildRef<unknown>,
    status: 'compensated' | 'failed' | 'cancelled' = 'compensated',
    message = status as string,
  ): this {
    const data = { status, result: null, error: { code: 'undo', message } };
    return this.#send('child', WORKFLOW_TYPES.childEnded, this.#child(saga), data);
  }

  /** Lets time pass: timers fire and waits expire when they are due, in that order. */
  skip(duration: Duration): this {
    const { instance } = this;
    const until = instance.now + parseDuration(duration) * MICROS_PER_MILLI;
    for (;;) {
      const due = this.#nextDue();
      if (due === undefined || due.at > until) break;
      instance.now = Math.max(instance.now, due.at);
      this.#send(due.kind, due.type, due.step, null);
    }
    instance.now = until;
    return this;
  }

  /** An operator cancels it. */
  cancel(reason = 'cancelled'): this {
    return this.#send('cancel', WORKFLOW_TYPES.cancelAsked, null, { reason });
  }

  /** An operator lets it go on after an undo failed. */
  redrive(): this {
    return this.#send('redrive', WORKFLOW_TYPES.redriveAsked, null, { reason: null });
  }

  /** Asserts that a call is open, with just this input when one is given. */
  asks<In>(call: EffectDefinition<In, unknown> | string, input?: In): this {
    const item = this.instance.calls.get(this.#call(call));
    if (input !== undefined) {
      same(item?.input, throughJson(input), `${item?.step ?? ''} is asked with another input`);
    }
    return this;
  }

  /** Asserts that these calls are open, in this order, and no others. Without any: that none is. */
  asksOnly(...calls: readonly (EffectDefinition<never, unknown> | string)[]): this {
    const open = this.calls.map(({ effect, step }, i) =>
      typeof calls[i] === 'string' ? step : effect,
    );
    const named = calls.map((call) => (typeof call === 'string' ? call : call.name));
    same(open, named, 'other calls are open');
    return this;
  }

  /** Asserts that a wait is open. */
  waitsFor(wait: WaitDefinition<unknown> | string): this {
    this.#wait(wait);
    return this;
  }

  /** Asserts that the latest event was for nothing that is asked, and changed nothing. */
  ignores(): this {
    same(this.instance.last?.ignored, true, 'the event was not ignored');
    return this;
  }

  /** Asserts what operators find it by: these search fields, and no others. */
  isFoundBy(fields: SearchValues): this {
    same(this.search, fields, 'it has other search fields');
    return this;
  }

  /** Asserts the status. */
  is(status: Status): this {
    same(this.status, status, `it is ${this.status}${this.#why()}`);
    return this;
  }

  /** Asserts how it ended, and with which result when one is given. */
  ends(as: 'completed' | 'compensated' | 'cancelled' | 'continued', result?: Output): this {
    this.is(as);
    if (result !== undefined)
      same(this.result, throughJson(result), 'it completed with another result');
    return this;
  }

  #send(kind: ProgramEventKind, type: string, step: string | null, data: unknown): this {
    this.instance.send({ kind, type, step, data: throughJson(data) });
    return this;
  }

  #call(call: CallRef<unknown>): string {
    const open = this.calls.map(({ step, effect }) => ({ step, name: effect }));
    return only('call', typeof call === 'string' ? call : call.name, open);
  }

  #wait(wait: WaitDefinition<unknown> | string): string {
    const open = [...this.instance.waits.values()];
    const name = typeof wait === 'string' ? wait : wait.name;
    const byDefinition = open.map(({ step, definition }) => ({ step, name: definition ?? '' }));
    const byName = open.some((each) => each.name === name);
    return only('wait', name, byName ? open : byDefinition);
  }

  #child(saga: ChildRef<unknown>): string {
    const open = [...this.instance.children.values()].map((each) => ({
      step: each.step,
      name: each.saga,
    }));
    return only('child', typeof saga === 'string' ? saga : saga.name, open);
  }

  #nextDue(): { at: number; kind: 'timer' | 'wait'; type: string; step: string } | undefined {
    const due: { at: number; kind: 'timer' | 'wait'; type: string; step: string }[] = [];
    for (const [step, at] of this.instance.timers) {
      due.push({ at, kind: 'timer', type: WORKFLOW_TYPES.timerFired, step });
    }
    for (const { step, expiresAt } of this.instance.waits.values()) {
      if (expiresAt === null) continue;
      due.push({ at: expiresAt, kind: 'wait', type: WORKFLOW_TYPES.waitExpired, step });
    }
    return due.toSorted((a, b) => a.at - b.at)[0];
  }

  #why(): string {
    const failure = this.instance.blocked ?? this.instance.failure;
    return failure === null ? '' : `: ${failure.message}`;
  }
}
