import { z } from 'zod';

/**
 * A zod schema as JSON Schema 2020-12, of what goes in: data is checked as it travels and never changed, so defaults and
 * coercions do not apply.
 *
 * @throws Error for what JSON Schema cannot say: a Date, a bigint, a transform.
 */
export function toJsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  void $schema;
  return rest;
}
