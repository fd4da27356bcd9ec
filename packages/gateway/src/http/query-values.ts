import { z } from 'zod';

/** Query parameters as their schema takes them: one that is a list may be given several times. */
export function queryValues(
  shape: z.ZodObject['shape'],
  given: Readonly<Record<string, readonly string[]>>,
): Record<string, string | readonly string[] | undefined> {
  return Object.fromEntries(
    Object.entries(given).map(([name, values]) => [name, isList(shape[name]) ? values : values[0]]),
  );
}

function isList(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional)
    return isList(schema.unwrap());
  if (schema instanceof z.ZodPipe) return isList(schema.in);
  return schema instanceof z.ZodArray;
}
