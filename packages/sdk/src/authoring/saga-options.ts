import { z } from 'zod';

const event = z.object({ kind: z.literal('event'), type: z.string() });
const key = z.custom<(...of: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);

/** What sagas and reducers have in common. */
export const runOptionsShape = {
  key: key.optional(),
  pin: z.enum(['compatible', 'always']).optional(),
  restart: z.enum(['refuse', 'allow']).optional(),
  tries: z.number().int().min(1).max(10).optional(),
  gas: z.number().int().min(1).optional(),
};

export const sagaOptionsSchema = z.strictObject({
  on: z.union([event, z.array(event)]).optional(),
  ...runOptionsShape,
});
