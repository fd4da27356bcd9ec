/**
 * The verbs of a saga besides effects. Each returns an operation that does nothing until `yield*` runs it; only `log`
 * and `Undo` act at once.
 *
 * @module
 */
import { type Duration, type LogLine, parseDuration, WAIT_TIMER_PREFIX } from '@holdfast/core';
import { activeRun } from './active.ts';
import type { EventDefinition, SagaDefinition, WaitDefinition } from './definitions.ts';
import { type Branch, Operation, type Steps, type UndoOf } from './operation.ts';

/** What a branch runs to. */
export type BranchResult<B> =
  B extends Steps<infer T> ? T : B extends () => Steps<infer T> ? T : never;

type Branches = readonly Branch<unknown>[] | Readonly<Record<string, Branch<unknown>>>;

type Results<B extends Branches> = { -readonly [K in keyof B]: BranchResult<B[K]> };

/** Which branch came first, and what it ran to. An array's branches are named by their index. */
type Winner<B extends Branches> = B extends readonly Branch<unknown>[]
  ? { readonly winner: number; readonly value: BranchResult<B[number]> }
  : {
      [K in keyof B & string]: { readonly winner: K; readonly value: BranchResult<B[K]> };
    }[keyof B & string];

/**
 * Waits until somebody outside completes it, by the instance's key and this name or by token.
 * Runs to the payload; to undefined when `timeout` passes first.
 *
 * @throws WaitFailed (inside the saga) when somebody fails it.
 */
export function waitFor<Payload>(
  name: string,
  definition: WaitDefinition<Payload>,
  options: { readonly timeout: Duration },
): Operation<Payload | undefined>;
export function waitFor<Payload>(
  name: string,
  definition: WaitDefinition<Payload>,
  options?: { readonly timeout?: undefined },
): Operation<Payload>;
export function waitFor<Payload>(
  name: string,
  definition: WaitDefinition<Payload>,
  options: { readonly timeout?: Duration | undefined } = {},
): Operation<Payload | undefined> {
  const timeout = options.timeout === undefined ? null : parseDuration(options.timeout);
  return new Operation({ kind: 'wait', name, definition: definition.name, timeout });
}

/**
 * Stands for the token of this instance's wait of that name, in the input of an effect: `{ link: BASE + waitToken('ok') }`.
 * The host puts the token in its place when the call leaves; state, journal and timeline never hold it. Whoever has the
 * token may complete or fail the wait, without a key.
 */
export function waitToken(name: string): string {
  if (name === '' || /[{}]/.test(name)) {
    throw new TypeError(
      `a wait with a token may not be named ${JSON.stringify(name)}: no "{" or "}"`,
    );
  }
  return `{{holdfast.wait:${name}}}`;
}

/**
 * Pauses the saga, durably. A machine that is off when the time comes goes on when it is back.
 *
 * `name`: what its timer is called in lists, in the timeline and in tests; default `sleep`. A branch of `race` that is
 * left cancels its timer, and to sleep again under the same name sets another: that is how a deadline is put off.
 */
export function sleep(
  duration: Duration,
  { name = 'sleep' }: { readonly name?: string } = {},
): Operation<void> {
  if (name === '' || /[/#@]/.test(name) || name.startsWith(WAIT_TIMER_PREFIX)) {
    throw new TypeError(
      `a sleep may not be named ${JSON.stringify(name)}: no "/", "#" or "@", and not "${WAIT_TIMER_PREFIX}…"`,
    );
  }
  return new Operation({ kind: 'sleep', name, duration: parseDuration(duration) });
}

/**
 * Runs branches side by side until all are done; to their results, in the shape they were given. The first failure
 * ends it: the other branches stop where they stand, what they had done is undone, and the failure is thrown.
 */
export function all<const B extends Branches>(branches: B): Operation<Results<B>> {
  return new Operation(concurrent('all', branches));
}

/**
 * Runs branches side by side until the first is done, and tells which: `{ winner, value }`. The others stop where
 * they stand, and what they had done is undone. When the first to end failed, its failure is thrown.
 */
export function race<const B extends Branches>(branches: B): Operation<Winner<B>> {
  return new Operation(concurrent('race', branches));
}

function concurrent(kind: 'all' | 'race', branches: Branches): Operation<unknown>['request'] {
  const keys = Object.keys(branches);
  const wrong = keys.find((key) => key === '' || /[/#@]/.test(key));
  if (wrong !== undefined) {
    throw new TypeError(
      `a branch of ${kind} may not be named ${JSON.stringify(wrong)}: no "/", "#" or "@"`,
    );
  }
  if (kind === 'race' && keys.length === 0) throw new TypeError('race needs a branch');
  return {
    kind,
    name: kind,
    keys,
    branches: Object.values(branches),
    listed: Array.isArray(branches),
  };
}

/**
 * Runs another saga as a child and waits for its end; to its result.
 *
 * `key`: the child's key; by default what the child saga's own `key` says, else this instance's key and the step.
 * `undo`: undoes a child that completed, when this saga compensates. A child still running then is cancelled.
 *
 * @throws ChildFailed (inside the saga) when it ends otherwise than `completed`.
 */
export function child<Input, Output>(
  saga: SagaDefinition<Input, Output>,
  input: Input,
  options: { readonly key?: string; readonly undo?: UndoOf<Output> } = {},
): Operation<Output> {
  const key = options.key ?? saga.options.key?.(input, saga.name);
  return new Operation({
    kind: 'child',
    name: saga.name,
    key: key === undefined || key === null ? undefined : String(key),
    input,
    undo: options.undo,
  });
}

/** Publishes an event; it enters as any other, with this run as its cause. */
export function publish<Data>(
  event: EventDefinition<Data>,
  data: Data,
  options: { readonly subject?: string } = {},
): Operation<void> {
  return new Operation({ kind: 'publish', name: event.type, data, subject: options.subject });
}

/**
 * Ends this run and starts the instance's next with `input`, for loops that would grow without end. What was done so
 * far stands: the next run does not undo it.
 */
export function continueAs(input: unknown): Operation<never> {
  return new Operation({ kind: 'continue', name: 'continueAs', input });
}

/** `data` must be JSON. */
type Write = (message: string, data?: unknown) => void;

/** A line in the instance's timeline, written once however often the run is repeated. `log(…)` is `log.info(…)`. */
export const log: Write & Readonly<Record<LogLine['level'], Write>> = /* @__PURE__ */ makeLog();

function makeLog(): typeof log {
  const at =
    (level: LogLine['level']): Write =>
    (message, data) =>
      activeRun(`log.${level}`).log(level, message, data);
  return Object.assign(at('info'), {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  });
}
