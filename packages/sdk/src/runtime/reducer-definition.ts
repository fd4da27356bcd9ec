/**
 * Reducers: long-lived things, a device or a shelf, that take events in any order.
 *
 * @module
 */
import type { Duration, Json } from '@holdfast/core';
import type { SagaContext } from './context.ts';
import type {
  DataOf,
  EffectDefinition,
  EventDefinition,
  InstanceKey,
  RunOptions,
  WaitDefinition,
} from './definitions.ts';
import type { SearchValue } from './search-book.ts';
import type { log } from './verbs.ts';

/** Events by the name that handlers have for them. */
export type Events = Readonly<Record<string, EventDefinition<unknown>>>;
export type Effects = Readonly<Record<string, EffectDefinition<never, unknown>>>;
export type Waits = Readonly<Record<string, WaitDefinition<unknown>>>;

type InputOfEffect<E> = E extends EffectDefinition<infer Input, unknown> ? Input : never;
type OutputOfEffect<E> = E extends EffectDefinition<never, infer Output> ? Output : never;

/** What came of an effect. `unknown`: it may or may not have taken effect. */
export type Outcome<Output> =
  | { readonly kind: 'succeeded'; readonly step: string; readonly output: Output }
  | {
      readonly kind: 'failed' | 'unknown';
      readonly step: string;
      readonly code: string;
      readonly message: string;
    };

/** What came of a wait. */
export type Answer<Payload> =
  | { readonly kind: 'completed'; readonly payload: Payload }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'expired' };

/** What a handler may ask for besides returning the next state. */
export interface ReducerContext<E extends Effects, W extends Waits> extends Omit<
  SagaContext,
  'search'
> {
  /** Calls an effect. The outcome comes to `outcomes`, with the step id that this returns. */
  call<K extends keyof E & string>(name: K, input: InputOfEffect<E[K]>): string;
  /** Sets a durable timer, replacing one of that name. It fires once, to `timers`. */
  setTimer(name: string, after: Duration): void;
  cancelTimer(name: string): void;
  /** Opens a wait that somebody outside completes by the instance's key and this name. It may be open once. */
  openWait<K extends keyof W & string>(
    name: K,
    options?: { readonly timeout?: Duration | undefined },
  ): void;
  closeWait(name: keyof W & string): void;
  publish<Data>(
    event: EventDefinition<Data>,
    data: Data,
    options?: { readonly subject?: string },
  ): void;
  /** Ends the instance's run. Timers and waits go with it. */
  complete(result?: unknown): void;
  readonly log: typeof log;
}

/** The next state; nothing to keep the one that is. */
export type Next<State> = State | undefined | void;

export interface ReducerOptions<
  State,
  On extends Events,
  E extends Effects,
  W extends Waits,
> extends RunOptions {
  /** The events it takes, by the names that `handlers` have for them. */
  readonly on: On;
  /** Which of them may open an instance. Default: all. */
  readonly starts?: readonly (keyof On & string)[];
  /** Which instance an event is for; see `SagaOptions.key`. */
  readonly key?: (data: DataOf<On[keyof On]>, type: string) => InstanceKey;
  /** What operators find its instances by: each field's value, of the state after each event. At most 16. */
  readonly search?: Readonly<Record<string, (state: State) => SearchValue>>;
  /** State before the first event. */
  readonly initial: State | ((ctx: SagaContext) => State);
  /** Effects that handlers run, by the names they have for them. */
  readonly effects?: E;
  readonly waits?: W;
  readonly handlers: {
    readonly [K in keyof On]: (
      state: State,
      data: DataOf<On[K]>,
      ctx: ReducerContext<E, W>,
    ) => Next<State>;
  };
  /** What became of effects. A refusal that nobody handles is logged as an error. */
  readonly outcomes?: {
    readonly [K in keyof E]?: (
      state: State,
      outcome: Outcome<OutputOfEffect<E[K]>>,
      ctx: ReducerContext<E, W>,
    ) => Next<State>;
  };
  /** Timers by name. Setting one that has no handler here is a fault. */
  readonly timers?: Readonly<
    Record<string, (state: State, ctx: ReducerContext<E, W>) => Next<State>>
  >;
  readonly answers?: {
    readonly [K in keyof W]?: (
      state: State,
      answer: Answer<DataOf<W[K]>>,
      ctx: ReducerContext<E, W>,
    ) => Next<State>;
  };
  /** Last words when an operator cancels it; the run then ends as `cancelled`. */
  readonly cancelled?: (state: State, reason: string, ctx: ReducerContext<E, W>) => Next<State>;
  /** Version of the state's shape. Default 1. */
  readonly version?: number;
  /** Makes this version's state of one that an earlier release left. Needed once `version` is above 1. */
  readonly migrate?: (state: unknown, version: number) => State;
}

export interface ReducerDefinition<State, On extends Events, E extends Effects, W extends Waits> {
  readonly kind: 'reducer';
  readonly name: string;
  readonly options: ReducerOptions<State, On, E, W>;
}

type Handler = (state: never, what: never, ctx: never) => unknown;

/** A reducer of whatever types, where only its behaviour matters. */
export interface AnyReducer {
  readonly kind: 'reducer';
  readonly name: string;
  readonly options: RunOptions & {
    readonly on: Events;
    readonly starts?: readonly string[];
    readonly key?: (data: never, type: string) => InstanceKey;
    readonly search?: Readonly<Record<string, (state: never) => SearchValue>>;
    readonly initial: unknown;
    readonly effects?: Effects;
    readonly waits?: Waits;
    readonly handlers: Readonly<Record<string, Handler>>;
    readonly outcomes?: Readonly<Record<string, Handler | undefined>>;
    readonly timers?: Readonly<Record<string, (state: never, ctx: never) => unknown>>;
    readonly answers?: Readonly<Record<string, Handler | undefined>>;
    readonly cancelled?: Handler;
    readonly version?: number;
    readonly migrate?: (state: unknown, version: number) => unknown;
  };
}

/** State of a reducer's instance, as JSON. */
export interface ReducerState {
  readonly v: number;
  /** `version` of the reducer that left it. */
  readonly version: number;
  readonly state: Json;
  /** How often each name was asked for, so that step ids never repeat. */
  readonly counts: Readonly<Record<string, number>>;
  /** Names of the effects that are out, by step. */
  readonly calls: Readonly<Record<string, string>>;
  /** Names of the open waits, by step. */
  readonly waits: Readonly<Record<string, string>>;
  /** When armed timers are due, by name. */
  readonly timers: Readonly<Record<string, number>>;
}
