/**
 * Sagas written as generators.
 *
 * @module
 */
import type { SagaContext } from '../runtime/context.ts';
import type {
  AnySaga,
  DataOf,
  EventDefinition,
  SagaDefinition,
  SagaOptions,
} from '../runtime/definitions.ts';
import type { Saga } from '../runtime/operation.ts';
import { saga as slimSaga } from '../runtime/slim.ts';
import { checkName, checkOptions, misuse } from './misuse.ts';
import { register } from './registry.ts';
import { sagaOptionsSchema } from './saga-options.ts';

type Events = EventDefinition<unknown> | readonly EventDefinition<unknown>[];

/** Data of any of some events. */
export type InputOf<On> = On extends readonly (infer E)[] ? DataOf<E> : DataOf<On>;

/**
 * Defines a saga: a generator that `yield*`s its steps. An uncaught failure, or `throw new Undo(…)`, undoes what was done.
 *
 * ```ts
 * export const order = saga('order', { on: OrderPlaced, key: (o) => o.orderId }, function* (o) {
 *   const paid = yield* charge({ amount: o.amount }, { undo: (r) => refund({ chargeId: r?.chargeId }) });
 *   return { charge: paid.chargeId };
 * });
 * ```
 *
 * Without `on` only a parent saga starts it, by `child`.
 *
 * @throws TypeError for options that cannot work, naming the fix.
 */
export function saga<const On extends Events, Output, Field extends string = never>(
  name: string,
  options: Omit<SagaOptions<InputOf<On>, Field>, 'on'> & { readonly on: On },
  body: (input: InputOf<On>, ctx: SagaContext<Field>) => Saga<Output>,
): SagaDefinition<InputOf<On>, Output>;
export function saga<Input, Output, Field extends string = never>(
  name: string,
  options: Omit<SagaOptions<Input, Field>, 'on'> & { readonly on?: undefined },
  body: (input: Input, ctx: SagaContext<Field>) => Saga<Output>,
): SagaDefinition<Input, Output>;
export function saga(name: string, options: AnySaga['options'], body: AnySaga['body']): AnySaga {
  const what = `saga ${JSON.stringify(name)}`;
  checkName(what, name);
  checkOptions(what, sagaOptionsSchema, options);
  if (typeof body !== 'function') {
    throw misuse(what, ['its third argument must be a generator function']);
  }
  const definition = slimSaga(name, options, body);
  const on = [definition.options.on ?? []].flat().map(({ type }) => type);
  register({
    kind: 'saga',
    name,
    style: 'generator',
    definition,
    on,
    starts: on,
    state: undefined,
  });
  return definition;
}
