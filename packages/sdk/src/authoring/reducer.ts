/**
 * Reducers: a typed `on_event` for long-lived things of any order, a device or a shelf.
 *
 * @module
 */
import { WAIT_TIMER_PREFIX } from '@holdfast/core';
import { z } from 'zod';
import type {
  AnyReducer,
  Effects,
  Events,
  ReducerDefinition,
  ReducerOptions,
  Waits,
} from '../runtime/reducer-definition.ts';
import { reducer as slimReducer } from '../runtime/slim.ts';
import { checkName, checkOptions, misuse } from './misuse.ts';
import { register } from './registry.ts';
import { eventSchema, functionSchema, runOptionsShape, searchSchema } from './saga-options.ts';

const functions = z.record(z.string(), functionSchema);

const optionsSchema = z.strictObject({
  on: z.record(z.string(), eventSchema),
  starts: z.array(z.string()).optional(),
  state: z.custom<z.ZodType>(
    // By shape: the project may have its own copy of zod.
    (value) => typeof value === 'object' && value !== null && '_zod' in value,
    'must be a zod schema',
  ),
  initial: z.unknown(),
  effects: z.record(z.string(), functionSchema).optional(),
  waits: z.record(z.string(), z.object({ kind: z.literal('wait') })).optional(),
  handlers: functions,
  outcomes: functions.optional(),
  timers: functions.optional(),
  answers: functions.optional(),
  cancelled: functionSchema.optional(),
  search: searchSchema(functionSchema),
  version: z.number().int().min(1).optional(),
  migrate: functionSchema.optional(),
  ...runOptionsShape,
});

/**
 * Defines a reducer. Its handlers return the next state and ask for the rest of `ctx`:
 *
 * ```ts
 * export const valve = reducer('valve', {
 *   on: { opened: ValveOpened, pressure: PressureRead },
 *   key: (data) => data.valveId,
 *   state: z.object({ open: z.boolean() }),
 *   initial: { open: false },
 *   effects: { close: closeValve },
 *   handlers: {
 *     opened: (_state, _data, ctx) => {
 *       ctx.setTimer('auto-close', '10m');
 *       return { open: true };
 *     },
 *     pressure: (_state, { bar }, ctx) => {
 *       if (bar > 8) ctx.call('close', { valveId: ctx.key });
 *     },
 *   },
 *   outcomes: { close: (state, outcome) => ({ open: outcome.kind !== 'succeeded' && state.open }) },
 *   timers: { 'auto-close': (_state, ctx) => void ctx.call('close', { valveId: ctx.key }) },
 * });
 * ```
 *
 * @throws TypeError for options that cannot work, naming the fix.
 */
export function reducer<
  S extends z.ZodType,
  const On extends Events,
  E extends Effects = Record<never, never>,
  W extends Waits = Record<never, never>,
>(
  name: string,
  options: ReducerOptions<z.input<S>, On, E, W> & {
    /** Schema of the state: its type, and what the test kit checks it against. */
    readonly state: S;
  },
): ReducerDefinition<z.input<S>, On, E, W>;
export function reducer(
  name: string,
  options: AnyReducer['options'] & { readonly state: z.ZodType },
): AnyReducer {
  const what = `reducer ${JSON.stringify(name)}`;
  checkName(what, name);
  const { on, handlers, starts, version, migrate } = options;
  checkOptions(what, optionsSchema, options);
  const faults = Object.keys(on)
    .filter((each) => handlers[each] === undefined)
    .map((each) => `handlers.${each} is missing`);
  for (const each of starts ?? []) {
    if (on[each] === undefined) faults.push(`starts: ${each} is not in \`on\``);
  }
  for (const each of Object.keys(options.timers ?? {})) {
    if (each.startsWith(WAIT_TIMER_PREFIX))
      faults.push(`timers: ${each} is named as the timeout of a wait is; give it another name`);
  }
  if ((version ?? 1) > 1 && migrate === undefined) {
    faults.push('migrate is missing: states of earlier versions may be there');
  }
  if (faults.length > 0) throw misuse(what, faults);
  const { state: schema, ...rest } = options;
  const definition = slimReducer(name, rest);
  const typesOf = (names: readonly string[]): string[] =>
    names.flatMap((each) => on[each]?.type ?? []);
  register({
    kind: 'saga',
    name,
    style: 'reducer',
    definition,
    on: typesOf(Object.keys(on)),
    starts: typesOf(starts ?? Object.keys(on)),
    state: schema,
  });
  return definition;
}
