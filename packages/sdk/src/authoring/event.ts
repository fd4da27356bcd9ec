import type { z } from 'zod';
import type { EventDefinition } from '../runtime/definitions.ts';
import { event as slimEvent } from '../runtime/slim.ts';
import { misuse } from './misuse.ts';
import { register } from './registry.ts';

/**
 * Defines an event type, for example `event('order.placed', z.object({ … }))`. The host refuses events whose data the
 * schema refuses; without a schema it takes any.
 *
 * @throws TypeError when the type is empty.
 */
export function event<S extends z.ZodType = z.ZodType<unknown, unknown>>(
  type: string,
  schema?: S,
): EventDefinition<z.input<S>> {
  if (typeof type !== 'string' || type === '')
    throw misuse('event', ['its type must not be empty']);
  register({ kind: 'event', type, schema });
  return slimEvent(type);
}
