/**
 * Commands: what a saga submits to an outside gateway.
 *
 * @module
 */
import {
  effectOptionsSchema,
  type EffectOptions,
  type GatewayOptions,
  resolveEffect,
} from '@holdfast/core';
import type { z } from 'zod';
import type { EffectDefinition } from '../runtime/definitions.ts';
import { effect as slimEffect } from '../runtime/slim.ts';
import { checkName, checkOptions, misuse } from './misuse.ts';
import { register } from './registry.ts';

/** Settings of a command; the manifest may override all but the schemas. */
export interface CommandSettingsInCode<In extends z.ZodType, Out extends z.ZodType> extends Omit<
  EffectOptions,
  'provider'
> {
  /** The gateway it goes to, by its name under `gateways:` in the manifest. */
  readonly gateway: string;
  /** What the gateway knows it as. Default: its name. */
  readonly command?: string;
  /** Schema of the payload. The host checks it before the command is submitted. */
  readonly input?: In;
  /** Schema of what the gateway answers. Default: anything. */
  readonly output?: Out;
}

/** In place of the gateway's own settings, which stand in the manifest. */
const ANY_GATEWAY: GatewayOptions = { url: 'http://gateway.invalid/', idempotency: { window: 1 } };

/**
 * Defines a command. Submit it inside a saga as an effect is called: `yield* invoice({ … }, { undo: () => storno({ … }) })`.
 * The saga goes on once the gateway has confirmed that it took the command on.
 *
 * @throws TypeError for settings that cannot work, naming the fix.
 */
export function command<
  In extends z.ZodType = z.ZodType<unknown, unknown>,
  Out extends z.ZodType = z.ZodType<unknown, unknown>,
>(
  name: string,
  settings: CommandSettingsInCode<In, Out>,
): EffectDefinition<z.input<In>, z.input<Out>> {
  const what = `command ${JSON.stringify(name)}`;
  checkName(what, name);
  const { gateway, command: known, input, output, ...rest } = settings;
  if (typeof gateway !== 'string' || gateway === '') {
    throw misuse(what, ['gateway: names the gateway under gateways: in holdfast.release.yaml']);
  }
  const options = checkOptions(what, effectOptionsSchema, {
    ...rest,
    provider: { kind: 'gateway', gateway, ...(known === undefined ? {} : { command: known }) },
  });
  const facts = { name, hasFunction: false, hasCheck: false };
  const resolved = resolveEffect(facts, options, { gateways: { [gateway]: ANY_GATEWAY } });
  if (!resolved.ok)
    throw misuse(
      what,
      resolved.faults.map(({ at, message }) => `${at}: ${message}`),
    );
  const none = { secrets: [], run: undefined, check: undefined };
  register({ kind: 'effect', name, options, input, output, ...none });
  return slimEffect(name);
}
