/**
 * What verbs return: a request that is made when `yield*` reaches it, and not before.
 *
 * @module
 */
import type { Millis } from '@holdfast/core';
import { active, type Made } from './active.ts';

/** What a saga's generator yields. Only `yield*` on an operation makes one. */
export class Step {
  readonly #operation: Operation<unknown>;

  constructor(operation: Operation<unknown>) {
    this.#operation = operation;
  }

  get operation(): Operation<unknown> {
    return this.#operation;
  }
}

/** Anything that `yield*` can run to a `T` inside a saga: an operation, or a generator of your own. */
export interface Steps<T> {
  [Symbol.iterator](): Iterator<Step, T, unknown>;
}

/** Type of a generator that runs inside a saga: `function* pay(o: Order): Saga<Receipt> { … }`. */
export type Saga<T> = Generator<Step, T, unknown>;

/** A branch of `all` or `race`: steps, or a function that makes them. */
export type Branch<T> = Steps<T> | (() => Steps<T>);

/** Undoes an effect. `output` is undefined when the effect's outcome was unknown. */
export type UndoOf<Output> = (output: Output | undefined) => Steps<unknown> | undefined;

type AnyUndo = (output: never) => Steps<unknown> | undefined;

/** What an operation asks for. `name` is what its step is called. */
export type Request =
  | {
      readonly kind: 'effect';
      readonly name: string;
      readonly input: unknown;
      readonly undo: AnyUndo | undefined;
    }
  | {
      readonly kind: 'wait';
      readonly name: string;
      readonly definition: string | null;
      readonly timeout: Millis | null;
    }
  | { readonly kind: 'sleep'; readonly name: string; readonly duration: Millis }
  | {
      readonly kind: 'child';
      readonly name: string;
      readonly key: string | undefined;
      readonly input: unknown;
      readonly undo: AnyUndo | undefined;
    }
  | {
      readonly kind: 'publish';
      readonly name: string;
      readonly data: unknown;
      readonly subject: string | undefined;
    }
  | {
      readonly kind: 'all' | 'race';
      readonly name: string;
      readonly keys: readonly string[];
      readonly branches: readonly Branch<unknown>[];
      /** Whether they were given as an array, not by name. */
      readonly listed: boolean;
    }
  | { readonly kind: 'continue'; readonly name: string; readonly input: unknown };

/** One request of a saga. Run it with `yield*`. */
export class Operation<T> implements Steps<T>, Made {
  readonly request: Request;
  used = false;
  readonly owner: object | null = null;
  readonly madeAt: string | undefined;

  constructor(request: Request) {
    this.request = request;
    const { run } = active;
    if (run === null) return;
    this.owner = run.owner;
    if (run.tracing) this.madeAt = new Error(request.name).stack;
    run.operations.push(this);
  }

  *[Symbol.iterator](): Generator<Step, T, unknown> {
    this.used = true;
    return (yield new Step(this)) as T;
  }
}
