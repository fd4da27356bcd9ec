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

export const sagaOptionsSchema = z.strictObject({
  on: z.union([eventSchema, z.array(eventSchema)]).optional(),
  ...runOptionsShape,
});
