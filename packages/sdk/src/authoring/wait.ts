import type { z } from 'zod';
import type { WaitDefinition } from '../runtime/definitions.ts';
import { wait as slimWait } from '../runtime/slim.ts';
import { checkName } from './misuse.ts';
import { register } from './registry.ts';

/**
 * Defines something an outside party completes; `waitFor` opens one. The host refuses a completion whose payload the
 * schema refuses; without a schema it takes any.
 *
 * `title`: what a person is shown who should complete it.
 *
 * @throws TypeError when the name may not be used.
 */
export function wait<S extends z.ZodType = z.ZodType<unknown, unknown>>(
  name: string,
  schema?: S,
  { title }: { readonly title?: string } = {},
): WaitDefinition<z.input<S>> {
  checkName(`wait ${JSON.stringify(name)}`, name);
  register({ kind: 'wait', name, title, schema });
  return slimWait(name);
}
