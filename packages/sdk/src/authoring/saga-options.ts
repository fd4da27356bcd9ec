import { MAX_SEARCH_FIELDS, SEARCH_FIELD_NAME } from '@holdfast/core';
import { z } from 'zod';

export const eventSchema = z.object({ kind: z.literal('event'), type: z.string() });
export const functionSchema = z.custom<(...of: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);

/** What sagas and reducers have in common. */
export const runOptionsShape = {
  key: functionSchema.optional(),
  pin: z.enum(['compatible', 'always']).optional(),
  restart: z.enum(['refuse', 'allow']).optional(),
  tries: z.number().int().min(1).max(10).optional(),
  gas: z.number().int().min(1).optional(),
};

/** Search fields by name. @param valueOf what a field may be */
export function searchSchema<T extends z.ZodType>(valueOf: T) {
  return z
    .record(z.string(), valueOf)
    .superRefine((fields, context) => {
      const names = Object.keys(fields);
      const wrong = names.filter((name) => !SEARCH_FIELD_NAME.test(name));
      for (const name of wrong) {
        const message = `"${name}" must start with a letter, and hold only letters, digits, ".", "_" and "-", 64 at most`;
        context.addIssue({ code: 'custom', message });
      }
      if (names.length <= MAX_SEARCH_FIELDS) return;
      const message = `names ${names.length} fields, more than ${MAX_SEARCH_FIELDS}`;
      context.addIssue({ code: 'custom', message });
    })
    .optional();
}

export const sagaOptionsSchema = z.strictObject({
  on: z.union([eventSchema, z.array(eventSchema)]).optional(),
  search: searchSchema(functionSchema.nullable()),
  ...runOptionsShape,
});
