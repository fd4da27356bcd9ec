/**
 * Definitions: what `event`, `effect`, `wait`, `saga` and `reducer` make. In the sandbox they hold no more than this;
 * in Node the authoring functions add settings, schemas and effect functions to them.
 *
 * @module
 */
import type { SagaContext } from './context.ts';
import type { Operation, Saga, UndoOf } from './operation.ts';
import type { SearchValue } from './search-book.ts';

/** Carries a type that no value has at run time. */
declare const DATA: unique symbol;

export interface EventDefinition<Data> {
  readonly kind: 'event';
  readonly type: string;
  readonly [DATA]?: Data;
}

export interface WaitDefinition<Payload> {
  readonly kind: 'wait';
  readonly name: string;
  readonly [DATA]?: Payload;
}

/** Options of one call of an effect. */
export interface CallOptions<Output> {
  /** Undoes this call when the saga compensates. `output` is undefined when the call's outcome was unknown. */
  readonly undo?: UndoOf<Output>;
}

/** An effect is called inside `yield*`: `const paid = yield* charge({ … })`. */
export interface EffectDefinition<Input, Output> {
  (input: Input, options?: CallOptions<Output>): Operation<Output>;
  readonly kind: 'effect';
  readonly name: string;
}

/** Options that every style of saga has. */
export interface RunOptions {
  /** `compatible` (default): moves to a new release that decides the same. `always`: stays on the release that started it. */
  readonly pin?: 'compatible' | 'always';
  /** Whether a start event for a finished instance opens another run. Default `refuse`. */
  readonly restart?: 'refuse' | 'allow';
  /** Tries of a failing program before its instance blocks. Default 1, maximum 10. */
  readonly tries?: number;
  /** Most gas one decision may use, in ticks of some 5,000 loop iterations. Default 500. */
  readonly gas?: number;
}

/** An instance's key; null, undefined and '' for none. */
export type InstanceKey = string | number | null | undefined;

/** Options of a saga. */
export interface SagaOptions<Input, Field extends string = string> extends RunOptions {
  /** The events that start it. Without any, only a parent saga does. */
  readonly on?: EventDefinition<Input> | readonly EventDefinition<Input>[];
  /**
   * Which instance an event is for. Without it, and when it returns nothing, the event's correlation id names the
   * instance; an event with neither is journaled as unrouted.
   */
  readonly key?: (input: Input, type: string) => InstanceKey;
  /**
   * What operators find its instances by, by field: the value that the start's data gives, or null for one that only the
   * body sets, by `ctx.search`. At most 16.
   */
  readonly search?: Readonly<Record<Field, ((input: Input) => SearchValue) | null>>;
}

export interface SagaDefinition<Input, Output> {
  readonly kind: 'saga';
  readonly name: string;
  readonly options: SagaOptions<Input>;
  readonly body: (input: Input, ctx: SagaContext) => Saga<Output>;
}

/** A saga of whatever types, where only its behaviour matters. */
export interface AnySaga {
  readonly kind: 'saga';
  readonly name: string;
  readonly options: RunOptions & {
    readonly on?: EventDefinition<unknown> | readonly EventDefinition<unknown>[] | undefined;
    readonly key?: (input: never, type: string) => InstanceKey;
    readonly search?: Readonly<Record<string, ((input: never) => SearchValue) | null>>;
  };
  readonly body: (input: never, ctx: SagaContext) => Saga<unknown>;
}

/** Names a definition's data: `DataOf<typeof OrderPlaced>`. */
export type DataOf<Definition> =
  Definition extends EventDefinition<infer Data>
    ? Data
    : Definition extends WaitDefinition<infer Payload>
      ? Payload
      : never;
