/**
 * Sagas as given, when, then: what has happened, what happens now, and all that the saga asks for because of it.
 *
 * ```ts
 * given(order, started({ orderId: 'o1', amount: 10 }), succeeded(reserve, { ticket: 't1' }))
 *   .when(failed(charge, 'card.declined'))
 *   .then(asks(release, { ticket: 't1' }));
 * ```
 *
 * @module
 */
import { AssertionError, deepStrictEqual } from 'node:assert';
import type { Decision, Duration, Ending } from '@holdfast/core';
import type {
  EffectDefinition,
  EventDefinition,
  SagaDefinition,
  WaitDefinition,
} from '../runtime/definitions.ts';
import type { AnyReducer } from '../runtime/reducer-definition.ts';
import type { Definition } from './instance.ts';
import { type CallRef, type OutputArgument, Play } from './play.ts';

/** Something that happens to an instance. */
export type Happening = (instance: Play<never, unknown>) => unknown;

/** Something that an instance asks for, or does. Undefined members may be anything. */
export interface Expected {
  readonly what: 'call' | 'wait' | 'timer' | 'child' | 'event' | 'end';
  readonly name: string;
  readonly data?: unknown;
}

/** The event that opens the run; of its first type when it has several. */
export const started =
  <Input>(input: Input): Happening =>
  (instance) =>
    instance.start(input as never);
/** An event, as for a reducer. */
export const happened =
  <Data>(event: EventDefinition<Data>, data: Data): Happening =>
  (instance) =>
    instance.event(event, data);
export const succeeded =
  <Out>(call: CallRef<Out>, ...output: OutputArgument<Out>): Happening =>
  (instance) =>
    instance.succeed(call, ...output);
export const failed =
  (call: CallRef<unknown>, code?: string, message?: string): Happening =>
  (instance) =>
    instance.fail(call, code, message);
/** Nobody can tell whether the call took effect. */
export const unknown =
  (call: CallRef<unknown>, code?: string, message?: string): Happening =>
  (instance) =>
    instance.unknown(call, code, message);
export const completed =
  <Payload>(wait: WaitDefinition<Payload> | string, payload: Payload): Happening =>
  (instance) =>
    instance.complete(wait, payload);
export const waitFailed =
  (wait: WaitDefinition<unknown> | string, message?: string): Happening =>
  (instance) =>
    instance.failWait(wait, message);
/** Time passes: timers fire and waits expire. */
export const passed =
  (duration: Duration): Happening =>
  (instance) =>
    instance.skip(duration);
export const cancelled =
  (reason?: string): Happening =>
  (instance) =>
    instance.cancel(reason);

/** A call of an effect, with just this input when one is given. */
export function asks<In>(effect: EffectDefinition<In, unknown>, input?: In): Expected {
  return { what: 'call', name: effect.name, ...(input !== undefined && { data: input }) };
}

/** A wait of that name. */
export function waits(name: string): Expected {
  return { what: 'wait', name };
}

/** A timer: a `sleep`, by its name if it was given one, or a reducer's timer by its name. */
export function sleeps(name = 'sleep'): Expected {
  return { what: 'timer', name };
}

export function startsChild<In>(
  saga: SagaDefinition<In, unknown> | AnyReducer,
  input?: In,
): Expected {
  return { what: 'child', name: saga.name, ...(input !== undefined && { data: input }) };
}

export function publishes<Data>(event: EventDefinition<Data>, data?: Data): Expected {
  return { what: 'event', name: event.type, ...(data !== undefined && { data }) };
}

/** The end of the run, with this result when one is given. */
export function ends(as: Ending['as'], result?: unknown): Expected {
  return { what: 'end', name: as, ...(result !== undefined && { data: result }) };
}

/** What has happened before. */
export function given(definition: Definition, ...facts: readonly Happening[]): Given {
  const instance = new Play<never, unknown>(definition);
  for (const fact of facts) fact(instance);
  return new Given(instance);
}

class Given {
  readonly #instance: Play<never, unknown>;

  constructor(instance: Play<never, unknown>) {
    this.#instance = instance;
  }

  /** What happens now. */
  when(...happenings: readonly Happening[]): When {
    const before = this.#instance.instance.decisions.length;
    for (const happening of happenings) happening(this.#instance);
    return new When(this.#instance, before);
  }
}

class When {
  readonly #instance: Play<never, unknown>;
  readonly #before: number;

  constructor(instance: Play<never, unknown>, before: number) {
    this.#instance = instance;
    this.#before = before;
  }

  /** Asserts that it asked for nothing. */
  thenNothing(): Play<never, unknown> {
    return this.#then([]);
  }

  /** Asserts all that it asked for because of that, in any order. Gives the instance, for what this does not say. */
  // oxlint-disable-next-line unicorn/no-thenable -- given, when, then is the form; awaiting it is refused below
  then(...expected: readonly Expected[]): Play<never, unknown> {
    if (expected.some((each) => typeof each === 'function')) {
      throw new TypeError('a test stops at `when`: say with `then` what is expected');
    }
    return this.#then(expected);
  }

  #then(expected: readonly Expected[]): Play<never, unknown> {
    const asked = this.#instance.instance.decisions.slice(this.#before).flatMap(listOf);
    const left = [...asked];
    const missing = expected.filter((each) => {
      const at = left.findIndex((one) => fits(one, each));
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
    if (missing.length === 0 && left.length === 0) return this.#instance;
    const lines = [
      ...missing.map((each) => `  missing:  ${lineOf(each)}`),
      ...left.map((each) => `  besides:  ${lineOf(each)}`),
    ];
    throw new AssertionError({
      message: `it did not do what was expected\n${lines.join('\n')}`,
      actual: asked,
      expected,
      operator: 'then',
    });
  }
}

function listOf(decision: Decision): Expected[] {
  const { items, waits: opened, schedules, children, publishes: events, ending } = decision;
  return [
    ...items.map(({ effect, input }) => ({ what: 'call' as const, name: effect, data: input })),
    ...opened.map(({ name }) => ({ what: 'wait' as const, name })),
    ...schedules.map(({ name }) => ({ what: 'timer' as const, name: timerName(name) })),
    ...children.map(({ saga, input }) => ({ what: 'child' as const, name: saga, data: input })),
    ...events.map(({ type, data }) => ({ what: 'event' as const, name: type, data })),
    ...(ending === null ? [] : [endOf(ending)]),
  ];
}

function endOf(ending: Ending): Expected {
  const data = ending.as === 'completed' ? ending.result : undefined;
  return { what: 'end', name: ending.as, ...(data !== undefined && { data }) };
}

/** A sleep's timer is named after its step: `all#1/0/sleep#2`. A reducer's is called as it is. */
function timerName(name: string): string {
  return /(?:^|\/)([^/#]+)#\d+$/.exec(name)?.[1] ?? name;
}

function fits(asked: Expected, expected: Expected): boolean {
  if (asked.what !== expected.what || asked.name !== expected.name) return false;
  if (!('data' in expected)) return true;
  try {
    deepStrictEqual(asked.data, JSON.parse(JSON.stringify(expected.data)));
    return true;
  } catch {
    return false;
  }
}

function lineOf({ what, name, data }: Expected): string {
  return `${what} ${name}${data === undefined ? '' : ` ${JSON.stringify(data)}`}`;
}
