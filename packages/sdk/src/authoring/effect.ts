/**
 * Effects: typed calls of the world outside.
 *
 * @module
 */
import {
  effectOptionsSchema,
  type EffectOptions as CoreOptions,
  type ProviderOptions,
  resolveEffect,
} from '@holdfast/core';
import type { z } from 'zod';
import type { EffectDefinition } from '../runtime/definitions.ts';
import { effect as slimEffect } from '../runtime/slim.ts';
import type { CheckAnswer } from './effect-outcome.ts';
import type { EffectContext } from './sources.ts';
import { checkName, checkOptions, misuse } from './misuse.ts';
import { register } from './registry.ts';

type EffectFunction<Input, Output> = (
  input: Input,
  context: EffectContext,
) => Output | Promise<Output>;

/** Settings of an effect; the manifest may override all but the schemas, `check` and `secrets`. */
export interface EffectSettingsInCode<In extends z.ZodType, Out extends z.ZodType> extends Omit<
  CoreOptions,
  'provider'
> {
  /** Schema of what the effect is given. The host checks it before the effect is called. */
  readonly input?: In;
  /** Schema of what it answers. The host checks it before the saga sees it. */
  readonly output?: Out;
  /** A built-in provider, in place of a function. */
  readonly provider?: ProviderOptions;
  /** Names of the secrets that the function reads from `secrets`. */
  readonly secrets?: readonly string[];
  /** Finds out whether an earlier try took effect; needed for `inDoubt: 'check'`. */
  readonly check?: (
    input: z.input<In>,
    context: EffectContext,
  ) => CheckAnswer<z.input<Out>> | Promise<CheckAnswer<z.input<Out>>>;
}

/**
 * Defines an effect. Call it inside a saga: `const paid = yield* charge({ … }, { undo: (r) => refund({ … }) })`.
 *
 * The function returns the output; it throws `Refused` for a definite no, `NotDone` for "certainly not done, try again";
 * anything else it throws, and a timeout, leaves the try in doubt, and `inDoubt` decides. It is called again only in doubt
 * or after `NotDone`, with the same `idempotencyKey`.
 *
 * @throws TypeError for settings that cannot work, naming the fix.
 */
export function effect<
  In extends z.ZodType = z.ZodType<unknown, unknown>,
  Out extends z.ZodType = z.ZodType<unknown, unknown>,
>(
  name: string,
  settings: EffectSettingsInCode<In, Out>,
  run?: EffectFunction<z.input<In>, z.input<Out>>,
): EffectDefinition<z.input<In>, z.input<Out>> {
  const what = `effect ${JSON.stringify(name)}`;
  checkName(what, name);
  const { input, output, secrets = [], check, ...rest } = settings;
  const options = checkOptions(what, effectOptionsSchema, rest);
  // Whether a provider stands in is not known before the manifest is read.
  const facts = { name, hasFunction: true, hasCheck: check !== undefined };
  const resolved = resolveEffect(facts, options);
  if (!resolved.ok)
    throw misuse(
      what,
      resolved.faults.map(({ at, message }) => `${at}: ${message}`),
    );
  if (run !== undefined && typeof run !== 'function')
    throw misuse(what, ['its third argument must be a function']);
  register({ kind: 'effect', name, options, input, output, secrets, run, check });
  return slimEffect(name);
}
